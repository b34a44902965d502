using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>rbm sample of a Boltzmann machine.</summary>
internal sealed class BoltzmannSampleCommand
{
    private const int SweepsAtOnce = 20;
    private const string Gibbs = "gibbs";
    private const string Tempering = "pt";
    private const int DefaultLevels = 10;
    private const int Rounds = 4;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Sweeps of each chain; more for machines that mix slowly", 1000, least: 1);
    private readonly Option<string> _algorithm = OptionFactory.Choice("--algorithm", "Gibbs sampling, or parallel tempering, which crosses between modes", Gibbs, Gibbs, Tempering);
    private readonly Option<int?> _levels = OptionFactory.OptionalInteger("--levels", $"Levels of each chain of --algorithm {Tempering} [default: {DefaultLevels}]", least: 2);
    private readonly Option<string> _sweep = BoltzmannOptions.Sweep();
    private readonly Option<string?> _data = OptionFactory.Text("--data", "Rows that Gibbs chains start at: a name or a path [default: random states]", "name|path");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of the states, or an .npy of them: bytes of binary units, floats -1 and 1 of spins", "file");

    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private BoltzmannSampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        BoltzmannSampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from a Boltzmann machine by Gibbs sampling or parallel tempering.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._algorithm, sample._levels, sample._sweep, sample._data, sample._dataDirectory,
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
        bool tempered = parse.GetValue(_algorithm) == Tempering;
        int? levels = parse.GetValue(_levels);
        if (!tempered && levels is not null)
        {
            throw new UsageException($"--levels: expected --algorithm {Tempering} with it, found {Gibbs}.");
        }

        if (tempered && data is not null)
        {
            throw new UsageException($"--data: expected --algorithm {Gibbs} with it, found {Tempering}.");
        }

        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, data);
        OutputPath.RequireWritable(output);
        BoltzmannMachine machine = BoltzmannFile.Load(path);
        ImageShape shape = PictureShape.Of(BoltzmannFile.LoadMetadata(path), machine.Units);
        BoltzmannSweep? sweep = BoltzmannOptions.SweepOf(parse.GetRequiredValue(_sweep), machine.Graph);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            int count = parse.GetValue(_count);
            ulong seed = parse.GetValue(_seed);
            int threads = CommonOptions.ThreadsOf(parse, _threads);
            using BoltzmannTempering? replicas = tempered
                ? new BoltzmannTempering(machine, count, TemperatureLadder.Linear(levels ?? DefaultLevels), seed, threads, sweep) : null;
            using BoltzmannChains? chains = tempered ? null : new BoltzmannChains(machine, count, seed, threads, sweep);
            replicas?.Tune(Rounds, SweepsAtOnce, signals.Token);
            if (data is not null)
            {
                Dataset rows = BoltzmannOptions.Open(new DataSelection(_terminal, parse.GetValue(_dataDirectory)), machine.Kind, data, null, signals.Token);
                DataSelection.RequireWidth(rows, machine.Units, path);
                chains!.StartFrom(rows);
            }

            Advance(replicas is null ? chains!.Run : replicas.Run, parse.GetValue(_steps), bar, signals.Token);
            if (replicas is not null)
            {
                _terminal.Note($"swap rates of neighbouring levels, hottest first: {Rates(replicas)}; {Numbers.Text(replicas.Statistics.RoundTrips)} round trips.");
            }

            Save(output, asPicture, machine, replicas?.States ?? chains!.States, shape);
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    private static void Advance(Action<int> run, int steps, ProgressBar bar, CancellationToken cancellation)
    {
        for (int done = 0; done < steps;)
        {
            cancellation.ThrowIfCancellationRequested();
            int next = Math.Min(SweepsAtOnce, steps - done);
            run(next);
            done += next;
            int shown = done;
            bar.Show((double)done / steps, 0, () => $"sweep {Numbers.Text(shown)} of {Numbers.Text(steps)}");
        }

        bar.Clear();
    }

    private static string Rates(BoltzmannTempering replicas) => string.Join(
        ' ', Enumerable.Range(0, replicas.Ladder.Levels - 1).Select(pair => replicas.Statistics.SwapRate(pair) is { } rate ? Numbers.Text(rate, "F2") : "-"));

    private static void Save(string output, bool asPicture, BoltzmannMachine machine, BitMatrix states, ImageShape shape)
    {
        if (asPicture)
        {
            Pictures.States(states, shape).SavePng(output);
        }
        else if (machine.Kind == UnitKind.Spin)
        {
            float[,] values = new float[states.Rows, states.Columns];
            for (int row = 0; row < states.Rows; row++)
            {
                for (int unit = 0; unit < states.Columns; unit++)
                {
                    values[row, unit] = states[row, unit] ? 1 : -1;
                }
            }

            NpyWriter.Write(output, values);
        }
        else
        {
            byte[,] values = new byte[states.Rows, states.Columns];
            for (int row = 0; row < states.Rows; row++)
            {
                for (int unit = 0; unit < states.Columns; unit++)
                {
                    values[row, unit] = states[row, unit] ? (byte)1 : (byte)0;
                }
            }

            NpyWriter.Write(output, values);
        }
    }
}
