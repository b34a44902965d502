using System.CommandLine;
using FastRbm.Cli.Evaluating;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm evaluate.</summary>
internal sealed class EvaluateCommand
{
    private const string Threshold = "threshold";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string> _method = OptionFactory.Choice(
        "--method",
        $"How: by enumerating the smaller layer, of at most {ExactPartitionFunction.MaxUnits} units (exact); by annealed importance sampling both ways (ais); "
            + "by annealing every row back, which errs on the cautious side (raise); by the third-order TAP expansion between proven bounds, without random numbers (tap); exact if that takes seconds, else ais (auto)",
        EvaluationMethods.Auto, [.. EvaluationMethods.Words]);

    private readonly Option<int?> _chains = OptionFactory.OptionalInteger(
        "--chains", $"Runs each way of ais, or of each row of raise [default: {AnnealingEvaluation.Chains} and {RaiseEvaluation.Chains}]", least: 1);

    private readonly Option<int?> _temperatures = OptionFactory.OptionalInteger(
        "--temperatures", $"Inverse temperatures of ais and raise [default: {AnnealingEvaluation.Temperatures} and {RaiseEvaluation.Temperatures}]", least: 2);

    private readonly Option<string?> _baseData = OptionFactory.Text(
        "--base-data", "Data whose mean annealing starts from, and reverse runs start at [default: the training split of --data]", "name|path");

    private readonly Option<string> _binarize = OptionFactory.Choice("--binarize", "What becomes of grey levels: on from one half", Threshold, Threshold);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private EvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        EvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Compute the log-likelihood of data under a model, in nats a row.")
        {
            evaluate._model, evaluate._data, evaluate._method, evaluate._chains, evaluate._temperatures, evaluate._baseData, evaluate._binarize,
            evaluate._limit, evaluate._dataDirectory, evaluate._seed, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        IReadOnlyDictionary<string, string> metadata = ModelFile.LoadMetadata(path);
        if (!IsOfBits(metadata))
        {
            return EvaluateUnits(parse, path);
        }

        // Spins are evaluated as the bits that they are; only log Z differs, by a number that is known.
        RbmParameters parameters = metadata["visible_unit"] == "binary" && metadata["hidden_unit"] == "binary" ? ModelFile.LoadParameters(path) : RbmParameters.From(ModelFile.Load(path));
        bool spins = metadata["visible_unit"] == "spin";
        string method = EvaluationMethods.Resolve(parse.GetRequiredValue(_method), parameters);
        EvaluationMethods.Check(method, parameters, path);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            string data = parse.GetRequiredValue(_data);
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset rows = Open(data, parse.GetValue(_limit));
            string baseData = parse.GetValue(_baseData) ?? NamedDatasets.TrainingSplitOf(data);
            EvaluationFigures figures = EvaluationMethods.Run(method, new EvaluationRequest(
                parameters, path, rows, () => baseData == data ? rows : Open(baseData, null), parse.GetValue(_chains), parse.GetValue(_temperatures),
                parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads), what => new Share(bar, what), signals.Token));
            bar.Clear();
            figures = figures.Shift(parameters.EnergyShift);
            figures.Write(_terminal.Output, parse.GetValue(_json));
            return ExitCode.Done;

            Dataset Open(string nameOrPath, int? limit)
            {
                Dataset opened = spins
                    ? UnitTable.SpinBits(selection.Open(nameOrPath, limit, signals.Token, anyNumbers: true))
                    : selection.OpenBits(nameOrPath, limit, signals.Token);
                DataSelection.RequireWidth(opened, parameters.Visible, path);
                return opened;
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private static bool IsOfBits(IReadOnlyDictionary<string, string> metadata) =>
        metadata["visible_unit"] is "binary" or "spin" && metadata["hidden_unit"] is "binary" or "spin";

    private int EvaluateUnits(ParseResult parse, string path)
    {
        Rbm rbm = ModelFile.Load(path);
        UnitEvaluation.Check(rbm, parse.GetRequiredValue(_method), path);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset rows = selection.OpenStates(rbm.Visible, parse.GetRequiredValue(_data), parse.GetValue(_limit), signals.Token);
            UnitEvaluation.Run(rbm, rows, CommonOptions.ThreadsOf(parse, _threads), signals.Token).Write(_terminal.Output, parse.GetValue(_json));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private sealed class Share(ProgressBar bar, string what) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, () => what);
    }
}
