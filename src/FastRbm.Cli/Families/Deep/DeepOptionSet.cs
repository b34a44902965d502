using System.CommandLine;
using System.Globalization;
using FastRbm.Cli.Options;
using FastRbm.Training;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>The options of training deep models, beside data and files.</summary>
internal sealed class DeepOptionSet(bool boltzmann)
{
    private const string Cd = "cd";
    private const string Pcd = "pcd";

    private readonly Option<string> _layers = OptionFactory.RequiredText(
        "--layers", boltzmann ? "Units of the hidden layers, upwards, at least two: 500,1000" : "Units of the hidden layers, upwards: 500,500,2000", "n,n,...");

    private readonly Option<int> _epochs = OptionFactory.Integer(
        "--epochs", boltzmann ? "Passes over the data in which all layers are trained together" : "Passes over the data for each layer", 10, least: 1);

    private readonly Option<int> _startEpochs = OptionFactory.Integer(
        "--start-epochs", "Passes over the data for each layer of a layer-wise start; 0 for small random weights", 5, least: 0);

    private readonly Option<string> _algorithm = OptionFactory.Choice("--algorithm", "How layers are trained: contrastive divergence, or persistent", boltzmann ? Cd : Pcd, Cd, Pcd);
    private readonly Option<int> _batchSize = OptionFactory.Integer("--batch-size", "Rows of an update", 100, least: 1);
    private readonly Option<int> _chains = OptionFactory.Integer("--chains", "Persistent chains; 0 for as many as --batch-size", 0, least: 0);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of chains in each update", 1, least: 1);
    private readonly Option<int> _sweeps = OptionFactory.Integer("--mean-field", "Mean-field sweeps of each row", 5, least: 0);
    private readonly Option<double> _rate = OptionFactory.Number("--learning-rate", "The learning rate, which falls in a straight line to 0", boltzmann ? 0.02 : 0.1);
    private readonly Option<double> _startRate = OptionFactory.Number("--start-rate", "The same of a layer-wise start", 0.1);
    private readonly Option<double> _average = OptionFactory.Number("--average", "The share of the passes, the last ones, over which parameters are averaged", 0);
    private readonly Option<double> _decay = OptionFactory.Number("--weight-decay", "The L2 coefficient", 0);
    private readonly Option<string> _binarize = OptionFactory.Choice(
        "--binarize", "What becomes of grey levels: drawn afresh in each pass, on from one half, or taken as means", "sample", "sample", "threshold", "none");

    private readonly Option<int> _tune = OptionFactory.Integer("--fine-tune", "Passes over the labelled rows that tune a classifier by back-propagation; 0 for none", 0, least: 0);
    private readonly Option<double> _tuneRate = OptionFactory.Number("--tune-rate", "Adam's rate of tuning, which falls in a straight line to 0", 0.002);
    private readonly Option<int> _tuneBatch = OptionFactory.Integer("--tune-batch-size", "Rows of an update of tuning", 100, least: 1);
    private readonly Option<double> _dropout = OptionFactory.Number("--dropout", "The share of hidden units that an update of tuning leaves out", 0.4);
    private readonly Option<double> _inputDropout = OptionFactory.Number("--input-dropout", "The same of inputs", 0.2);
    private readonly Option<double> _maxNorm = OptionFactory.Number("--max-norm", "The largest norm of the weights into a unit while tuning; 0 for no limit", 0);
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>Adds all of them.</summary>
    public void AddTo(Command command)
    {
        Option[] all =
        [
            _layers, _epochs, _algorithm, _batchSize, _chains, _steps, _rate, _average, _decay, _binarize, _tune, _tuneRate, _tuneBatch, _dropout, _inputDropout, _maxNorm, _seed, _threads,
            .. boltzmann ? (ReadOnlySpan<Option>)[_startEpochs, _startRate, _sweeps] : [],
        ];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Units of the hidden layers.</summary>
    /// <exception cref="UsageException">They aren't numbers of at least 1, or too few.</exception>
    public int[] Layers(ParseResult parse)
    {
        string text = parse.GetRequiredValue(_layers);
        string[] parts = text.Split(',');
        int[] layers = [.. parts.Select(static part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int units) ? units : 0)];
        if (layers.Any(static units => units < 1) || layers.Length < (boltzmann ? 2 : 1))
        {
            throw new UsageException($"{_layers.Name}: expected numbers of at least 1, {(boltzmann ? "two" : "one")} or more, with commas between them, found {text}.");
        }

        return layers;
    }

