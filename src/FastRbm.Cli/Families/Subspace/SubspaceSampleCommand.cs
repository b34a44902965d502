using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models.Subspace;
using FastRbm.Sampling.Subspace;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>rbm sample of a subspace RBM.</summary>
internal sealed class SubspaceSampleCommand
{
    private const int SweepsAtOnce = 20;
    private const string FromData = "data";
    private const string FromNoise = "random";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of each chain: gates, subspace units, visible units", 1000, least: 1);
    private readonly Option<string> _start = OptionFactory.Choice("--start", "Where chains start", FromNoise, FromNoise, FromData);
    private readonly Option<string?> _data = OptionFactory.Text("--data", "The rows for --start data: a name or a path", "name|path");
    private readonly Option<bool> _states = OptionFactory.Switch("--states", "Draw the sampled states instead of E[x | h,S]");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of E[x | h,S], the means that the last states were drawn from, or an .npy of the states, a byte each", "file");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private SubspaceSampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SubspaceSampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from a subspace RBM by block Gibbs sampling.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._start, sample._data, sample._states, sample._dataDirectory, sample._seed, sample._threads,
        };
        command.SetAction(sample.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        bool asPicture = OutputPath.IsPicture(output);
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
        SubspaceRbm model = SubspaceFile.Load(path);
        ImageShape shape = PictureShape.Of(SubspaceFile.LoadMetadata(path), model.Visible);
        using TerminationSignals signals = new();
        try
        {
            using SubspaceChains chains = new(model, parse.GetValue(_count), parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads));
            if (data is not null)
            {
                Dataset rows = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenBits(data, null, signals.Token);
                DataSelection.RequireWidth(rows, model.Visible, path);
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
                Matrix means = new(chains.Chains, model.Visible);
                chains.MeanVisible(means);
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

    private void Advance(SubspaceChains chains, int steps, CancellationToken cancellation)
    {
        ProgressBar bar = new(_terminal);
        try
        {
            for (int done = 0; done < steps;)
            {
                cancellation.ThrowIfCancellationRequested();
                int next = Math.Min(SweepsAtOnce, steps - done);
                chains.Run(next);
                done += next;
                int shown = done;
                bar.Show((double)done / steps, 0, () => $"step {Numbers.Text(shown)} of {Numbers.Text(steps)}");
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
}
