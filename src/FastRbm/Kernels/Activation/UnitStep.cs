using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>Draws coupled binary units one after the other, in up to 64 rows at a time, from inputs that follow every flip.</summary>
/// <remarks>
/// A unit is drawn in all rows at once, a row a lane, by the tile that half steps end in; then the rows in which it flipped add or
/// subtract its couplings. The next unit sees them: inputs are never stale. Sums are exact in any order.
/// </remarks>
internal static unsafe class UnitStep
{
    /// <summary>Draws every unit of the order once.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="arguments">What to work on.</param>
    public static void Run(SimdLevel level, in UnitStepArguments arguments)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>(arguments);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(arguments);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(arguments);
                break;
            default:
                Run<float, int, ScalarSimd>(arguments);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(in UnitStepArguments arguments)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* x = stackalloc float[Tile.Width];
        ushort* draws = stackalloc ushort[ShortDraws.Length];
        new Span<float>(x, Tile.Width).Clear();
        ulong used = arguments.Rows == Tile.Width ? ulong.MaxValue : (1UL << arguments.Rows) - 1;
        for (int step = 0; step < arguments.Count; step++)
        {
            int drawn = step % ShortDraws.MaxChains;
            if (drawn == 0)
            {
                ShortDraws.Fill<TFloat, TInt, TOps>(
                    arguments.Draws.ForChain(arguments.FirstChain + step), Math.Min(ShortDraws.MaxChains, arguments.Count - step), 0, draws);
            }

            int unit = arguments.Order[arguments.Backwards ? arguments.Count - 1 - step : step];
            int* column = arguments.Inputs + unit;
            for (int lane = 0; lane < arguments.Rows; lane++)
            {
                x[lane] = *column;
                column += arguments.Stride;
            }

            Scale<TFloat, TInt, TOps>(arguments, unit, x);
            ulong states = used & BernoulliTile.SampleInputs<TFloat, TInt, TOps>(
                x, draws + (drawn * Tile.Width), arguments.Ties.ForChain(arguments.FirstChain + step), 0);
            ulong flips = states ^ arguments.Lanes[unit];
            arguments.Lanes[unit] = states;
            if (arguments.Starts == null)
            {
                FollowRow<TFloat, TInt, TOps>(arguments, unit, flips, states);
            }
            else
            {
                FollowNeighbours(arguments, unit, flips, states);
            }
        }
    }

    /// <summary>x = x scale + offset weight x offset; x holds integers rounded to floats, as everywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale<TFloat, TInt, TOps>(in UnitStepArguments arguments, int unit, float* x)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int lane = 0; lane < Tile.Width; lane += TOps.Width)
        {
            TFloat value = TOps.Load(x + lane);
            TFloat scale = TOps.Load(arguments.Scales + lane);
            TOps.Store(
                arguments.Offsets == null
                    ? TOps.Multiply(value, scale)
                    : TOps.FusedMultiplyAdd(value, scale, TOps.Multiply(TOps.Create(arguments.Offsets[unit]), TOps.Load(arguments.OffsetWeights + lane))),
                x + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FollowRow<TFloat, TInt, TOps>(in UnitStepArguments arguments, int unit, ulong flips, ulong states)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* row = arguments.Couplings + ((nint)unit * arguments.Stride);
        for (; flips != 0; flips &= flips - 1)
        {
            int lane = BitOperations.TrailingZeroCount(flips);
            RowSums.Add<TFloat, TInt, TOps>(arguments.Inputs + ((nint)lane * arguments.Stride), row, arguments.Stride, (states >> lane & 1) != 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FollowNeighbours(in UnitStepArguments arguments, int unit, ulong flips, ulong states)
    {
        int end = arguments.Starts[unit + 1];
        for (; flips != 0; flips &= flips - 1)
        {
            int lane = BitOperations.TrailingZeroCount(flips);
            int* inputs = arguments.Inputs + ((nint)lane * arguments.Stride);
            int sign = (states >> lane & 1) != 0 ? 0 : -1;
            for (int place = arguments.Starts[unit]; place < end; place++)
            {
                // -q is ~q + 1.
                inputs[arguments.Neighbours[place]] += (arguments.Couplings[place] ^ sign) - sign;
            }
        }
    }
}