    /// <summary>Options of the greedy training of a deep belief network, or of a layer-wise start.</summary>
    public IReadOnlyList<TrainingOptions> Greedy(ParseResult parse, int machines, int rows) => DeepBeliefTrainer.Same(
        new TrainingOptions
        {
            Algorithm = parse.GetValue(_algorithm) == Cd ? TrainingAlgorithm.ContrastiveDivergence : TrainingAlgorithm.PersistentContrastiveDivergence,
            Epochs = Math.Max(1, parse.GetValue(boltzmann ? _startEpochs : _epochs)),
            BatchSize = Math.Min(rows, parse.GetValue(_batchSize)),
            Chains = boltzmann ? 0 : parse.GetValue(_chains),
            Steps = parse.GetValue(_steps),
            LearningRate = Falling(parse.GetValue(boltzmann ? _startRate : _rate)),
            AveragedShare = boltzmann ? 0 : parse.GetValue(_average),
            WeightDecay = parse.GetValue(_decay),
            Binarization = BinarizationOf(parse),
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
        },
        machines);

    /// <summary>Options of training all layers together.</summary>
    public DeepBoltzmannOptions Joint(ParseResult parse, int rows) => new()
    {
        Epochs = parse.GetValue(_epochs),
        BatchSize = Math.Min(rows, parse.GetValue(_batchSize)),
        Chains = parse.GetValue(_chains),
        Steps = parse.GetValue(_steps),
        MeanFieldSweeps = parse.GetValue(_sweeps),
        LearningRate = Falling(parse.GetValue(_rate)),
        AveragedShare = parse.GetValue(_average),
        WeightDecay = parse.GetValue(_decay),
        Binarization = BinarizationOf(parse),
        Seed = parse.GetValue(_seed),
        Threads = CommonOptions.ThreadsOf(parse, _threads),
    };

    /// <summary>Whether a machine starts layer by layer.</summary>
    public bool StartsByLayers(ParseResult parse) => parse.GetValue(_startEpochs) > 0;

    /// <summary>Mean-field sweeps.</summary>
    public int Sweeps(ParseResult parse) => parse.GetValue(_sweeps);

    /// <summary>The seed.</summary>
    public ulong Seed(ParseResult parse) => parse.GetValue(_seed);

    /// <summary>Threads.</summary>
    public int Threads(ParseResult parse) => CommonOptions.ThreadsOf(parse, _threads);

    /// <summary>Options of tuning; null for none.</summary>
    public ClassifierOptions? Tuning(ParseResult parse, int rows) => parse.GetValue(_tune) == 0 ? null : new ClassifierOptions
    {
        BatchSize = Math.Min(rows, parse.GetValue(_tuneBatch)),
        Epochs = parse.GetValue(_tune),
        Optimizer = new OptimizerOptions
        {
            LearningRate = Falling(parse.GetValue(_tuneRate)),
            MaxNorm = parse.GetValue(_maxNorm),
        },
        HiddenDropout = parse.GetValue(_dropout),
        InputDropout = parse.GetValue(_inputDropout),
        Seed = parse.GetValue(_seed),
        Threads = CommonOptions.ThreadsOf(parse, _threads),
    };

    /// <summary>Whether there is tuning, and so labels.</summary>
    public bool Tunes(ParseResult parse) => parse.GetValue(_tune) > 0;

    private static LearningRateSchedule Falling(double rate) => new() { Initial = rate, Final = 0, Shape = ScheduleShape.Linear };

    private Binarization BinarizationOf(ParseResult parse) => parse.GetValue(_binarize) switch
    {
        "sample" => Binarization.Sample,
        "threshold" => Binarization.Threshold,
        _ => Binarization.None,
    };
}
