using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>Draws coupled binary units, colour after colour, from integer sums over lists of neighbours.</summary>
/// <remarks>
/// Units of a colour aren't coupled, so tile after tile gives what drawing them at once would. States are bytes of masks: a sum is a
/// load with sign extension, an AND and an add a neighbour, without a branch on a state. Units of four neighbours, which square
/// lattices have throughout, need no inner loop.
/// </remarks>
internal static unsafe class ColourStep
{
    /// <summary>Draws the units of some tiles of one row.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="arguments">What to work on.</param>
    /// <param name="row">The row.</param>
    /// <param name="firstTile">The first tile.</param>
    /// <param name="endTile">One past the last tile.</param>
    public static void Run(SimdLevel level, in ColourStepArguments arguments, int row, int firstTile, int endTile)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>(arguments, row, firstTile, endTile);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(arguments, row, firstTile, endTile);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(arguments, row, firstTile, endTile);
                break;
            default:
                Run<float, int, ScalarSimd>(arguments, row, firstTile, endTile);
                break;
        }
    }

    /// <summary>sum over places that are on of B + input: twice the integer -E.</summary>
    /// <param name="arguments">What to work on.</param>
    /// <param name="row">The row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long TwiceNegativeEnergy(in ColourStepArguments arguments, int row)
    {
        int* sums = stackalloc int[Tile.Width];
        byte* masks = arguments.Masks + ((nint)row * arguments.Places);
        long total = 0;
        for (int first = 0; first < arguments.Places; first += Tile.Width)
        {
            if (arguments.Fours[first / Tile.Width] != 0)
            {
                SumFours(arguments, masks, first, sums);
            }
            else
            {
                Sum(arguments, masks, first, sums);
            }

            for (int unit = 0; unit < Tile.Width; unit++)
            {
                total += ((long)sums[unit] + arguments.Bias[first + unit]) & (sbyte)masks[first + unit];
            }
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(in ColourStepArguments arguments, int row, int firstTile, int endTile)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* sums = stackalloc int[Tile.Width];
        float* x = stackalloc float[Tile.Width];
        ushort* draws = stackalloc ushort[ShortDraws.Length];
        byte* masks = arguments.Masks + ((nint)row * arguments.Places);
        long chain = (long)row * (arguments.Places / Tile.Width);
        float scale = arguments.Scales[row];
        for (int tile = firstTile; tile < endTile; tile++)
        {
            int drawn = (tile - firstTile) % ShortDraws.MaxChains;
            if (drawn == 0)
            {
                ShortDraws.Fill<TFloat, TInt, TOps>(arguments.Draws.ForChain(chain + tile), Math.Min(ShortDraws.MaxChains, endTile - tile), 0, draws);
            }

            int first = tile * Tile.Width;
            ushort* own = draws + (drawn * Tile.Width);
            if (arguments.Fours[tile] != 0)
            {
                SumFours(arguments, masks, first, sums);
            }
            else
            {
                Sum(arguments, masks, first, sums);
            }

            ulong states;
            if (arguments.Offsets == null)
            {
                states = BernoulliTile.SampleSums<TFloat, TInt, TOps>(sums, scale, own, arguments.Ties.ForChain(chain + tile), 0);
            }
            else
            {
                BernoulliTile.ToInputs<TFloat, TInt, TOps>(sums, scale, arguments.Offsets + first, arguments.OffsetWeights[row], x);
                states = BernoulliTile.SampleInputs<TFloat, TInt, TOps>(x, own, arguments.Ties.ForChain(chain + tile), 0);
            }

            Spread(states, (ulong*)(masks + first));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum(in ColourStepArguments arguments, byte* masks, int first, int* sums)
    {
        int* starts = arguments.Starts + first;
        for (int unit = 0; unit < Tile.Width; unit++)
        {
            int sum = arguments.Bias[first + unit];
            for (int place = starts[unit]; place < starts[unit + 1]; place++)
            {
                sum += arguments.Couplings[place] & (sbyte)masks[arguments.Neighbours[place]];
            }

            sums[unit] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumFours(in ColourStepArguments arguments, byte* masks, int first, int* sums)
    {
        int* bias = arguments.Bias + first;
        int* neighbours = arguments.Neighbours + arguments.Starts[first];
        int* couplings = arguments.Couplings + arguments.Starts[first];
        for (int unit = 0; unit < Tile.Width; unit++)
        {
            int left = (couplings[0] & (sbyte)masks[neighbours[0]]) + (couplings[1] & (sbyte)masks[neighbours[1]]);
            int right = (couplings[2] & (sbyte)masks[neighbours[2]]) + (couplings[3] & (sbyte)masks[neighbours[3]]);
            sums[unit] = bias[unit] + left + right;
            neighbours += 4;
            couplings += 4;
        }
    }

    /// <summary>Bits to bytes of 0 and 255, eight at a time: byte k of the product keeps bit k, and 127 more carries it to the top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(ulong states, ulong* masks)
    {
        for (int part = 0; part < 8; part++)
        {
            ulong bits = ((states >> (8 * part) & 0xFF) * 0x0101010101010101) & 0x8040201008040201;
            masks[part] = ((bits + 0x7F7F7F7F7F7F7F7F) >> 7 & 0x0101010101010101) * 0xFF;
        }
    }
}
