using System.CommandLine;
using FastRbm.Training;

namespace FastRbm.Cli.Options;

/// <summary>The options of a training run; defaults are those of the library.</summary>
internal sealed class TrainingOptionSet
{
    /// <summary>--initial-weights normal.</summary>
    public const string NormalWeights = "normal";

    /// <summary>--initial-weights xavier.</summary>
    public const string XavierWeights = "xavier";

    private static readonly TrainingOptions _defaults = new();

    private static readonly Dictionary<string, TrainingAlgorithm> _algorithms = new(StringComparer.Ordinal)
    {
        ["cd"] = TrainingAlgorithm.ContrastiveDivergence,
        ["pcd"] = TrainingAlgorithm.PersistentContrastiveDivergence,
        ["fpcd"] = TrainingAlgorithm.FastPersistentContrastiveDivergence,
        ["pt"] = TrainingAlgorithm.ParallelTempering,
        ["ptt"] = TrainingAlgorithm.ParallelTrajectoryTempering,
        ["exact"] = TrainingAlgorithm.ExactGradient,
        ["mpf"] = TrainingAlgorithm.MinimumProbabilityFlow,
        ["pl"] = TrainingAlgorithm.PseudoLikelihood,
        ["rm"] = TrainingAlgorithm.RatioMatching,
    };

    private static readonly Dictionary<string, Centring> _centrings = new(StringComparer.Ordinal)
    {
        ["data"] = Centring.Data,
        ["none"] = Centring.None,
        ["enhanced"] = Centring.Enhanced,
    };

    private static readonly Dictionary<string, StepRule> _stepRules = new(StringComparer.Ordinal)
    {
        ["momentum"] = StepRule.Momentum,
        ["adam"] = StepRule.Adam,
    };

    private static readonly Dictionary<string, ScheduleShape> _schedules = new(StringComparer.Ordinal)
    {
        ["constant"] = ScheduleShape.Constant,
        ["linear"] = ScheduleShape.Linear,
        ["exponential"] = ScheduleShape.Exponential,
        ["cosine"] = ScheduleShape.Cosine,
        ["inverse"] = ScheduleShape.Inverse,
    };

    private static readonly Dictionary<string, Binarization> _binarizations = new(StringComparer.Ordinal)
    {
        ["threshold"] = Binarization.Threshold,
        ["sample"] = Binarization.Sample,
        ["none"] = Binarization.None,
    };

    private readonly Option<string> _algorithm = OptionFactory.Choice(
        "--algorithm",
        "Where the gradient comes from: chains that start at the data (cd), where they were left (pcd), pushed on by fast weights (fpcd), at several "
            + "temperatures (pt), or exchanged with earlier models of the run (ptt); enumeration (exact); or an objective without chains: minimum probability "
            + "flow (mpf), pseudo-likelihood (pl), ratio matching (rm)",
        WordOf(_algorithms, _defaults.Algorithm), _algorithms.Keys);

    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of the chains in each update", _defaults.Steps);
    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Passes over the data", _defaults.Epochs);
    private readonly Option<int?> _batchSize = OptionFactory.OptionalInteger(
        "--batch-size", $"Rows in a minibatch [default: {_defaults.BatchSize}, or all rows if there are fewer]");

    private readonly Option<int?> _chains = OptionFactory.OptionalInteger("--chains", "Persistent chains of pcd, fpcd, pt and ptt [default: the batch size]", least: 1);
    private readonly Option<int?> _levels = OptionFactory.OptionalInteger("--levels", $"Temperatures of pt [default: {_defaults.Levels}]", least: 2);
    private readonly Option<int?> _exchangeInterval = OptionFactory.OptionalInteger(
        "--exchange-interval", $"The most updates between exchanges of ptt [default: {_defaults.ExchangeInterval}]", least: 1);

    private readonly Option<int?> _rungChains = OptionFactory.OptionalInteger("--rung-chains", $"Chains of each earlier model of ptt [default: {_defaults.RungChains}]", least: 1);
    private readonly Option<int> _patience = OptionFactory.Integer(
        "--patience", "Epochs without a better validation log-likelihood after which to stop, with the best parameters; 0 for never", _defaults.Patience);

    private readonly Option<double> _rate = OptionFactory.Number("--learning-rate", "The learning rate of the first update", _defaults.LearningRate.Initial);
    private readonly Option<string> _schedule = OptionFactory.Choice(
        "--learning-rate-schedule", "How the learning rate goes from update to update; inverse is rate / (1 + update / decay)", WordOf(_schedules, _defaults.LearningRate.Shape), _schedules.Keys);

    private readonly Option<double?> _finalRate = OptionFactory.OptionalNumber(
        "--final-learning-rate", $"The learning rate of the last update: linear, exponential and cosine [default: {_defaults.LearningRate.Final:0.##}]");

    private readonly Option<double?> _rateDecay = OptionFactory.OptionalNumber(
        "--learning-rate-decay", $"Updates after which an inverse schedule has halved the rate [default: {_defaults.LearningRate.DecayUpdates:0.##}]");

