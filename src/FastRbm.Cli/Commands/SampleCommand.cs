using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
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
    private const string Gibbs = "gibbs";
    private const string Tempering = "pt";
    private const int DefaultLevels = 10;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of each chain; more for models that mix slowly", 1000, least: 1);
    private readonly Option<string> _algorithm = OptionFactory.Choice(
        "--algorithm", $"Gibbs sampling, or parallel tempering, which crosses between modes; its levels are adapted in {TemperedSampling.SweepsToAdapt} steps first", Gibbs, Gibbs, Tempering);

    private readonly Option<int?> _levels = OptionFactory.OptionalInteger(
        "--levels", $"Levels of each chain of --algorithm {Tempering}: inverse temperatures from 0 to 1 [default: {DefaultLevels}]", least: 2);

    private readonly Option<string> _start = OptionFactory.Choice("--start", "Where chains start", FromNoise, FromNoise, FromData);
    private readonly Option<string?> _data = OptionFactory.Text("--data", "The rows for --start data: a name or a path", "name|path");
    private readonly Option<bool> _states = OptionFactory.Switch("--states", "Draw the sampled states instead of E[v | h]");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of E[v | h], the means that the last states were drawn from, or an .npy of the states: bytes of binary units, else a float a column of the table", "file");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private SampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from a model by Gibbs sampling or parallel tempering.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._algorithm, sample._levels, sample._start, sample._data, sample._states, sample._dataDirectory,
            sample._seed, sample._threads,
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

        int? levels = parse.GetValue(_levels);
        bool tempered = parse.GetValue(_algorithm) == Tempering;
        if (levels is not null && !tempered)
        {
            throw new UsageException($"--levels: expected --algorithm {Tempering} with it, found {Gibbs}.");
        }

        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, data);
        OutputPath.RequireWritable(output);
        Rbm rbm = ModelFile.Load(path);
        ImageShape shape = PictureShape.Of(ModelFile.LoadMetadata(path), rbm.Visible.Count);
        bool binary = rbm.Visible.Kind == UnitKind.Binary && rbm.Hidden.Kind == UnitKind.Binary;
        if (tempered && !binary)
        {
            throw new InvalidInputException(path, $"binary units for --algorithm {Tempering}", $"{rbm.Visible.Name} and {rbm.Hidden.Name} units");
        }

        using TerminationSignals signals = new();
        try
        {
            Dataset? rows = null;
            if (data is not null)
            {
                rows = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenStates(rbm.Visible, data, null, signals.Token);
                DataSelection.RequireWidth(rows, rbm.Visible.Count, path);
            }

            int count = parse.GetValue(_count);
            ulong seed = parse.GetValue(_seed);
            int threads = CommonOptions.ThreadsOf(parse, _threads);
            if (!binary)
            {
                using UnitSampling units = new(rbm, count, seed, threads, rows);
                Advance(units.Run, parse.GetValue(_steps), signals.Token);
                units.Save(output, asPicture, parse.GetValue(_states), shape);
                _terminal.Note($"the samples are saved in {output}.");
                return ExitCode.Done;
            }

            using TemperedChains? levelled = tempered
                ? TemperedSampling.Start(rbm, count, levels ?? DefaultLevels, seed, threads, rows, new ProgressBar(_terminal), signals.Token)
                : null;
            using ChainSet? plain = tempered ? null : new ChainSet(rbm, count, seed, threads);
            if (rows is not null)
            {
                plain?.StartFrom(rows);
            }

            Advance(levelled is null ? plain!.Run : levelled.Run, parse.GetValue(_steps), signals.Token);
            BitMatrix visible = levelled?.Visible ?? plain!.Visible;
            if (levelled is not null)
            {
                TemperedSampling.Report(levelled, _terminal);
            }

            if (!asPicture)
            {
                NpyWriter.Write(output, Bytes(visible));
            }
            else if (parse.GetValue(_states))
            {
                Pictures.States(visible, shape).SavePng(output);
            }
            else
            {
                Matrix means = new(count, rbm.Visible.Count);
                rbm.MeanVisible(levelled?.Hidden ?? plain!.Hidden, new RbmWorkspace(rbm), means);
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

    private void Advance(Action<int> run, int steps, CancellationToken cancellation)
    {
        ProgressBar bar = new(_terminal);
        try
        {
            int done = 0;
            while (done < steps)
            {
                cancellation.ThrowIfCancellationRequested();
                int next = Math.Min(SweepsAtOnce, steps - done);
                run(next);
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
