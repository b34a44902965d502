using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm sample.</summary>
internal sealed class SampleCommand
{
    private const int SweepsAtOnce = 20;
    private const string FromData = "data";
    private const string FromNoise = "random";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of each chain; more for models that mix slowly", 1000, least: 1);
    private readonly Option<string> _start = OptionFactory.Choice("--start", "Where chains start", FromNoise, FromNoise, FromData);
    private readonly Option<string?> _data = OptionFactory.Text("--data", "The rows for --start data: a name or a path", "name|path");
    private readonly Option<bool> _states = OptionFactory.Switch("--states", "Draw the sampled states instead of E[v | h]");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of E[v | h], the means that the last states were drawn from, or an .npy of the states as bytes", "file");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private SampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from a model by Gibbs sampling.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._start, sample._data, sample._states, sample._dataDirectory,
            sample._seed, sample._threads,
        };
        command.SetAction(sample.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        bool asPicture = IsPicture(output);
        string path = parse.GetRequiredValue(_model);
        string? data = parse.GetValue(_data);
        bool fromData = parse.GetValue(_start) == FromData;
        if (fromData != (data is not null))
        {
            throw new UsageException(fromData ? "--start data: expected --data with it, found none." : "--data: expected --start data with it, found random.");
        }

        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, data);
        OutputPath.RequireWritable(output);
        Rbm rbm = ModelFile.Load(path);
        ImageShape shape = PictureShape.Of(ModelFile.LoadMetadata(path), rbm.Visible.Count);
        using TerminationSignals signals = new();
        try
        {
            using ChainSet chains = new(rbm, parse.GetValue(_count), parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads));
            if (data is not null)
            {
                Dataset rows = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenBits(data, null, signals.Token);
                DataSelection.RequireWidth(rows, rbm.Visible.Count, path);
                chains.StartFrom(rows);
            }

            Advance(chains, parse.GetValue(_steps), signals.Token);
            if (!asPicture)
            {
                NpyWriter.Write(output, Bytes(chains.Visible));
            }
            else if (parse.GetValue(_states))
            {
                Pictures.States(chains.Visible, shape).SavePng(output);
            }
            else
            {
                Matrix means = new(chains.Chains, rbm.Visible.Count);
                rbm.MeanVisible(chains.Hidden, new RbmWorkspace(rbm), means);
                Pictures.Means(means, shape).SavePng(output);
            }
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    private void Advance(ChainSet chains, int steps, CancellationToken cancellation)
    {
        ProgressBar bar = new(_terminal);
        try
        {
            for (int done = 0; done < steps; done = (int)chains.Sweeps)
            {
                cancellation.ThrowIfCancellationRequested();
                chains.Run(Math.Min(SweepsAtOnce, steps - done));
                bar.Show((double)chains.Sweeps / steps, 0, () => $"step {Numbers.Text(chains.Sweeps)} of {Numbers.Text(steps)}");
            }
        }
        finally
        {
            bar.Clear();
        }
    }

    private static byte[,] Bytes(BitMatrix states)
    {
        byte[,] bytes = new byte[states.Rows, states.Columns];
        for (int row = 0; row < states.Rows; row++)
        {
            for (int column = 0; column < states.Columns; column++)
            {
                bytes[row, column] = states[row, column] ? (byte)1 : (byte)0;
            }
        }

        return bytes;
    }

    private static bool IsPicture(string output)
    {
        string extension = Path.GetExtension(output);
        return extension.Equals(".png", StringComparison.OrdinalIgnoreCase) || (extension.Equals(".npy", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new UsageException($"--output: expected a file name that ends in .png or .npy, found {output}."));
    }
}
