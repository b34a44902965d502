using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Sampling;

/// <summary>One model of a ladder with its block of chains: their states, the sums that half steps go on from, and their free energies.</summary>
/// <remarks>
/// Rows are chains. Members of a team may work on different rows at once. Free energies are those of the fixed-point model, the one
/// that is sampled: from exact integer sums, with one stated order of the rest.
/// </remarks>
internal sealed unsafe class TrajectoryRung
{
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly RunningSums _hiddenSums;
    private readonly RunningSums _visibleSums;
    private readonly double[] _freeEnergies;
    private readonly ulong _seed;
    private readonly long _firstChain;
    private long _version = -1;

    /// <summary>Makes a block of chains with all states 0.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="chains">The number of chains.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="number">The rung's number in random streams: no other rung's.</param>
    /// <param name="isProduct">Whether all weights are 0, so that visible states are drawn afresh in every sweep.</param>
    public TrajectoryRung(Rbm rbm, int chains, ulong seed, int number, bool isProduct)
    {
        Model = rbm;
        Number = number;
        IsProduct = isProduct;
        Visible = new BitMatrix(chains, rbm.Visible.Count);
        Hidden = new BitMatrix(chains, rbm.Hidden.Count);
        int kept = isProduct ? 0 : chains;
        _hiddenSums = new RunningSums(kept, rbm.Visible.Count, rbm.Hidden.Count);
        _visibleSums = new RunningSums(kept, rbm.Hidden.Count, rbm.Visible.Count);
        _freeEnergies = new double[chains];
        _seed = seed;
        _firstChain = (long)number * chains;
    }

    /// <summary>The model.</summary>
    public Rbm Model { get; }

    /// <summary>The rung's number in random streams.</summary>
    public int Number { get; }

    /// <summary>Whether all weights are 0.</summary>
    public bool IsProduct { get; }

    /// <summary>The visible states, a chain a row.</summary>
    public BitMatrix Visible { get; }

    /// <summary>The hidden states that the visible ones were drawn from; all 0 where weights are.</summary>
    public BitMatrix Hidden { get; }

    /// <summary>F(v) of the states, up to date after <see cref="Weigh"/> and exchanges.</summary>
    public ReadOnlySpan<double> FreeEnergies => _freeEnergies;

    /// <summary>Whether the sums are those of the model's present weights; set by <see cref="FollowModel"/>.</summary>
    public bool HiddenSumsHold { get; set; }

    /// <summary>Whether the sums of the visible units are those of the model's present weights.</summary>
    public bool VisibleSumsHold { get; set; }

    /// <summary>Whether the model is as it was at the last <see cref="FollowModel"/>.</summary>
    public bool IsCurrent => _version == Model.FixedPoint.Version;

    /// <summary>log Z of a model without weights: sum_i softplus(a_i) + sum_j softplus(b_j).</summary>
    /// <param name="rbm">A model whose weights are all 0.</param>
    public static double LogPartitionFunctionOfProduct(Rbm rbm)
    {
        FixedPointWeights copy = rbm.FixedPoint;
        return SumOf(copy.VisibleBias, copy.Visible, copy.InverseScale) + SumOf(copy.HiddenBias, copy.Hidden, copy.InverseScale);
    }

    /// <summary>Lets go of sums that were made with other weights.</summary>
    /// <returns>Whether the model has changed since the last call.</returns>
    public bool FollowModel()
    {
        if (IsCurrent)
        {
            return false;
        }

        bool first = _version < 0;
        _version = Model.FixedPoint.Version;
        HiddenSumsHold = false;
        VisibleSumsHold = false;
        return !first;
    }

    /// <summary>Draws visible states of some chains from the product distribution of the biases alone.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="product">The model without weights.</param>
    /// <param name="draws">The purpose of the random numbers.</param>
    /// <param name="ties">The purpose of tie bits.</param>
    /// <param name="step">The step of the random numbers.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void Draw(int first, int end, Rbm product, StreamPurpose draws, StreamPurpose ties, long step, AlignedBuffer<int> scratch)
    {
        // Hidden states that are all 0 leave the biases.
        for (int row = first; row < end; row++)
        {
            Hidden.Row(row).Clear();
        }

        HalfStepArguments down = product.HalfStepFrom(toHidden: false);
        Connect(ref down, Hidden, Visible, draws, ties, step);
        HalfStep.Run(_level, down, first, end, scratch.DangerousGetPointer());
    }

    /// <summary>One Gibbs sweep of some chains.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="sweep">The number of the sweep.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void Sweep(int first, int end, long sweep, AlignedBuffer<int> scratch)
    {
        if (IsProduct)
        {
            Draw(first, end, Model, StreamPurpose.TrajectoryVisible, StreamPurpose.TrajectoryVisibleTie, sweep, scratch);
            return;
        }

        SampleHidden(first, end, sweep, Hidden, scratch);
        HalfStepArguments down = Model.HalfStepFrom(toHidden: false);
        Connect(ref down, Hidden, Visible, StreamPurpose.TrajectoryVisible, StreamPurpose.TrajectoryVisibleTie, sweep);
        _visibleSums.Keep(ref down, VisibleSumsHold);
        HalfStep.Run(_level, down, first, end, scratch.DangerousGetPointer());
    }

