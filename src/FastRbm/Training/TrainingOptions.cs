using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Training;

/// <summary>Everything that a training run depends on beside the model and the data.</summary>
/// <remarks>Immutable; change it by <c>with</c>. Validated by the trainer, in one place.</remarks>
public sealed record TrainingOptions
{
    /// <summary>Where negative chains start.</summary>
    public TrainingAlgorithm Algorithm { get; init; }

    /// <summary>k: Gibbs steps v to h to v in each negative phase, at least 1; of parallel tempering, sweeps of all temperatures.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Passes over the data, at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows in a minibatch: from 1 to the rows of the data. The last batch of an epoch may be smaller; its update is
    /// scaled by its share of rows, in both phases.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Persistent chains; 0 means as many as a minibatch has rows. Unused by CD and where there are no chains.</summary>
    public int Chains { get; init; }

    /// <summary>Temperatures of parallel tempering, at least 2; their ladder adapts itself.</summary>
    public int Levels { get; init; } = 10;

    /// <summary>The most updates between two exchanges of trajectory tempering, at least 1; fewer while the model moves fast.</summary>
    public int ExchangeInterval { get; init; } = 40;

    /// <summary>
    /// Chains of each rung of trajectory tempering, at most as many as there are live chains, which take turns. 0 means as many. With 20
    /// for 100 live ones and exchanges every 40 updates, ten rungs cost a tenth of PCD-1's time.
    /// </summary>
    public int RungChains { get; init; } = 20;

    /// <summary>
    /// Epochs without a better validation log-likelihood after which the run ends, with the parameters of the best one; 0 means that it
    /// goes on to the end. Needs validation rows, and log Z: <see cref="TrainingAlgorithm.ParallelTrajectoryTempering"/> knows it, else
    /// <see cref="Trainer.LogPartitionEstimator"/> must.
    /// </summary>
    public int Patience { get; init; }

    /// <summary>The learning rate, for the mean gradient over a minibatch.</summary>
    public LearningRateSchedule LearningRate { get; init; } = new();

    /// <summary>The momentum.</summary>
    public MomentumSchedule Momentum { get; init; } = new();

    /// <summary>How a gradient becomes a change of the parameters.</summary>
    public StepRule StepRule { get; init; }

    /// <summary>Adam's beta2: the share of the mean squared gradient that is kept, from 0 to below 1.</summary>
    public double SquareMomentum { get; init; } = 0.999;

    /// <summary>Adam's epsilon: above 0.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The offsets in the gradient of the weights.</summary>
    public Centring Centring { get; init; }

    /// <summary>The share of the way to the means of a minibatch that hidden offsets go in each update: above 0, at most 1.</summary>
    public double OffsetRate { get; init; } = 0.01;

    /// <summary>
    /// The share of the run, at its end, over which parameters are averaged: 0 to 1. When the run is finished, the model is that mean.
    /// 0 keeps the last parameters.
    /// </summary>
    public double AveragedShare { get; init; }

    /// <summary>The L2 coefficient: the objective loses half of it times the sum of squared weights. At least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The L1 coefficient: the objective loses it times the sum of absolute weights. At least 0.</summary>
    public double L1Decay { get; init; }

    /// <summary>The group coefficient: the objective loses it times the sum over hidden units of the norm of their weights. At least 0.</summary>
    public double GroupDecay { get; init; }

    /// <summary>The largest norm of a hidden unit's weights; longer ones are scaled back after every update. 0 means no limit.</summary>
    public double MaxNorm { get; init; }

    /// <summary>The mean that hidden units are drawn to: from 0 to 1. With <see cref="SparsityCost"/>.</summary>
    public double SparsityTarget { get; init; } = 0.1;

    /// <summary>What is added to the gradient of a hidden bias for each unit that the unit's running mean lies below the target. At least 0.</summary>
    public double SparsityCost { get; init; }

    /// <summary>
    /// Whether units learn more than their biases: variances of Gaussian units, thresholds, spikes. Scales of hidden units are never
    /// learned, since their weights can do the same.
    /// </summary>
    public bool LearnUnitParameters { get; init; } = true;

    /// <summary>What becomes of visible values between 0 and 1 where visible units are binary.</summary>
    public Binarization Binarization { get; init; }

    /// <summary>What becomes of missing values. Bits only: values in between are thresholded or drawn.</summary>
    public MissingValues Missing { get; init; }

    /// <summary>Gibbs steps that missing values take in each update that their row is in, at least 1. With <see cref="MissingValues.Marginal"/>.</summary>
    public int MissingSteps { get; init; } = 1;

    /// <summary>A weight a row of the data, at least 0, not all 0; empty for equal ones. Only their ratios count.</summary>
    public ReadOnlyMemory<float> RowWeights { get; init; }

