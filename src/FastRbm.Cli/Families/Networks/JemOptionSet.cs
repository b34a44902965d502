using System.CommandLine;
using System.Globalization;
using FastRbm.Cli.Options;
using FastRbm.Models.Networks;
using FastRbm.Sampling.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Networks;

/// <summary>The options of a run that trains an energy network.</summary>
internal sealed class JemOptionSet
{
    private static readonly JemOptions _defaults = new();

    private static readonly Dictionary<string, UnitFunction> _functions = new(StringComparer.Ordinal)
    {
        ["swish"] = UnitFunction.Swish,
        ["softplus"] = UnitFunction.Softplus,
        ["tanh"] = UnitFunction.Tanh,
        ["sigmoid"] = UnitFunction.Sigmoid,
    };

    private static readonly Dictionary<string, ScheduleShape> _schedules = new(StringComparer.Ordinal)
    {
        ["cosine"] = ScheduleShape.Cosine,
        ["linear"] = ScheduleShape.Linear,
        ["exponential"] = ScheduleShape.Exponential,
        ["constant"] = ScheduleShape.Constant,
    };

    private readonly Option<string?> _layers = OptionFactory.Text("--layers", "Units of the hidden layers, with commas between [default: 256,256]", "n,n");
    private readonly Option<string> _activation = OptionFactory.Choice("--activation", "The function of hidden units, which must be smooth", "swish", _functions.Keys);
    private readonly Option<int> _epochs = OptionFactory.Integer("--epochs", "Passes over the data", 12, least: 1);
    private readonly Option<int> _batchSize = OptionFactory.Integer("--batch-size", "Rows of a minibatch, and chains", _defaults.BatchSize, least: 1);
    private readonly Option<double> _rate = OptionFactory.Number("--learning-rate", "Adam's step", _defaults.Optimizer.LearningRate.Initial);
    private readonly Option<string> _schedule = OptionFactory.Choice("--learning-rate-schedule", "How it falls to a fiftieth over the run", "cosine", _schedules.Keys);
    private readonly Option<int> _warmUp = OptionFactory.Integer("--warm-up", "Updates over which the step rises first", _defaults.Optimizer.WarmUpUpdates, least: 0);
    private readonly Option<double> _average = OptionFactory.Number("--average-decay", "Decay of the running average of the parameters that the model is made of; 0 for none", _defaults.Optimizer.AverageDecay);
    private readonly Option<double> _decay = OptionFactory.Number("--weight-decay", "The L2 penalty of weights", 0);
    private readonly Option<double> _generative = OptionFactory.Number("--generative-weight", "What the density's loss counts beside the classifier's; 0 trains a classifier alone", _defaults.GenerativeWeight);
    private readonly Option<int> _steps = OptionFactory.Integer("--langevin-steps", "Langevin steps of every chain in an update", _defaults.LangevinSteps, least: 1);
    private readonly Option<double> _stepSize = OptionFactory.Number("--langevin-step-size", "The step along the gradient", _defaults.Langevin.StepSize);
    private readonly Option<double> _noise = OptionFactory.Number("--langevin-noise", "The standard deviation of a step's noise", _defaults.Langevin.Noise);
    private readonly Option<bool> _free = OptionFactory.Switch("--no-clamp", "Let states leave the box from -1 to 1 that data are in");
    private readonly Option<int> _buffer = OptionFactory.Integer("--buffer", "Chains that are kept between updates", _defaults.BufferSize, least: 1);
    private readonly Option<double> _restart = OptionFactory.Number("--restart", "The probability that a chain starts anew from noise", _defaults.RestartProbability);
    private readonly Option<bool> _conditional = OptionFactory.Switch("--class-conditional", "Chains of given classes, and the density of rows with their classes");
    private readonly Option<double> _dataNoise = OptionFactory.Number("--data-noise", "The standard deviation of the noise on data, in units of -1 to 1", _defaults.DataNoise);
    private readonly Option<double> _penalty = OptionFactory.Number("--energy-penalty", "R in R (E(data)^2 + E(samples)^2)", _defaults.EnergyPenalty);
    private readonly Option<double> _limit = OptionFactory.Number("--divergence-limit", "The run stops when energies of data and samples are so far apart", _defaults.DivergenceLimit);
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>Adds all of them.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (ReadOnlySpan<Option>)
            [_layers, _activation, _epochs, _batchSize, _rate, _schedule, _warmUp, _average, _decay, _generative, _steps, _stepSize, _noise, _free, _buffer, _restart,
             _conditional, _dataNoise, _penalty, _limit, _seed, _threads])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options of the run.</summary>
    public JemOptions Read(ParseResult parse)
    {
        double rate = parse.GetValue(_rate);
        return new JemOptions
        {
            BatchSize = parse.GetValue(_batchSize),
            Epochs = parse.GetValue(_epochs),
            GenerativeWeight = parse.GetValue(_generative),
            LangevinSteps = parse.GetValue(_steps),
            Langevin = new LangevinOptions { StepSize = parse.GetValue(_stepSize), Noise = parse.GetValue(_noise), Clamp = !parse.GetValue(_free) },
            BufferSize = parse.GetValue(_buffer),
            RestartProbability = parse.GetValue(_restart),
            ClassConditional = parse.GetValue(_conditional),
            DataNoise = parse.GetValue(_dataNoise),
            EnergyPenalty = parse.GetValue(_penalty),
            DivergenceLimit = parse.GetValue(_limit),
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
            Optimizer = new OptimizerOptions
            {
                LearningRate = new LearningRateSchedule { Initial = rate, Final = rate / 50, Shape = _schedules[parse.GetRequiredValue(_schedule)] },
                WarmUpUpdates = parse.GetValue(_warmUp),
                AverageDecay = parse.GetValue(_average),
                WeightDecay = parse.GetValue(_decay),
            },
        };
    }

    /// <summary>A new model.</summary>
    public EnergyNetwork NewModel(ParseResult parse, int columns, int classes) =>
        new(Network.Random([columns, .. Layers(parse), classes], _functions[parse.GetRequiredValue(_activation)], parse.GetValue(_seed)), new EnergyNetworkOptions());

    /// <summary>Refuses a model of other layers than the options name.</summary>
    public void RequireLayers(ParseResult parse, EnergyNetwork model, string path)
    {
        string saved = string.Join(',', model.Network.Layers.SkipLast(1).Select(static layer => layer.Outputs.ToString(CultureInfo.InvariantCulture)));
        string now = string.Join(',', Layers(parse).Select(static units => units.ToString(CultureInfo.InvariantCulture)));
        if (saved != now || model.Network.Layers.SkipLast(1).Any(layer => layer.Function != _functions[parse.GetRequiredValue(_activation)]))
        {
            throw new Errors.InvalidInputException(path, "the layers and functions of the saved run", $"--layers {saved} in the checkpoint, {now} {parse.GetValue(_activation)} now");
        }
    }

    private int[] Layers(ParseResult parse)
    {
        string text = parse.GetValue(_layers) ?? "256,256";
        string[] parts = text.Split(',');
        int[] units = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out units[i]) || units[i] < 1)
            {
                throw new UsageException($"{_layers.Name}: expected numbers of at least 1 with commas between, found {text}.");
            }
        }

        return units;
    }
}
