using FastRbm.Cli.Commands;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>One training of the machine of five units, with the exact probabilities of its joint states on the way.</summary>
internal sealed class TutorialTraining
{
    private const int UpdatesBetweenPoints = 10;

    private TutorialTraining(ulong seed, RbmParameters parameters)
    {
        Seed = seed;
        Parameters = parameters;
    }

    /// <summary>The seed of weights and chains.</summary>
    public ulong Seed { get; }

    /// <summary>The parameters at the end: D is the hidden unit that A's weight is larger to.</summary>
    public RbmParameters Parameters { get; }

    /// <summary>The updates at which probabilities were worked out.</summary>
    public List<double> Points { get; } = [];

    /// <summary>The probability of ACD there.</summary>
    public List<double> FirstState { get; } = [];

    /// <summary>The probability of BE there.</summary>
    public List<double> SecondState { get; } = [];

    /// <summary>The probability of the likeliest state beside them.</summary>
    public List<double> LargestOther { get; } = [];

    /// <summary>The update from which to the end ACD and BE are the two likeliest states; null if they don't lead at the end.</summary>
    public int? Lead { get; private set; }

    /// <summary>The two likeliest states at the end, such as "ACD and BE".</summary>
    public string Leaders { get; private set; } = string.Empty;

    /// <summary>Trains with all rows in each minibatch; CD takes one step.</summary>
    public static TutorialTraining Run(TrainingAlgorithm algorithm, BitDataset rows, ulong seed, double deviation, double rate, int updates)
    {
        Rbm rbm = RbmInitializer.Normal(rows, hidden: 2, seed, deviation);
        TrainingOptions options = new()
        {
            Algorithm = algorithm,
            Seed = seed,
            Epochs = updates,
            BatchSize = rows.Rows,
            LearningRate = LearningRateSchedule.Constant(rate),
            Centring = Centring.None,
            Binarization = Binarization.Threshold,
            Threads = 1,
        };
        List<(int Update, RbmParameters Parameters)> path = [(0, RbmParameters.From(rbm))];
        using (Trainer trainer = new(rbm, rows, options))
        {
            for (int update = 1; update <= updates; update++)
            {
                trainer.Step();
                if (update % UpdatesBetweenPoints == 0)
                {
                    path.Add((update, RbmParameters.From(rbm)));
                }
            }
        }

        // Names of hidden units are ours to give, and they are given by the end.
        bool swapped = path[^1].Parameters.Weights is [double toFirst, double toSecond, ..] && toFirst < toSecond;
        TutorialTraining training = new(seed, Named(path[^1].Parameters, swapped));
        foreach ((int update, RbmParameters parameters) in path)
        {
            training.Add(update, Named(parameters, swapped));
        }

        return training;
    }

    private void Add(int update, RbmParameters parameters)
    {
        double first = 0;
        double second = 0;
        double other = 0;
        JointState[] states = StateTable.Enumerate(parameters);
        Leaders = string.Join(" and ", states[..2].Select(TutorialMachine.UnitsOn).Order(StringComparer.Ordinal));
        foreach (JointState state in states)
        {
            string on = TutorialMachine.UnitsOn(state);
            if (on == "ACD")
            {
                first = state.Probability;
            }
            else if (on == "BE")
            {
                second = state.Probability;
            }
            else
            {
                other = Math.Max(other, state.Probability);
            }
        }

        Points.Add(update);
        FirstState.Add(first);
        SecondState.Add(second);
        LargestOther.Add(other);
        Lead = Math.Min(first, second) > other ? Lead ?? update : null;
    }

    private static RbmParameters Named(RbmParameters parameters, bool swapped) =>
        !swapped ? parameters : new RbmParameters(
            [.. parameters.Weights.Select((_, i) => parameters.Weights[i ^ 1])], parameters.VisibleBias, [parameters.HiddenBias[1], parameters.HiddenBias[0]]);
}
