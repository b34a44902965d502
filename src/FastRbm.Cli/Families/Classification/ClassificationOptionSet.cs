using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Training;
using FastRbm.Training.Classification;

namespace FastRbm.Cli.Families.Classification;

/// <summary>The options of a run that trains a classification RBM; defaults are those that the library has for each objective.</summary>
internal sealed class ClassificationOptionSet
{
    private static readonly Dictionary<string, ClassificationObjective> _objectives = new(StringComparer.Ordinal)
    {
        ["hybrid"] = ClassificationObjective.Hybrid,
        ["discriminative"] = ClassificationObjective.Discriminative,
        ["generative"] = ClassificationObjective.Generative,
        ["semi-supervised"] = ClassificationObjective.SemiSupervised,
    };

    private static readonly Dictionary<string, ScheduleShape> _schedules = new(StringComparer.Ordinal)
    {
        ["constant"] = ScheduleShape.Constant,
        ["linear"] = ScheduleShape.Linear,
        ["exponential"] = ScheduleShape.Exponential,
        ["cosine"] = ScheduleShape.Cosine,
    };

    private static readonly Dictionary<string, Binarization> _binarizations = new(StringComparer.Ordinal)
    {
        ["sample"] = Binarization.Sample,
        ["threshold"] = Binarization.Threshold,
        ["none"] = Binarization.None,
    };

    private static readonly Dictionary<string, StepRule> _stepRules = new(StringComparer.Ordinal)
    {
        ["momentum"] = StepRule.Momentum,
        ["adam"] = StepRule.Adam,
    };

    private const string FromRows = "cd";
    private const string Persistent = "pcd";

    private readonly Option<string> _objective = OptionFactory.Choice(
        "--objective", "-ln p(y|v) - A ln p(y,v) (hybrid), the first alone (discriminative), -ln p(y,v) (generative), or hybrid with -B ln p(v) of rows without labels (semi-supervised)",
        "hybrid", _objectives.Keys);

    private readonly Option<double?> _generativeWeight = OptionFactory.OptionalNumber("--generative-weight", Described("A of hybrid and semi-supervised", static o => o.GenerativeWeight));
    private readonly Option<double?> _unlabelledWeight = OptionFactory.OptionalNumber("--unlabelled-weight", Described("B of semi-supervised", static o => o.UnlabelledWeight));
    private readonly Option<string?> _algorithm = OptionFactory.Text(
        "--algorithm", "Where chains of the generative part start: at the rows (cd) or where they were left (pcd) [default: cd]", "cd|pcd");

    private readonly Option<int?> _steps = OptionFactory.OptionalInteger("--steps", Described("Gibbs steps of the chains in each update", static o => o.Steps), least: 1);
    private readonly Option<int?> _epochs = OptionFactory.OptionalInteger(
        "--epochs", Described("Passes over the labelled rows, of semi-supervised over the others", static o => o.Epochs), least: 1);

    private readonly Option<int?> _batchSize = OptionFactory.OptionalInteger("--batch-size", Described("Rows in a minibatch", static o => o.BatchSize), least: 1);
    private readonly Option<int?> _labelledBatch = OptionFactory.OptionalInteger(
        "--labelled-batch-size", Described("Labelled rows in a minibatch of semi-supervised", static o => o.LabelledBatchSize), least: 1);

    private readonly Option<double?> _rate = OptionFactory.OptionalNumber("--learning-rate", Described("The learning rate of the first update", static o => o.LearningRate.Initial));
    private readonly Option<string> _schedule = OptionFactory.Choice(
        "--learning-rate-schedule", "How the learning rate goes from update to update", "linear", _schedules.Keys);

    private readonly Option<double> _finalRate = OptionFactory.Number("--final-learning-rate", "The learning rate of the last update, unless it is constant", 0);
    private readonly Option<double?> _momentum = OptionFactory.OptionalNumber("--momentum", Described("The momentum", static o => o.Momentum.Final));
    private readonly Option<string?> _stepRule = OptionFactory.Text(
        "--step-rule", $"How a gradient becomes a change of the parameters; adam takes --momentum as its beta1 [default: {WordOf(ClassificationOptions.For(default).StepRule)}]", "momentum|adam");

    private readonly Option<string?> _centring = OptionFactory.Text(
        "--centring", $"The offsets in the gradient: means of the data, or none [default: {TrainingOptionSet.WordOf(ClassificationOptions.For(default).Centring)}]", "data|none");

    private readonly Option<double?> _weightDecay = OptionFactory.OptionalNumber("--weight-decay", Described("The L2 coefficient of the weights", static o => o.WeightDecay));
    private readonly Option<double?> _average = OptionFactory.OptionalNumber(
        "--average", Described("The share of the run, at its end, over which the parameters are averaged", static o => o.AveragedShare));

    private readonly Option<int> _patience = OptionFactory.Integer(
        "--patience", "Epochs without a smaller validation error after which to stop, with the best parameters; 0 for never", 0);

    private readonly Option<string> _binarize = OptionFactory.Choice(
        "--binarize", "What becomes of grey levels: bits drawn afresh in every epoch, on from one half, or means as they are", "sample", _binarizations.Keys);

