using System.Numerics;
using FastRbm.Memory;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// A 16-bit copy of the fixed-point parameters: half the memory traffic, twice the lanes, and weights rounded to 2^-<see cref="ScaleBits"/>.
/// </summary>
/// <remarks>
/// <code>
///   q = (Q + 2^(k-1)) >> k,  with the least k >= 0 for which  bias + P &lt;= 32767  and  N - bias &lt;= 32768  for every unit
/// </code>
/// where P and -N are the sums of the unit's positive and negative q. Every subset sum of the q, with the bias, lies between
/// bias - N and bias + P: no choice of states can overflow, in whatever order rows are added and subtracted. Panels have the
/// layout of <see cref="FixedPointWeights"/>. Holds 4 bytes a weight.
/// </remarks>
internal sealed unsafe class ShortWeights
{
    private readonly AlignedBuffer<short> _hiddenPanels;
    private readonly AlignedBuffer<short> _visiblePanels;
    private readonly AlignedBuffer<short> _hiddenBias;
    private readonly AlignedBuffer<short> _visibleBias;

    /// <summary>Allocates for a model's shape; holds nothing yet.</summary>
    public ShortWeights(FixedPointWeights shape)
    {
        long weights = (long)shape.VisibleTiles * shape.HiddenTiles * Tile.Width * Tile.Width;
        _hiddenPanels = new AlignedBuffer<short>(weights);
        _visiblePanels = new AlignedBuffer<short>(weights);
        _hiddenBias = new AlignedBuffer<short>((long)shape.HiddenTiles * Tile.Width);
        _visibleBias = new AlignedBuffer<short>((long)shape.VisibleTiles * Tile.Width);
    }

    /// <summary>s: one unit of input is 2^s; may be negative for models that are too large for this copy.</summary>
    public int ScaleBits { get; private set; }

    /// <summary>Makes the copy. Allocates nothing.</summary>
    /// <param name="from">The parameters in 32 bits.</param>
    public void Rebuild(FixedPointWeights from)
    {
        // Rounding moves a sum by at most half a step a weight: the least shift is at most one below the extent's own.
        int shift = Math.Max(0, BitOperations.Log2((ulong)Extent(from, 0)) - 16);
        while (Extent(from, shift) > short.MaxValue)
        {
            shift++;
        }

        ScaleBits = from.ScaleBits - shift;
        long weights = (long)from.VisibleTiles * from.HiddenTiles * Tile.Width * Tile.Width;
        Copy(from.HiddenPanels, weights, shift, _hiddenPanels.DangerousGetPointer());
        Copy(from.VisiblePanels, weights, shift, _visiblePanels.DangerousGetPointer());
        Copy(from.HiddenBias, (long)from.HiddenTiles * Tile.Width, shift, _hiddenBias.DangerousGetPointer());
        Copy(from.VisibleBias, (long)from.VisibleTiles * Tile.Width, shift, _visibleBias.DangerousGetPointer());
    }

    /// <summary>Has a half step sum this copy.</summary>
    /// <param name="arguments">The half step.</param>
    /// <param name="toHidden">Its direction.</param>
    public void Use(ref HalfStepArguments arguments, bool toHidden)
    {
        arguments.Short = true;
        arguments.Panels = (int*)(toHidden ? _hiddenPanels : _visiblePanels).DangerousGetPointer();
        arguments.Bias = (int*)(toHidden ? _hiddenBias : _visibleBias).DangerousGetPointer();
        arguments.InverseScale = MathF.ScaleB(1, -ScaleBits);
    }

    private static int Round(int value, int shift) => shift == 0 ? value : (int)((value + (1L << (shift - 1))) >> shift);

    /// <summary>The largest bias + P or N - bias - 1 of all units.</summary>
    private static long Extent(FixedPointWeights from, int shift) => Math.Max(
        Extent(from.HiddenPanels, from.HiddenBias, from.HiddenTiles, from.VisibleTiles, shift),
        Extent(from.VisiblePanels, from.VisibleBias, from.VisibleTiles, from.HiddenTiles, shift));

    private static long Extent(int* panels, int* bias, int tiles, int sourceTiles, int shift)
    {
        long* most = stackalloc long[Tile.Width];
        long* least = stackalloc long[Tile.Width];
        long extent = 0;
        for (int tile = 0; tile < tiles; tile++)
        {
            for (int unit = 0; unit < Tile.Width; unit++)
            {
                most[unit] = least[unit] = Round(bias[(tile * Tile.Width) + unit], shift);
            }

            int* panel = panels + ((nint)tile * sourceTiles * Tile.Width * Tile.Width);
            for (nint row = 0; row < (nint)sourceTiles * Tile.Width; row++)
            {
                for (int unit = 0; unit < Tile.Width; unit++)
                {
                    int weight = Round(panel[(row * Tile.Width) + unit], shift);
                    most[unit] += Math.Max(weight, 0);
                    least[unit] += Math.Min(weight, 0);
                }
            }

            for (int unit = 0; unit < Tile.Width; unit++)
            {
                extent = Math.Max(extent, Math.Max(most[unit], ~least[unit]));
            }
        }

        return extent;
    }

    private static void Copy(int* from, long length, int shift, short* to)
    {
        for (nint n = 0; n < length; n++)
        {
            to[n] = (short)Round(from[n], shift);
        }
    }
}
