using FastRbm.Cli.Families.Classification;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Training;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Demos;

/// <summary>What a start is worth where few rows have labels: the mean over draws of them, each start with the tuning that suits it best.</summary>
/// <param name="run">The run.</param>
/// <param name="data">Rows with labels.</param>
/// <param name="features">What the networks take of rows.</param>
/// <param name="draws">The most draws of labels.</param>
/// <param name="epochs">Passes over the labelled rows.</param>
internal sealed class DeepFewLabels(DemoRun run, ImageData data, Func<Dataset, ILabelledRows> features, int draws, int epochs)
{
    /// <summary>Rows of each class with a label.</summary>
    public const int PerClass = 10;

    private const int MostValidationRows = 3000;

    /// <summary>Ways of tuning, among which each start takes the one with the lowest error of rows that no network is trained on.</summary>
    private static readonly (string Name, OptimizerKind Kind, double Rate, double InputDropout)[] _ways =
    [
        ("Adam", OptimizerKind.Adam, 0.001, 0),
        ("Adam, three inputs in ten left out", OptimizerKind.Adam, 0.001, 0.3),
        ("momentum", OptimizerKind.Momentum, 0.02, 0),
    ];

    private readonly List<ILabelledRows> _few = [];
    private ILabelledRows? _test;
    private ILabelledRows? _validation;

    /// <summary>Labelled rows of a draw.</summary>
    public int Labels => _few[0].Rows;

    /// <summary>Draws the labels.</summary>
    /// <param name="test">The test rows, as networks take them.</param>
    public void Draw(ILabelledRows test)
    {
        _test = test;
        int held = Math.Min(MostValidationRows, data.Training.Rows / 6);
        _validation = features(data.Training.Select([.. Enumerable.Range(data.Training.Rows - held, held)]));
        Dataset rest = data.Training.Take(data.Training.Rows - held);
        int[] counts = new int[ClassLabels.Count(data.Training)];
        foreach (byte label in rest.Labels.Span)
        {
            counts[label]++;
        }

        int most = Math.Min(draws, counts.Min() / PerClass);
        for (int draw = 0; draw < Math.Max(1, most); draw++)
        {
            run.Cancellation.ThrowIfCancellationRequested();
            _few.Add(features((most == 0 ? rest.KeepLabels(PerClass) : FewLabels.Keep(rest, PerClass, draw)).Labelled()));
        }
    }

    /// <summary>The test errors of all draws, and the way that was taken.</summary>
    /// <param name="start">Makes the network of a draw.</param>
    /// <param name="from">The share of the demo that is done.</param>
    public (double[] Errors, string Way) Measure(Func<int, Network> start, double from)
    {
        double best = double.PositiveInfinity;
        (double[] Errors, string Way) found = ([], string.Empty);
        for (int way = 0; way < _ways.Length; way++)
        {
            double[] errors = new double[_few.Count];
            double validation = 0;
            for (int draw = 0; draw < errors.Length; draw++)
            {
                run.Progress(from + (0.07 * ((way * errors.Length) + draw) / (_ways.Length * errors.Length)), "tuning with few labels");
                ClassifierOptions options = new()
                {
                    Epochs = epochs,
                    BatchSize = Math.Min(PerClass, _few[draw].Rows),
                    Optimizer = new OptimizerOptions
                    {
                        Kind = _ways[way].Kind,
                        LearningRate = new LearningRateSchedule { Initial = _ways[way].Rate, Final = 0, Shape = ScheduleShape.Linear },
                    },
                    InputDropout = _ways[way].InputDropout,
                    Seed = unchecked(run.Seed + (ulong)draw),
                    Threads = run.Threads,
                };
                using ClassifierTrainer trainer = new(start(draw), _few[draw], options);
                trainer.Run(null, run.Cancellation);
                validation += trainer.Measure(_validation!).ErrorRate;
                errors[draw] = trainer.Measure(_test!).ErrorRate;
            }

            if (validation < best)
            {
                best = validation;
                found = (errors, _ways[way].Name);
            }
        }

        return found;
    }
}
