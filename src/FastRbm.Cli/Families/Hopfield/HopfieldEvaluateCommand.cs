using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>rbm evaluate of a Hopfield network: what comes back from how much noise.</summary>
internal sealed class HopfieldEvaluateCommand
{
    private const double Retrieved = 0.9;

    private static readonly double[] _shares = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45];

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _probes = OptionFactory.Integer("--probes", "The most stored patterns that are tried", 500, least: 1);
    private readonly Option<int> _sweeps = OptionFactory.Integer("--sweeps", "The most sweeps", 100, least: 1);
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private HopfieldEvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        HopfieldEvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Flip more and more units of the stored patterns and say what comes back.")
        {
            evaluate._model, evaluate._probes, evaluate._sweeps, evaluate._seed, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        using HopfieldMemory memory = HopfieldMemory.Load(path, CommonOptions.ThreadsOf(parse, _threads));
        memory.RequirePatterns(path);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        RecallOptions options = new() { MostSweeps = parse.GetValue(_sweeps), Order = RecallOrder.Random, Seed = parse.GetValue(_seed), Threads = CommonOptions.ThreadsOf(parse, _threads) };
        List<FigureTable> lines = [];
        try
        {
            for (int k = 0; k < _shares.Length; k++)
            {
                signals.Token.ThrowIfCancellationRequested();
                lines.Add(Measure(memory, _shares[k], Math.Min(parse.GetValue(_probes), memory.Patterns), options, signals.Token));
                bar.Show((k + 1.0) / _shares.Length, 0, static () => "recalling");
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}.");
            return signals.ExitCode;
        }

        bar.Clear();
        foreach (FigureTable line in lines)
        {
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, line.WriteJson);
            }
            else
            {
                line.WriteText(_terminal.Output);
            }
        }

        return ExitCode.Done;
    }

    private static FigureTable Measure(HopfieldMemory memory, double share, int count, RecallOptions options, CancellationToken cancellation)
    {
        BitMatrix flips = new(count, memory.Units);
        RandomPatterns.Flip(new BitMatrix(1, memory.Units), 0, (int)Math.Round(share * memory.Units), flips, options.Seed);
        Matrix states = new(count, memory.Units);
        for (int row = 0; row < count; row++)
        {
            memory.CopyPattern(row, states.Row(row));
            for (int i = 0; i < memory.Units; i++)
            {
                states[row, i] = flips[row, i] ? 1 - states[row, i] : states[row, i];
            }
        }

        memory.Recall(states, options, null, cancellation);
        double[] overlaps = [.. Enumerable.Range(0, count).Select(row => memory.Overlap(states.Row(row), row))];
        FigureTable line = new();
        line.Add("flipped_share", share);
        line.Add("mean_overlap", overlaps.Average());
        line.Add("retrieved_share", overlaps.Average(static overlap => overlap >= Retrieved ? 1.0 : 0));
        line.Add("exact_share", overlaps.Average(static overlap => overlap > 1 - 1e-9 ? 1.0 : 0));
        return line;
    }
}