    private readonly Option<double> _momentum = OptionFactory.Number("--momentum", "The momentum", _defaults.Momentum.Final);
    private readonly Option<double?> _initialMomentum = OptionFactory.OptionalNumber(
        "--initial-momentum", $"The momentum of the first epoch, with --momentum-ramp [default: {_defaults.Momentum.Initial:0.##}]");

    private readonly Option<int> _momentumRamp = OptionFactory.Integer(
        "--momentum-ramp", "Epochs over which the momentum goes from initial to final", _defaults.Momentum.RampEpochs);

    private readonly Option<double> _weightDecay = OptionFactory.Number("--weight-decay", "The L2 coefficient of the weights", _defaults.WeightDecay);
    private readonly Option<double> _l1Decay = OptionFactory.Number("--l1-decay", "The L1 coefficient of the weights", _defaults.L1Decay);
    private readonly Option<double> _groupDecay = OptionFactory.Number(
        "--group-decay", "The coefficient of the norms of the hidden units' weights", _defaults.GroupDecay);

    private readonly Option<double> _maxNorm = OptionFactory.Number("--max-norm", "The largest norm of a hidden unit's weights; 0 for no limit", _defaults.MaxNorm);
    private readonly Option<double?> _sparsityTarget = OptionFactory.OptionalNumber(
        "--sparsity-target", $"The mean that hidden units are drawn to, with --sparsity-cost [default: {_defaults.SparsityTarget:0.##}]");

    private readonly Option<double> _sparsityCost = OptionFactory.Number("--sparsity-cost", "How strongly they are drawn to it", _defaults.SparsityCost);
    private readonly Option<string> _centring = OptionFactory.Choice(
        "--centring", "The offsets in the gradient: means of the data, none, or of data and model (enhanced)", WordOf(_centrings, _defaults.Centring), _centrings.Keys);

    private readonly Option<string> _stepRule = OptionFactory.Choice(
        "--step-rule", "How a gradient becomes a change of the parameters; adam takes --momentum as its beta1 [default of it then: 0.9]",
        WordOf(_stepRules, _defaults.StepRule), _stepRules.Keys);

    private readonly Option<double> _averagedShare = OptionFactory.Number(
        "--average", "The share of the run, at its end, over which the parameters are averaged", _defaults.AveragedShare);

    private readonly Option<string> _binarize = OptionFactory.Choice(
        "--binarize", "What becomes of grey levels: on from one half, drawn afresh in every epoch, or used as means",
        WordOf(_binarizations, _defaults.Binarization), _binarizations.Keys);

    private readonly Option<string> _initialWeights = OptionFactory.Choice(
        "--initial-weights", "Normal with deviation 0.01, or by the sizes of the layers", NormalWeights, NormalWeights, XavierWeights);

