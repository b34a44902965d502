using System.CommandLine;
using System.Globalization;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>rbm train --model hopfield.</summary>
internal sealed class HopfieldTrainCommand
{
    private const string Pairwise = "pairwise";
    private const string Hebb = "hebb";
    private const string Spin = "spin";
    private const string StorkeyName = "storkey";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = FamilyOptions.Kind("hopfield");
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Store the first rows only", least: 1);
    private readonly Option<string> _rule = OptionFactory.Choice("--rule", "How pairwise weights come of patterns", Hebb, Hebb, StorkeyName, "pseudo-inverse");
    private readonly Option<string> _units = OptionFactory.Choice("--units", "What values units of a pairwise network have: -1 and 1, or 0 and 1", Spin, Spin, "binary");
    private readonly Option<string?> _form = OptionFactory.Text(
        "--form", "The energy: pairwise, polynomial:N (-sum m^N of overlaps m), exponential[:BETA], or softmax:BETA, whose states are numbers [default: pairwise]", "form");

    private readonly Option<bool> _drop = OptionFactory.Switch("--drop-dependent", "Leave out patterns that depend linearly on those before, for the pseudo-inverse");
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "The model to make: a safetensors file", "file");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private HopfieldTrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        HopfieldTrainCommand train = new(terminal);
        Command command = new(FamilyList.Train, "Store patterns in a Hopfield network.")
        {
            train._model, train._data, train._output, train._limit, train._rule, train._units, train._form, train._drop, train._dataDirectory, train._json,
        };
        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string name = parse.GetRequiredValue(_data);
        string form = parse.GetValue(_form) ?? Pairwise;
        Check(parse, form);
        OutputPath.RequireOther(_output.Name, output, _data.Name, name);
        OutputPath.RequireWritable(output);
        using TerminationSignals signals = new();
        FigureTable figures = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            if (TryNumber(form, "softmax:", out double beta))
            {
                StoreNumbers(selection.Open(name, parse.GetValue(_limit), signals.Token), beta, output, figures);
            }
            else
            {
                StoreBits(parse, selection.OpenBits(name, parse.GetValue(_limit), signals.Token), form, output, figures, signals.Token);
            }
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, figures.WriteJson);
        }
        else
        {
            figures.WriteText(_terminal.Output);
        }

        _terminal.Note($"the network is saved in {output}.");
        return ExitCode.Done;
    }

    private void StoreBits(ParseResult parse, Dataset rows, string form, string output, FigureTable figures, CancellationToken cancellation)
    {
        BitMatrix patterns = SpinStates.FromRows(rows);
        Dictionary<string, string> extras = Extras(rows);
        if (form == Pairwise)
        {
            HopfieldNetwork network = HopfieldNetwork.Learn(
                patterns,
                new HopfieldOptions
                {
                    Rule = parse.GetValue(_rule) switch { Hebb => LearningRule.Hebb, StorkeyName => LearningRule.Storkey, _ => LearningRule.PseudoInverse },
                    Units = parse.GetValue(_units) == Spin ? HopfieldUnits.Spin : HopfieldUnits.Binary,
                    DropDependent = parse.GetValue(_drop),
                },
                cancellation);
            if (network.Patterns.Rows < patterns.Rows)
            {
                _terminal.Note($"{Numbers.Text(patterns.Rows - network.Patterns.Rows)} patterns that depend linearly on others are left out.");
            }

            HopfieldFile.Save(output, network, extras);
            patterns = network.Patterns;
        }
        else
        {
            HopfieldFile.Save(output, new DenseHopfieldNetwork(patterns, Interaction(form)!), extras);
        }

        Fill(figures, form, patterns.Columns, patterns.Rows);
    }

    private static void StoreNumbers(Dataset rows, double beta, string output, FigureTable figures)
    {
        Matrix patterns = new(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyMeans(row, patterns.Row(row));
        }

        using SoftmaxHopfieldNetwork network = new(patterns, beta);
        HopfieldFile.Save(output, network, Extras(rows));
        Fill(figures, "softmax:" + Numbers.Text(beta), rows.Columns, rows.Rows);
    }

    private static void Fill(FigureTable figures, string form, int units, int patterns)
    {
        figures.Add("form", form);
        figures.Add("units", units);
        figures.Add("patterns", patterns);
        figures.Add("load", (double)patterns / units);
    }

    private static Dictionary<string, string> Extras(Dataset rows) => new() { [PictureShape.MetadataKey] = PictureShape.Text(PictureShape.Of(rows)) };

    private void Check(ParseResult parse, string form)
    {
        if (form != Pairwise && Interaction(form) is null && !(TryNumber(form, "softmax:", out double beta) && beta is >= 1e-6 and <= 1e6))
        {
            throw new UsageException($"{_form.Name}: expected pairwise, polynomial:N with N from 2 to 60, exponential, exponential:BETA or softmax:BETA, found {form}.");
        }

        if (form != Pairwise && (parse.GetResult(_rule) is { Implicit: false } || parse.GetResult(_units) is { Implicit: false }))
        {
            throw new UsageException($"{_form.Name}: expected pairwise with {_rule.Name} or {_units.Name}, found {form}.");
        }

        if (parse.GetValue(_drop) && parse.GetValue(_rule) is (Hebb or StorkeyName))
        {
            throw new UsageException($"{_drop.Name}: expected {_rule.Name} pseudo-inverse with it, found {parse.GetValue(_rule)}.");
        }
    }

    private static DenseInteraction? Interaction(string form)
    {
        if (form == "exponential")
        {
            return DenseInteraction.Exponential();
        }

        if (TryNumber(form, "exponential:", out double beta))
        {
            return beta is >= 0.001 and <= 100 ? DenseInteraction.Exponential(beta) : null;
        }

        return TryNumber(form, "polynomial:", out double degree) && degree is >= 2 and <= DenseInteraction.MostDegree && degree == Math.Floor(degree)
            ? DenseInteraction.Polynomial((int)degree)
            : null;
    }

    private static bool TryNumber(string text, string prefix, out double value)
    {
        value = 0;
        return text.StartsWith(prefix, StringComparison.Ordinal)
            && double.TryParse(text.AsSpan(prefix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
