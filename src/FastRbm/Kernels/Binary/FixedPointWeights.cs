using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// The integer copy of an RBM's parameters, Q = round(W * 2^s), in both directions, with s such that no input can overflow.
/// </summary>
/// <remarks>
/// <code>
///   HiddenPanels [hidden tile][visible unit, padded to 64][64 hidden units]      v to h reads a panel's rows of active v
///   VisiblePanels [visible tile][hidden unit, padded to 64][64 visible units]    the transpose, for h to v
/// </code>
/// The scale is a pure function of the parameters: the largest s from 0 to 30 for which the bound below holds, so that a model
/// that was trained, loaded or copied has the same integers. The bound: for every unit, |bias| + sum |Q| over its weights is
/// below 2^31. It is checked with S = sum (|Q| >> 6), as |bias| + 64 S + 63 n, which is at least the sum and exact in any
/// order. Any partial sum of inputs is then exact in int32. Not thread-safe for writing.
/// <para>Spins are bits too: with x = 2 b - 1 the input t + sum x Q of a unit is 2 ((t - sum Q) / 2 + sum b Q), so under spins the
/// biases here are t / 2 - (sum Q) / 2, both rounded down, in units of 2^(1-s).</para>
/// </remarks>
internal sealed unsafe class FixedPointWeights
{
    /// <summary>The largest bound on an input: below <see cref="WeightUpdate.Limit"/>, so that a clamped value alone breaks it.</summary>
    public const int MaxBound = 2147483519;

    /// <summary>The largest scale exponent.</summary>
    public const int MaxScaleBits = 30;

    private readonly AlignedBuffer<int> _hiddenPanels;
    private readonly AlignedBuffer<int> _visiblePanels;
    private readonly AlignedBuffer<int> _hiddenBias;
    private readonly AlignedBuffer<int> _visibleBias;
    private readonly AlignedBuffer<uint> _visibleNorms;
    private readonly AlignedBuffer<uint> _hiddenNorms;

    private readonly bool _visibleSpins;
    private readonly bool _hiddenSpins;

    /// <summary>Allocates the copy of a model of the given size; all zeros until <see cref="Rebuild"/>.</summary>
    public FixedPointWeights(int visible, int hidden, bool visibleSpins = false, bool hiddenSpins = false, bool visibleBits = true, bool hiddenBits = true)
    {
        _visibleSpins = visibleSpins;
        _hiddenSpins = hiddenSpins;
        Visible = visible;
        Hidden = hidden;
        VisibleTiles = Tile.Count(visible);
        HiddenTiles = Tile.Count(hidden);
        long panels = (long)VisibleTiles * HiddenTiles * Tile.Width * Tile.Width;
        HasHiddenPanels = visibleBits;
        HasVisiblePanels = hiddenBits;
        _hiddenPanels = new AlignedBuffer<int>(visibleBits ? panels : 0);
        _visiblePanels = new AlignedBuffer<int>(hiddenBits ? panels : 0);
        _hiddenBias = new AlignedBuffer<int>((long)HiddenTiles * Tile.Width);
        _visibleBias = new AlignedBuffer<int>((long)VisibleTiles * Tile.Width);
        _visibleNorms = new AlignedBuffer<uint>((long)HiddenTiles * VisibleTiles * Tile.Width);
        _hiddenNorms = new AlignedBuffer<uint>((long)VisibleTiles * HiddenTiles * Tile.Width);
    }

    /// <summary>The number of visible units.</summary>
    public int Visible { get; }

    /// <summary>The number of hidden units.</summary>
    public int Hidden { get; }

    /// <summary>Tiles of visible units.</summary>
    public int VisibleTiles { get; }

    /// <summary>Tiles of hidden units.</summary>
    public int HiddenTiles { get; }

    /// <summary>Whether there are weights for sums over visible bits; not where visible states aren't bits.</summary>
    public bool HasHiddenPanels { get; }

    /// <summary>Whether there are weights for sums over hidden bits; not where hidden states aren't bits.</summary>
    public bool HasVisiblePanels { get; }

    /// <summary>s: one unit of input is 2^s.</summary>
    public int ScaleBits { get; private set; }

    /// <summary>2^s.</summary>
    public float Scale => MathF.ScaleB(1f, ScaleBits);

    /// <summary>2^-s.</summary>
    public float InverseScale => MathF.ScaleB(1f, -ScaleBits);

    /// <summary>From fixed point to the inputs of units in natural units; on the way to hidden or to visible ones.</summary>
    public float InputScale(bool toHidden) => (toHidden ? _visibleSpins : _hiddenSpins) ? 2 * InverseScale : InverseScale;

    /// <summary>From fixed point to log p(1) / p(0) of the bits of units: twice the input of a spin.</summary>
    public float BitScale(bool toHidden) => ((toHidden ? _hiddenSpins : _visibleSpins) ? 2 : 1) * InputScale(toHidden);

    /// <summary>Grows whenever the integers may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>An upper bound on the absolute input of any unit, in natural units.</summary>
    public double InputBound { get; private set; }