    /// <summary>Which weights may change, row by row [visible, hidden]; empty for all. The others stay as they are.</summary>
    public ReadOnlyMemory<bool> WeightMask { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it; small models use one.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>The run stops as diverged when a unit could get an absolute input beyond this: bias plus the sum of its absolute weights.</summary>
    public double DivergenceLimit { get; init; } = 10_000;

    /// <summary>Rows that the figures of each epoch are measured on, from all over the data.</summary>
    public int MonitorRows { get; init; } = 2_000;

    /// <summary>Whether the gradient is that of chains.</summary>
    internal bool HasChains => Algorithm < TrainingAlgorithm.ExactGradient;

    /// <summary>Whether chains go on from update to update.</summary>
    internal bool HasPersistentChains => HasChains && Algorithm != TrainingAlgorithm.ContrastiveDivergence;

    /// <summary>Whether an update depends on the length of the run.</summary>
    internal bool DependsOnLength => LearningRate.DependsOnLength || AveragedShare > 0;

    /// <summary>Checks every value.</summary>
    /// <param name="rows">The rows of the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range: the message names it, the range and the value.</exception>
    public void Validate(int rows)
    {
        ArgumentNullException.ThrowIfNull(LearningRate);
        ArgumentNullException.ThrowIfNull(Momentum);
        Throw.IfLess(rows, 1, "rows");
        Throw.IfLess(Steps, 1, "steps");
        Throw.IfLess(Epochs, 1, "epochs");
        if (BatchSize < 1 || BatchSize > rows)
        {
            Throw.OutOfRange("batch size", $"a number from 1 to the {rows} rows of the data", BatchSize);
        }

        Throw.IfLess(Chains, 0, "chains");
        Throw.IfLess(Levels, 2, "levels");
        Throw.IfLess(ExchangeInterval, 1, "exchange interval");
        Throw.IfLess(RungChains, 0, "rung chains");
        Throw.IfLess(Patience, 0, "patience");
        Throw.IfLess(Threads, 1, "threads");
        Throw.IfLess(MonitorRows, 1, "monitor rows");
        Throw.IfLess(MissingSteps, 1, "missing steps");
        Throw.IfOutside(WeightDecay, 0, 1000, "weight decay");
        Throw.IfOutside(L1Decay, 0, 1000, "L1 decay");
        Throw.IfOutside(GroupDecay, 0, 1000, "group decay");
        Throw.IfOutside(MaxNorm, 0, 1e6, "max norm");
        Throw.IfOutside(SparsityTarget, 0, 1, "sparsity target");
        Throw.IfOutside(SparsityCost, 0, 1000, "sparsity cost");
        Throw.IfOutside(AveragedShare, 0, 1, "averaged share");
        Throw.IfOutside(SquareMomentum, 0, 0.9999999, "square momentum");
        Throw.IfOutside(Epsilon, 1e-30, 1, "epsilon");
        Throw.IfOutside(OffsetRate, 1e-9, 1, "offset rate");
        Throw.IfOutside(DivergenceLimit, 1, 1e6, "divergence limit");
        CheckRowWeights(rows);
        LearningRate.Validate();
        Momentum.Validate();
        if (!Enum.IsDefined(Algorithm))
        {
            Throw.OutOfRange("algorithm", "one of the algorithms there are", (int)Algorithm);
        }

        if (!HasChains && Centring == Centring.Enhanced)
        {
            Throw.Argument("centring", "data or none with an algorithm without chains, since there are no means of the model", "enhanced");
        }

        if (!HasChains && Binarization == Binarization.None)
        {
            Throw.Argument("binarization", "threshold or sample with an algorithm without chains", "none");
        }

        if (Algorithm == TrainingAlgorithm.FastPersistentContrastiveDivergence && StepRule != StepRule.Momentum)
        {
            Throw.Argument("step rule", "momentum with fast weights, which move along the same gradient", "Adam");
        }

        CheckMissing();
        if (Patience > 0 && AveragedShare > 0)
        {
            Throw.Argument("averaged share", "0 with patience, since a run may end before its last part", $"{AveragedShare.ToString(CultureInfo.InvariantCulture)}");
        }

        if (!Enum.IsDefined(StepRule))
        {
            Throw.OutOfRange("step rule", "momentum or Adam", (int)StepRule);
        }

        if (!Enum.IsDefined(Centring))
        {
            Throw.OutOfRange("centring", "data, none or enhanced", (int)Centring);
        }

        if (!Enum.IsDefined(Binarization))
        {
            Throw.OutOfRange("binarization", "threshold, sample or none", (int)Binarization);
        }
    }

    private void CheckMissing()
    {
        if (!Enum.IsDefined(Missing))
        {
            Throw.OutOfRange("missing", "refuse, marginal or absent", (int)Missing);
        }

        if (Missing != MissingValues.Refuse && Binarization == Binarization.None)
        {
            Throw.Argument("binarization", "threshold or sample with missing values, which are drawn as bits", "none");
        }

        if (Missing == MissingValues.Marginal && Algorithm > TrainingAlgorithm.ExactGradient)
        {
            Throw.Argument("missing", "refuse with an objective that isn't the likelihood, since it says nothing of units that aren't observed", "marginal");
        }

        if (Missing == MissingValues.Absent && Algorithm != TrainingAlgorithm.ContrastiveDivergence)
        {
            Throw.Argument("missing", "refuse or marginal with an algorithm other than contrastive divergence, whose chains have the units of their rows", "absent");
        }

        if (Missing == MissingValues.Absent && Centring != Centring.None)
        {
            Throw.Argument("centring", "none with absent units, since offsets belong to a model of all units", Centring.ToString().ToLowerInvariant());
        }
    }

    private void CheckRowWeights(int rows)
    {
        if (RowWeights.IsEmpty)
        {
            return;
        }

        Throw.IfLengthDiffers(RowWeights.Length, rows, "row weights");
        bool some = false;
        for (int row = 0; row < rows; row++)
        {
            float weight = RowWeights.Span[row];
            if (!(weight >= 0 && float.IsFinite(weight)))
            {
                Throw.OutOfRange("row weights", "finite numbers from 0", $"{weight.ToString(CultureInfo.InvariantCulture)} at row {row}");
            }

            some |= weight > 0;
        }

        if (!some)
        {
            Throw.Argument("row weights", "a weight above 0", "none");
        }
    }
}