    private readonly MissingOptionSet _missing = new();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>Adds all options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [
                _algorithm, _steps, _epochs, _batchSize, _chains, _levels, _exchangeInterval, _rungChains, _patience, _rate, _schedule, _finalRate, _rateDecay, _momentum, _initialMomentum, _momentumRamp,
                _stepRule, _centring, _averagedShare, _weightDecay, _l1Decay, _groupDecay, _maxNorm,
                _sparsityTarget, _sparsityCost, _binarize, _initialWeights, _seed, _threads,
            ])
        {
            command.Options.Add(option);
        }

        _missing.AddTo(command);
    }

    /// <summary>The options about missing values.</summary>
    public MissingOptionSet Missing => _missing;

    /// <summary>Reads the options and checks all that can be checked without data.</summary>
    /// <exception cref="UsageException">A value is out of range, or options contradict each other.</exception>
    public TrainingOptions Read(ParseResult parse)
    {
        TrainingAlgorithm algorithm = _algorithms[parse.GetRequiredValue(_algorithm)];
        int? chains = parse.GetValue(_chains);
        RequireAlgorithm(_chains, chains, algorithm is > TrainingAlgorithm.ContrastiveDivergence and < TrainingAlgorithm.ExactGradient, "pcd, fpcd, pt or ptt", algorithm);
        RequireAlgorithm(_levels, parse.GetValue(_levels), algorithm == TrainingAlgorithm.ParallelTempering, "pt", algorithm);
        bool trajectory = algorithm == TrainingAlgorithm.ParallelTrajectoryTempering;
        RequireAlgorithm(_exchangeInterval, parse.GetValue(_exchangeInterval), trajectory, "ptt", algorithm);
        RequireAlgorithm(_rungChains, parse.GetValue(_rungChains), trajectory, "ptt", algorithm);
        double? sparsityTarget = parse.GetValue(_sparsityTarget);
        if (sparsityTarget is not null && parse.GetValue(_sparsityCost) == 0)
        {
            throw new UsageException("--sparsity-target: expected --sparsity-cost with it, found none.");
        }

        LearningRateSchedule rate = ReadRate(parse);

        double? initialMomentum = parse.GetValue(_initialMomentum);
        int ramp = parse.GetValue(_momentumRamp);
        if (initialMomentum is not null && ramp == 0)
        {
            throw new UsageException("--initial-momentum: expected --momentum-ramp with it, found none.");
        }

        _missing.Check(parse);
        MissingValues missing = _missing.Read(parse);
        bool givenCentring = parse.GetResult(_centring) is { Implicit: false };
        StepRule rule = _stepRules[parse.GetRequiredValue(_stepRule)];
        bool givenMomentum = parse.GetResult(_momentum) is { Implicit: false };
        TrainingOptions options = _defaults with
        {
            Algorithm = algorithm,
            Steps = parse.GetValue(_steps),
            Epochs = parse.GetValue(_epochs),
            BatchSize = parse.GetValue(_batchSize) ?? _defaults.BatchSize,
            Chains = chains ?? _defaults.Chains,
            Levels = parse.GetValue(_levels) ?? _defaults.Levels,
            ExchangeInterval = parse.GetValue(_exchangeInterval) ?? _defaults.ExchangeInterval,
            RungChains = parse.GetValue(_rungChains) ?? _defaults.RungChains,
            Patience = parse.GetValue(_patience),
            LearningRate = rate,
            Momentum = new MomentumSchedule
            {
                Initial = initialMomentum ?? _defaults.Momentum.Initial,
                Final = rule == StepRule.Adam && !givenMomentum ? 0.9 : parse.GetValue(_momentum),
                RampEpochs = ramp,
            },
            WeightDecay = parse.GetValue(_weightDecay),
            StepRule = rule,
            Centring = missing == MissingValues.Absent && !givenCentring ? Centring.None : _centrings[parse.GetRequiredValue(_centring)],
            Missing = missing,
            MissingSteps = _missing.Steps(parse),
            AveragedShare = parse.GetValue(_averagedShare),
            L1Decay = parse.GetValue(_l1Decay),
            GroupDecay = parse.GetValue(_groupDecay),
            MaxNorm = parse.GetValue(_maxNorm),
            SparsityTarget = sparsityTarget ?? _defaults.SparsityTarget,
            SparsityCost = parse.GetValue(_sparsityCost),
            Binarization = _binarizations[parse.GetRequiredValue(_binarize)],
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
        };
        OptionErrors.Validate(options, int.MaxValue);
        return options;
    }

    /// <summary>Fits the options to the data: without --batch-size a minibatch isn't larger than the data.</summary>
    /// <exception cref="UsageException">The data have fewer rows than --batch-size.</exception>
    public TrainingOptions Fit(TrainingOptions options, ParseResult parse, int rows)
    {
        TrainingOptions fitted = parse.GetValue(_batchSize) is null ? options with { BatchSize = Math.Min(options.BatchSize, rows) } : options;
        OptionErrors.Validate(fitted, rows);
        return fitted;
    }

    /// <summary>Normal or xavier.</summary>
    public string InitialWeights(ParseResult parse) => parse.GetRequiredValue(_initialWeights);

    /// <summary>The word for an algorithm.</summary>
    public static string WordOf(TrainingAlgorithm algorithm) => WordOf(_algorithms, algorithm);

    /// <summary>The word for a schedule.</summary>
    public static string WordOf(ScheduleShape shape) => WordOf(_schedules, shape);

    /// <summary>The word for a way to make bits.</summary>
    public static string WordOf(Binarization binarization) => WordOf(_binarizations, binarization);

    private static void RequireAlgorithm(Option option, int? value, bool fits, string expected, TrainingAlgorithm algorithm)
    {
        if (value is not null && !fits)
        {
            throw new UsageException($"{option.Name}: expected --algorithm {expected} with it, found {WordOf(algorithm)}.");
        }
    }

    /// <summary>The word for offsets.</summary>
    public static string WordOf(Centring centring) => WordOf(_centrings, centring);

    /// <summary>The word for a step rule.</summary>
    public static string WordOf(StepRule rule) => WordOf(_stepRules, rule);

    private LearningRateSchedule ReadRate(ParseResult parse)
    {
        string word = parse.GetRequiredValue(_schedule);
        double initial = parse.GetValue(_rate);
        LearningRateSchedule schedule = new() { Initial = initial, Final = initial, Shape = _schedules[word] };
        double? final = parse.GetValue(_finalRate);
        if (final is not null && !schedule.DependsOnLength)
        {
            throw new UsageException($"{_finalRate.Name}: expected {_schedule.Name} linear, exponential or cosine with it, found {word}.");
        }

        double? decay = parse.GetValue(_rateDecay);
        if (decay is not null && schedule.Shape != ScheduleShape.Inverse)
        {
            throw new UsageException($"{_rateDecay.Name}: expected {_schedule.Name} inverse with it, found {word}.");
        }

        return schedule with
        {
            Final = schedule.DependsOnLength ? final ?? _defaults.LearningRate.Final : initial,
            DecayUpdates = decay ?? _defaults.LearningRate.DecayUpdates,
        };
    }

    private static string WordOf<T>(Dictionary<string, T> words, T value)
        where T : struct, Enum => words.First(pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Key;
}
