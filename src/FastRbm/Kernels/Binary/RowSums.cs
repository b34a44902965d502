using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Binary;

/// <summary>Adds rows of integer couplings to rows of inputs. Exact in any order.</summary>
internal static unsafe class RowSums
{
    /// <summary>inputs += row, or inputs -= row.</summary>
    /// <param name="inputs">count integers.</param>
    /// <param name="row">count integers.</param>
    /// <param name="count">A multiple of 64.</param>
    /// <param name="add">Whether to add.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TFloat, TInt, TOps>(int* inputs, int* row, int count, bool add)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (add)
        {
            for (int j = 0; j < count; j += TOps.Width)
            {
                TOps.Store(TOps.Add(TOps.Load(inputs + j), TOps.Load(row + j)), inputs + j);
            }
        }
        else
        {
            for (int j = 0; j < count; j += TOps.Width)
            {
                TOps.Store(TOps.Subtract(TOps.Load(inputs + j), TOps.Load(row + j)), inputs + j);
            }
        }
    }

    /// <summary>The inputs of one row of states: by dense rows of couplings, or, where there are starts, by neighbour lists.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="states">Packed states.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="starts">Where each unit's neighbours start, and one past the last; empty for dense rows.</param>
    /// <param name="neighbours">Units.</param>
    /// <param name="couplings">Rows as long as <paramref name="inputs"/>, or an integer a neighbour.</param>
    /// <param name="bias">As many integers as <paramref name="inputs"/>.</param>
    /// <param name="inputs">Written; a multiple of 64, at least units. Of neighbour lists, those past the last unit aren't.</param>
    public static void Run(
        SimdLevel level, ReadOnlySpan<ulong> states, int units, ReadOnlySpan<int> starts, ReadOnlySpan<int> neighbours, AlignedBuffer<int> couplings,
        AlignedBuffer<int> bias, Span<int> inputs)
    {
        Throw.IfLengthDiffers(inputs.Length, bias.Length, nameof(inputs));
        Throw.IfLengthDiffers(states.Length, Tile.Count(units), nameof(states));
        fixed (ulong* row = states)
        fixed (int* target = inputs, first = starts, others = neighbours)
        {
            if (starts.IsEmpty)
            {
                Run(level, row, units, couplings.DangerousGetPointer(), bias.DangerousGetPointer(), inputs.Length, target);
            }
            else
            {
                Run(row, units, first, others, couplings.DangerousGetPointer(), bias.DangerousGetPointer(), target);
            }
        }
    }

    /// <summary>inputs = bias + sum of the rows of the units that are on.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="states">Packed states of <paramref name="units"/> units.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="couplings">Rows of <paramref name="stride"/> integers.</param>
    /// <param name="bias">stride integers.</param>
    /// <param name="stride">A multiple of 64.</param>
    /// <param name="inputs">stride integers, written.</param>
    public static void Run(SimdLevel level, ulong* states, int units, int* couplings, int* bias, int stride, int* inputs)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>(states, units, couplings, bias, stride, inputs);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(states, units, couplings, bias, stride, inputs);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(states, units, couplings, bias, stride, inputs);
                break;
            default:
                Run<float, int, ScalarSimd>(states, units, couplings, bias, stride, inputs);
                break;
        }
    }

    /// <summary>The same of neighbour lists.</summary>
    /// <param name="states">Packed states of <paramref name="units"/> units.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="starts">Where each unit's neighbours start, and one past the last.</param>
    /// <param name="neighbours">Units.</param>
    /// <param name="couplings">An integer a neighbour.</param>
    /// <param name="bias">An integer a unit.</param>
    /// <param name="inputs">An integer a unit, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ulong* states, int units, int* starts, int* neighbours, int* couplings, int* bias, int* inputs)
    {
        for (int unit = 0; unit < units; unit++)
        {
            int sum = bias[unit];
            for (int place = starts[unit]; place < starts[unit + 1]; place++)
            {
                int other = neighbours[place];
                sum += couplings[place] & -(int)(states[other >> 6] >> (other & 63) & 1);
            }

            inputs[unit] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(ulong* states, int units, int* couplings, int* bias, int stride, int* inputs)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        new ReadOnlySpan<int>(bias, stride).CopyTo(new Span<int>(inputs, stride));
        for (int word = 0; word < Tile.Count(units); word++)
        {
            for (ulong on = states[word]; on != 0; on &= on - 1)
            {
                int unit = (word * Tile.Width) + BitOperations.TrailingZeroCount(on);
                Add<TFloat, TInt, TOps>(inputs, couplings + ((nint)unit * stride), stride, add: true);
            }
        }
    }
}
