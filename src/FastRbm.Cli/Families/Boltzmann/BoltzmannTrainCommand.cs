using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;
using FastRbm.Training;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>rbm train --model boltzmann.</summary>
internal sealed class BoltzmannTrainCommand
{
    private static readonly BoltzmannTrainingOptions _defaults = new();

    private static readonly Dictionary<string, BoltzmannAlgorithm> _algorithms = new(StringComparer.Ordinal)
    {
        ["pcd"] = BoltzmannAlgorithm.PersistentChains,
        ["pl"] = BoltzmannAlgorithm.PseudoLikelihood,
        ["mpf"] = BoltzmannAlgorithm.ProbabilityFlow,
        ["exact"] = BoltzmannAlgorithm.ExactLikelihood,
    };

    private readonly Terminal _terminal;
    private readonly Option<string> _model = FamilyOptions.Kind(ModelKinds.Boltzmann);
    private readonly Option<string?> _data = OptionFactory.Text("--data", $"{CommonOptions.DataHelp} [default: mnist if it is on this machine, else strokes]", "name|path");
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "Where the model goes: a safetensors file", "file");
    private readonly Option<string> _units = OptionFactory.Choice("--units", "Units of 0 and 1, or spins of -1 and 1", BoltzmannOptions.Binary, BoltzmannOptions.Binary, BoltzmannOptions.Spin);
    private readonly Option<string?> _graph = OptionFactory.Text("--graph", $"{BoltzmannGraph.Help} [default: dense]", "graph");
    private readonly Option<string> _algorithm = OptionFactory.Choice(
        "--algorithm", "What is ascended: the likelihood by persistent chains (pcd) or by all states of a small machine (exact), the pseudo-likelihood (pl), or "
            + "minimum probability flow (mpf)", "pcd", _algorithms.Keys);

    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Passes over the data", _defaults.Epochs, least: 1);
    private readonly Option<int> _batchSize = OptionFactory.Integer("--batch-size", "Rows in a minibatch", _defaults.BatchSize, least: 1);
    private readonly Option<int> _chains = OptionFactory.Integer("--chains", "Persistent chains of pcd", _defaults.Chains, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Sweeps of the chains in each update", _defaults.Steps, least: 1);
    private readonly Option<string> _sweep = BoltzmannOptions.Sweep();
    private readonly Option<double> _rate = OptionFactory.Number("--learning-rate", "The learning rate of the first update, of J = 2 W", _defaults.LearningRate.Initial);
    private readonly Option<double> _decayUpdates = OptionFactory.Number("--learning-rate-decay", "Updates after which the learning rate has halved", _defaults.LearningRate.DecayUpdates);
    private readonly Option<double> _momentum = OptionFactory.Number("--momentum", "Momentum, or beta1 of adam", _defaults.Momentum.Final);
    private readonly Option<string> _stepRule = OptionFactory.Choice("--step-rule", "Plain steps with momentum, or adam", "momentum", "momentum", "adam");
    private readonly Option<double> _weightDecay = OptionFactory.Number(
        "--weight-decay", "lambda of lambda / 2 (sum of J^2 and of biases^2); above 0 where columns are constant", _defaults.WeightDecay);

    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _checkpoint = OptionFactory.Text("--checkpoint", "Save the whole state here after every epoch and on Ctrl-C", "file");
    private readonly Option<bool> _resume = OptionFactory.Switch("--resume", "Go on from --checkpoint, with the same data and options");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private BoltzmannTrainCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        BoltzmannTrainCommand train = new(terminal);
        Command command = new("train", "Train a fully visible Boltzmann machine; a line an epoch on standard output.")
        {
            train._model, train._data, train._output, train._units, train._graph, train._algorithm, train._epochs, train._batchSize, train._chains, train._steps,
            train._sweep, train._rate, train._decayUpdates, train._momentum, train._stepRule, train._weightDecay, train._limit, train._checkpoint, train._resume,
            train._dataDirectory, train._seed, train._threads, train._json,
        };
        command.SetAction(train.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string? checkpoint = parse.GetValue(_checkpoint);
        bool resume = parse.GetValue(_resume);
        if (resume && checkpoint is null)
        {
            throw new UsageException("--resume: expected --checkpoint with it, found none.");
        }

        OutputPath.RequireOther(_output.Name, output, _checkpoint.Name, checkpoint);
        OutputPath.RequireOther(_output.Name, output, _data.Name, parse.GetValue(_data));
        OutputPath.RequireWritable(output);
        if (checkpoint is not null)
        {
            OutputPath.RequireOther(_checkpoint.Name, checkpoint, _data.Name, parse.GetValue(_data));
            OutputPath.RequireWritable(checkpoint);
        }

        using TerminationSignals signals = new();
        try
        {
            UnitKind kind = parse.GetValue(_units) == BoltzmannOptions.Spin ? UnitKind.Spin : UnitKind.Binary;
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = BoltzmannOptions.Open(selection, kind, parse.GetValue(_data) ?? selection.Default(), parse.GetValue(_limit), signals.Token);
            CouplingGraph graph = BoltzmannGraph.Of(parse.GetValue(_graph) ?? "dense", data.Columns, data.Name);
            BoltzmannTrainingOptions options = Options(parse, graph);
            BoltzmannTrainer trainer;
            if (resume)
            {
                trainer = BoltzmannFile.ResumeCheckpoint(checkpoint!, data, data.Fingerprint(), options);
            }
            else
            {
                BoltzmannMachine machine = new(graph, kind);
                BoltzmannInitializer.Initialize(machine, data);
                trainer = new BoltzmannTrainer(machine, data, options);
            }

            using BoltzmannSession session = new(_terminal, trainer, data, output, checkpoint, parse.GetValue(_json), parse.GetRequiredValue(_algorithm));
            session.RequireSame(graph, kind);
            return session.Run(signals);
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What} before the first update; nothing to save.");
            return signals.ExitCode;
        }
    }

    private BoltzmannTrainingOptions Options(ParseResult parse, CouplingGraph graph) => new()
    {
        Algorithm = _algorithms[parse.GetRequiredValue(_algorithm)],
        Epochs = parse.GetValue(_epochs),
        BatchSize = parse.GetValue(_batchSize),
        Chains = parse.GetValue(_chains),
        Steps = parse.GetValue(_steps),
        Sweep = BoltzmannOptions.SweepOf(parse.GetRequiredValue(_sweep), graph),
        LearningRate = new LearningRateSchedule { Initial = parse.GetValue(_rate), DecayUpdates = parse.GetValue(_decayUpdates) },
        Momentum = MomentumSchedule.Constant(parse.GetValue(_momentum)),
        StepRule = parse.GetValue(_stepRule) == "adam" ? StepRule.Adam : StepRule.Momentum,
        WeightDecay = parse.GetValue(_weightDecay),
        Seed = parse.GetValue(_seed),
        Threads = CommonOptions.ThreadsOf(parse, _threads),
    };
}
