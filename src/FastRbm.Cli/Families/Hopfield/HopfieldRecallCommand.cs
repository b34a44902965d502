using System.CommandLine;
using CommunityToolkit.HighPerformance;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>rbm recall.</summary>
internal sealed class HopfieldRecallCommand
{
    private const string Asynchronous = "async";
    private const string Fixed = "fixed";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _data = OptionFactory.Text("--data", "The probes. " + CommonOptions.DataHelp + " [default: the stored patterns]", "name|path");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first probes only", least: 1);
    private readonly Option<double> _flip = OptionFactory.Number("--flip", "The share of each probe's units that are flipped, 0 to 1", 0);
    private readonly Option<string?> _mask = OptionFactory.Text("--mask", "What is not known of probes, and off: " + CompletionMask.Help, "mask");
    private readonly Option<string> _mode = OptionFactory.Choice("--mode", "Units one by one, or all at once", Asynchronous, Asynchronous, "sync");
    private readonly Option<string> _order = OptionFactory.Choice("--order", "The order of units one by one: ascending, or drawn for each sweep", Fixed, Fixed, "random");
    private readonly Option<int> _sweeps = OptionFactory.Integer("--sweeps", "The most sweeps", 100, least: 1);
    private readonly Option<string?> _output = OptionFactory.Text("--output", ".png of probes, what they became and the nearest patterns; or .npy of what they became", "file");
    private readonly Option<bool> _each = OptionFactory.Switch("--each", "Write a line a probe as well");
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private HopfieldRecallCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        HopfieldRecallCommand recall = new(terminal);
        Command command = new("recall", "Let probes run to what a Hopfield network has stored.")
        {
            recall._model, recall._data, recall._limit, recall._flip, recall._mask, recall._mode, recall._order, recall._sweeps, recall._output, recall._each,
            recall._seed, recall._threads, recall._dataDirectory, recall._json,
        };
        command.SetAction(recall.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        string? output = parse.GetValue(_output);
        double flip = parse.GetValue(_flip);
        if (!(flip >= 0 && flip <= 1))
        {
            throw new UsageException($"{_flip.Name}: expected a number from 0 to 1, found {Numbers.Text(flip)}.");
        }

        bool isPicture = output is not null && OutputPath.IsPicture(output);
        if (output is not null)
        {
            OutputPath.RequireOther(_output.Name, output, _model.Name, path);
            OutputPath.RequireOther(_output.Name, output, _data.Name, parse.GetValue(_data));
            OutputPath.RequireWritable(output);
        }

        using HopfieldMemory memory = HopfieldMemory.Load(path, CommonOptions.ThreadsOf(parse, _threads));
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            ImageShape shape = PictureShape.Of(HopfieldFile.LoadMetadata(path), memory.Units);
            Matrix probes = Probes(parse, memory, path, shape, signals.Token);
            Matrix states = new(probes.Rows, probes.Columns);
            states.CopyFrom(probes);
            RecallOptions options = new()
            {
                Mode = parse.GetValue(_mode) == Asynchronous ? RecallMode.Asynchronous : RecallMode.Synchronous,
                Order = parse.GetValue(_order) == Fixed ? RecallOrder.Ascending : RecallOrder.Random,
                MostSweeps = parse.GetValue(_sweeps),
                Seed = parse.GetValue(_seed),
                Threads = CommonOptions.ThreadsOf(parse, _threads),
            };
            ProbeEnd[] ends = memory.Recall(states, options, new Share(bar), signals.Token);
            bar.Clear();
            if (output is not null)
            {
                Save(output, isPicture, shape, memory, probes, states, ends);
            }

            Report(parse, memory, states, ends, parse.GetValue(_data) is null);
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing is written.");
            return signals.ExitCode;
        }