    /// <summary>Draws hidden states of some chains from p(h | v).</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="sweep">The number of the sweep.</param>
    /// <param name="hidden">Rows for the states, written.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void SampleHidden(int first, int end, long sweep, BitMatrix hidden, AlignedBuffer<int> scratch)
    {
        HalfStepArguments up = Model.HalfStepFrom(toHidden: true);
        Connect(ref up, Visible, hidden, StreamPurpose.TrajectoryHidden, StreamPurpose.TrajectoryHiddenTie, sweep);
        _hiddenSums.Keep(ref up, HiddenSumsHold);
        HalfStep.Run(_level, up, first, end, scratch.DangerousGetPointer());
    }

    /// <summary>Finds F(v) of some chains' own states.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="hold">Whether sums hold, by now perhaps since this very sweep.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void Weigh(int first, int end, bool hold, AlignedBuffer<int> scratch)
    {
        if (!IsProduct)
        {
            Sum(first, end, Visible, _hiddenSums, hold, scratch);
        }

        FreeEnergiesOf(first, end, Visible, _hiddenSums, _freeEnergies);
    }

    /// <summary>F of this model for some chains of another rung.</summary>
    /// <param name="first">The first chain.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="visible">The other rung's visible states.</param>
    /// <param name="sums">Room for their inputs, which <see cref="Take"/> reads.</param>
    /// <param name="freeEnergies">A free energy a chain, written from first to end - 1.</param>
    /// <param name="scratch">This member's scratch.</param>
    public void WeighOther(int first, int end, BitMatrix visible, RunningSums sums, Span<double> freeEnergies, AlignedBuffer<int> scratch)
    {
        if (!IsProduct)
        {
            Sum(first, end, visible, sums, hold: false, scratch);
        }

        FreeEnergiesOf(first, end, visible, sums, freeEnergies);
    }

    /// <summary>Goes on from a state of another rung, which has been written to this rung's row.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sums">Where <see cref="WeighOther"/> left its inputs.</param>
    /// <param name="freeEnergy">Its free energy by this model.</param>
    public void Take(int chain, RunningSums sums, double freeEnergy)
    {
        _freeEnergies[chain] = freeEnergy;
        if (!IsProduct)
        {
            _hiddenSums.CopyRow(chain, sums);
        }
    }

    private static double SumOf(int* biases, int units, float inverseScale)
    {
        double rest = SoftplusSum.Run(SimdSelection.Current, biases, Tile.Width, units, inverseScale, out double positive);
        return (positive * inverseScale) + rest;
    }

    private void Connect(ref HalfStepArguments arguments, BitMatrix source, BitMatrix states, StreamPurpose draws, StreamPurpose ties, long step)
    {
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = states.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, draws, step, 0);
        arguments.Ties = new RandomStream(_seed, ties, step, 0);
        arguments.FirstChain = _firstChain;
    }

    private void Sum(int first, int end, BitMatrix visible, RunningSums sums, bool hold, AlignedBuffer<int> scratch)
    {
        HalfStepArguments up = Model.HalfStepFrom(toHidden: true);
        up.Source = visible.DangerousGetPointer();
        up.SourceWords = visible.WordsPerRow;
        sums.Keep(ref up, hold);
        HalfStep.Run(_level, up, first, end, scratch.DangerousGetPointer());
    }

    private void FreeEnergiesOf(int first, int end, BitMatrix visible, RunningSums sums, Span<double> freeEnergies)
    {
        FixedPointWeights copy = Model.FixedPoint;
        double scale = copy.InverseScale;
        double constant = IsProduct ? SumOf(copy.HiddenBias, copy.Hidden, copy.InverseScale) : 0;
        for (int row = first; row < end; row++)
        {
            long field = Field(visible.Row(row), copy.VisibleBias);
            double rest = constant;
            double positive = 0;
            if (!IsProduct)
            {
                rest = SoftplusSum.Run(_level, sums.Row(row), sums.TileStride, copy.Hidden, scale, out positive);
            }

            // The sum in the brackets is one of integers below 2^53.
            freeEnergies[row] = -((field + positive) * scale) - rest;
        }
    }

    private static long Field(ReadOnlySpan<ulong> states, int* biases)
    {
        long sum = 0;
        for (int word = 0; word < states.Length; word++)
        {
            for (ulong rest = states[word]; rest != 0; rest &= rest - 1)
            {
                sum += biases[(64 * word) + System.Numerics.BitOperations.TrailingZeroCount(rest)];
            }
        }

        return sum;
    }
}