    private readonly Option<double?> _deviation = OptionFactory.OptionalNumber(
        "--initial-deviation", "The standard deviation of the first weights [default: (3 x the larger layer)^-1/2, of class weights over a --start 0.01]");

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [
                _objective, _generativeWeight, _unlabelledWeight, _algorithm, _steps, _epochs, _batchSize, _labelledBatch, _rate, _schedule, _finalRate, _momentum, _stepRule, _centring, _weightDecay,
                _average, _patience, _binarize, _deviation, _seed, _threads,
            ])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Reads the options; the trainer checks them against the data.</summary>
    /// <exception cref="UsageException">Options contradict each other.</exception>
    public ClassificationOptions Read(ParseResult parse)
    {
        ClassificationObjective objective = _objectives[parse.GetRequiredValue(_objective)];
        ClassificationOptions defaults = ClassificationOptions.For(objective);
        bool semi = objective == ClassificationObjective.SemiSupervised;
        Require(_generativeWeight, parse.GetValue(_generativeWeight) is not null, semi || objective == ClassificationObjective.Hybrid, "hybrid or semi-supervised");
        Require(_unlabelledWeight, parse.GetValue(_unlabelledWeight) is not null, semi, "semi-supervised");
        Require(_labelledBatch, parse.GetValue(_labelledBatch) is not null, semi, "semi-supervised");
        string algorithm = parse.GetValue(_algorithm) ?? (defaults.Persistent ? Persistent : FromRows);
        if (algorithm is not (FromRows or Persistent))
        {
            throw new UsageException($"{_algorithm.Name}: expected one of {FromRows}, {Persistent}, found {algorithm}.");
        }

        double rate = parse.GetValue(_rate) ?? defaults.LearningRate.Initial;
        ScheduleShape shape = _schedules[parse.GetRequiredValue(_schedule)];
        bool givenFinal = parse.GetResult(_finalRate) is { Implicit: false };
        if (shape == ScheduleShape.Constant && givenFinal)
        {
            throw new UsageException($"{_finalRate.Name}: expected {_schedule.Name} linear, exponential or cosine with it, found constant.");
        }

        double final = givenFinal ? parse.GetValue(_finalRate) : shape == ScheduleShape.Exponential ? rate / 100 : 0;
        return defaults with
        {
            GenerativeWeight = parse.GetValue(_generativeWeight) ?? defaults.GenerativeWeight,
            UnlabelledWeight = parse.GetValue(_unlabelledWeight) ?? defaults.UnlabelledWeight,
            Persistent = algorithm == Persistent,
            Steps = parse.GetValue(_steps) ?? defaults.Steps,
            Epochs = parse.GetValue(_epochs) ?? defaults.Epochs,
            BatchSize = parse.GetValue(_batchSize) ?? defaults.BatchSize,
            LabelledBatchSize = parse.GetValue(_labelledBatch) ?? defaults.LabelledBatchSize,
            LearningRate = shape == ScheduleShape.Constant ? LearningRateSchedule.Constant(rate) : new() { Initial = rate, Final = final, Shape = shape },
            Momentum = parse.GetValue(_momentum) is { } momentum ? MomentumSchedule.Constant(momentum) : defaults.Momentum,
            StepRule = StepRuleOf(parse) ?? defaults.StepRule,
            Centring = CentringOf(parse) ?? defaults.Centring,
            WeightDecay = parse.GetValue(_weightDecay) ?? defaults.WeightDecay,
            AveragedShare = parse.GetValue(_average) ?? (parse.GetValue(_patience) > 0 ? 0 : defaults.AveragedShare),
            Patience = parse.GetValue(_patience),
            Binarization = _binarizations[parse.GetRequiredValue(_binarize)],
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
        };

        void Require(Option option, bool given, bool fits, string expected)
        {
            if (given && !fits)
            {
                throw new UsageException($"{option.Name}: expected --objective {expected} with it, found {parse.GetRequiredValue(_objective)}.");
            }
        }
    }

    /// <summary>Without --batch-size a minibatch isn't larger than the rows that it is of.</summary>
    public ClassificationOptions Fit(ClassificationOptions options, ParseResult parse, int rows) =>
        parse.GetValue(_batchSize) is null ? options with { BatchSize = Math.Min(options.BatchSize, rows) } : options;

    /// <summary>The standard deviation of the first weights, or null for the library's.</summary>
    public double? Deviation(ParseResult parse) => parse.GetValue(_deviation);

    /// <summary>The word of an objective.</summary>
    public static string WordOf(ClassificationObjective objective) => _objectives.First(pair => pair.Value == objective).Key;

    /// <summary>The word for what becomes of grey levels.</summary>
    public static string WordOf(Binarization binarization) => _binarizations.First(pair => pair.Value == binarization).Key;

    private static string WordOf(StepRule rule) => _stepRules.First(pair => pair.Value == rule).Key;

    private StepRule? StepRuleOf(ParseResult parse)
    {
        if (parse.GetValue(_stepRule) is not { } word)
        {
            return null;
        }

        return _stepRules.TryGetValue(word, out StepRule rule) ? rule
            : throw new UsageException($"{_stepRule.Name}: expected one of {string.Join(", ", _stepRules.Keys)}, found {word}.");
    }

    private Centring? CentringOf(ParseResult parse) => parse.GetValue(_centring) switch
    {
        null => null,
        "data" => Centring.Data,
        "none" => Centring.None,
        string word => throw new UsageException($"{_centring.Name}: expected one of data, none, found {word}."),
    };

    /// <summary>A description with the defaults of all objectives.</summary>
    private static string Described(string what, Func<ClassificationOptions, double> value)
    {
        string[] values = [.. _objectives.Values.Select(objective => Numbers.Text(value(ClassificationOptions.For(objective))))];
        string defaults = values.Distinct().Count() == 1 ? values[0] : string.Join(", ", _objectives.Keys.Zip(values, static (name, number) => $"{name} {number}"));
        return $"{what} [default: {defaults}]";
    }
}