    /// <summary>The same for the hidden units alone.</summary>
    public double HiddenInputBound
    {
        get
        {
            long greatest = 0;
            long least = 0;
            Scan(HiddenNorms, Hidden, HiddenTiles * Tile.Width, VisibleTiles, Visible, HiddenBias, ref greatest, ref least);
            return Math.ScaleB((double)greatest, (_visibleSpins ? 1 : 0) - ScaleBits);
        }
    }

    public int* HiddenPanels => _hiddenPanels.DangerousGetPointer();

    public int* VisiblePanels => _visiblePanels.DangerousGetPointer();

    public int* HiddenBias => _hiddenBias.DangerousGetPointer();

    public int* VisibleBias => _visibleBias.DangerousGetPointer();

    /// <summary>Sums of |Q| >> 6 over one tile: [hidden tile][visible unit, padded].</summary>
    public uint* VisibleNorms => _visibleNorms.DangerousGetPointer();

    /// <summary>Sums of |Q| >> 6 over one tile: [visible tile][hidden unit, padded].</summary>
    public uint* HiddenNorms => _hiddenNorms.DangerousGetPointer();

    /// <summary>Makes the integers from the float parameters, choosing the scale. Allocates nothing.</summary>
    /// <returns>False when the parameters are too large for any scale, or not finite.</returns>
    public bool Rebuild(SimdLevel level, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        Version++;
        ScaleBits = MaxScaleBits;
        Quantise(level, weights, visibleBias, hiddenBias);
        return Fit(level, weights, visibleBias, hiddenBias);
    }

    /// <summary>
    /// Completes an update that has written the integers and norms at the present scale: moves to the scale that the new
    /// parameters ask for.
    /// </summary>
    /// <returns>False when the parameters are too large for any scale, or not finite.</returns>
    public bool Refit(SimdLevel level, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        Version++;
        FoldSpins(level);
        return RefitFolded(level, weights, visibleBias, hiddenBias);
    }

    private bool RefitFolded(SimdLevel level, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        (long bound, long least) = Bounds();
        if (bound <= MaxBound && ScaleBits < MaxScaleBits && least <= MaxBound)
        {
            // The next finer scale may hold: |Q| at s + 1 is at least 2 |Q| - 1, so beyond `least` it can't.
            ScaleBits++;
            Quantise(level, weights, visibleBias, hiddenBias);
            return RefitFolded(level, weights, visibleBias, hiddenBias);
        }

        return Fit(level, weights, visibleBias, hiddenBias);
    }

    private bool Fit(SimdLevel level, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        long bound = Bounds().Bound;
        while (bound > MaxBound)
        {
            if (ScaleBits == 0)
            {
                InputBound = double.PositiveInfinity;
                return false;
            }

            ScaleBits--;
            Quantise(level, weights, visibleBias, hiddenBias);
            bound = Bounds().Bound;
        }

        InputBound = Math.ScaleB((double)bound, (_visibleSpins || _hiddenSpins ? 1 : 0) - ScaleBits);
        return true;
    }

    private void Quantise(SimdLevel level, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        WeightUpdateArguments arguments = new()
        {
            Weights = weights.DangerousGetPointer(),
            WeightStride = weights.Stride,
            VisibleBias = visibleBias.DangerousGetPointer(),
            HiddenBias = hiddenBias.DangerousGetPointer(),
        };
        WeightUpdate.Run(level, this, arguments, 0, VisibleTiles * HiddenTiles, null);
        BiasUpdate.Run(level, this, arguments);
        FoldSpins(level);
    }

    /// <summary>From biases to those of bits, under spins. Sums that overflow belong to weights that break the bound anyway.</summary>
    private void FoldSpins(SimdLevel level)
    {
        if (_visibleSpins)
        {
            PanelSums.Fold(level, HiddenPanels, VisibleTiles * Tile.Width, HiddenTiles, HiddenBias);
        }

        if (_hiddenSpins)
        {
            PanelSums.Fold(level, VisiblePanels, HiddenTiles * Tile.Width, VisibleTiles, VisibleBias);
        }
    }

    private (long Bound, long LeastOfNext) Bounds()
    {
        long greatest = 0;
        long least = 0;
        uint* norms = VisibleNorms;
        Scan(norms, Visible, VisibleTiles * Tile.Width, HiddenTiles, Hidden, VisibleBias, ref greatest, ref least);
        Scan(HiddenNorms, Hidden, HiddenTiles * Tile.Width, VisibleTiles, Visible, HiddenBias, ref greatest, ref least);
        return (greatest, least);
    }

    private static void Scan(uint* norms, int units, int stride, int tiles, int weights, int* bias, ref long greatest, ref long least)
    {
        for (int unit = 0; unit < units; unit++)
        {
            long sum = 0;
            for (int tile = 0; tile < tiles; tile++)
            {
                sum += norms[((nint)tile * stride) + unit];
            }

            long own = Math.Abs((long)bias[unit]);
            greatest = Math.Max(greatest, own + (64 * sum) + (63L * weights));
            least = Math.Max(least, (2 * own) + (128 * sum) - weights - 1);
        }
    }
}