        return ExitCode.Done;
    }

    private Matrix Probes(ParseResult parse, HopfieldMemory memory, string path, ImageShape shape, CancellationToken cancellation)
    {
        int? limit = parse.GetValue(_limit);
        Matrix probes;
        if (parse.GetValue(_data) is { } name)
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset rows = memory.Bits is null ? selection.Open(name, limit, cancellation) : selection.OpenBits(name, limit, cancellation);
            DataSelection.RequireWidth(rows, memory.Units, path);
            probes = new Matrix(rows.Rows, rows.Columns);
            for (int row = 0; row < rows.Rows; row++)
            {
                rows.CopyMeans(row, probes.Row(row));
            }
        }
        else
        {
            memory.RequirePatterns(path);
            if (limit > memory.Patterns)
            {
                throw new UsageException($"{_limit.Name}: expected at most the {Numbers.Text(memory.Patterns)} stored patterns, found {Numbers.Text(limit.Value)}.");
            }

            probes = new Matrix(limit ?? memory.Patterns, memory.Units);
            for (int row = 0; row < probes.Rows; row++)
            {
                memory.CopyPattern(row, probes.Row(row));
            }
        }

        Spoil(parse, probes, shape);
        return probes;
    }

    private void Spoil(ParseResult parse, Matrix probes, ImageShape shape)
    {
        if (parse.GetValue(_mask) is { } mask)
        {
            if (mask == CompletionMask.Missing)
            {
                throw new UsageException($"{_mask.Name}: expected another mask, found {mask}.");
            }

            BitDataset blank = BitDataset.FromBytes("probes", probes.Rows, probes.Columns, new byte[probes.Rows * probes.Columns]);
            BitMatrix known = CompletionMask.Known(mask, blank, shape.Pixels == probes.Columns ? shape : ImageShape.Line(probes.Columns));
            for (int row = 0; row < probes.Rows; row++)
            {
                for (int i = 0; i < probes.Columns; i++)
                {
                    probes[row, i] = known[known.Rows == 1 ? 0 : row, i] ? probes[row, i] : 0;
                }
            }
        }

        BitMatrix flips = new(probes.Rows, probes.Columns);
        RandomPatterns.Flip(new BitMatrix(1, probes.Columns), 0, (int)Math.Round(parse.GetValue(_flip) * probes.Columns), flips, parse.GetValue(_seed));
        for (int row = 0; row < probes.Rows; row++)
        {
            for (int i = 0; i < probes.Columns; i++)
            {
                probes[row, i] = flips[row, i] ? 1 - probes[row, i] : probes[row, i];
            }
        }
    }

    private void Report(ParseResult parse, HopfieldMemory memory, Matrix states, ProbeEnd[] ends, bool ofPatterns)
    {
        bool json = parse.GetValue(_json);
        if (parse.GetValue(_each))
        {
            for (int row = 0; row < ends.Length; row++)
            {
                Write(json, Line(row, ends[row]));
            }
        }

        FigureTable figures = new();
        figures.Add("probes", ends.Length);
        figures.Add("mean_overlap_with_nearest", ends.Average(static end => end.Overlap));
        if (ofPatterns)
        {
            double[] own = [.. Enumerable.Range(0, ends.Length).Select(row => memory.Overlap(states.Row(row), row))];
            figures.Add("mean_overlap_with_own", own.Average());
            figures.Add("exactly_recalled", own.Average(static overlap => overlap > 1 - 1e-9 ? 1.0 : 0));
        }

        figures.Add("settled", Of(RecallOutcome.Settled));
        figures.Add("two_cycles", Of(RecallOutcome.TwoCycle));
        figures.Add("stopped_by_limit", Of(RecallOutcome.Limit));
        figures.Add("mean_sweeps", ends.Average(static end => (double)end.Sweeps));
        figures.Add("mean_energy", ends.Average(static end => end.Energy));
        Write(json, figures);

        double Of(RecallOutcome outcome) => ends.Average(end => end.Outcome == outcome ? 1.0 : 0);
    }

    private static FigureTable Line(int row, ProbeEnd end)
    {
        FigureTable line = new();
        line.Add("probe", row);
        line.Add("outcome", end.Outcome switch { RecallOutcome.Settled => "settled", RecallOutcome.TwoCycle => "two-cycle", _ => "limit" });
        line.Add("sweeps", end.Sweeps);
        line.Add("energy", end.Energy);
        line.Add("nearest", end.Nearest < 0 ? null : end.Nearest);
        line.Add("overlap", end.Overlap);
        return line;
    }

    private void Write(bool json, FigureTable figures)
    {
        if (json)
        {
            JsonLine.Write(_terminal.Output, figures.WriteJson);
        }
        else
        {
            figures.WriteText(_terminal.Output);
        }
    }

    private void Save(string output, bool isPicture, ImageShape shape, HopfieldMemory memory, Matrix probes, Matrix states, ProbeEnd[] ends)
    {
        if (isPicture)
        {
            HopfieldPicture.Draw(shape, memory, probes, states, ends).SavePng(output);
        }
        else
        {
            NpyWriter.Write(output, (ReadOnlySpan2D<float>)states.AsSpan2D());
        }

        _terminal.Note($"what became of the probes is saved in {output}.");
    }

    private sealed class Share(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, static () => "recalling");
    }
}
