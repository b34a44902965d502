using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Recall;

/// <summary>Updates of spins by running integer inputs: the same flips at every level, since all sums are exact.</summary>
/// <remarks>
/// A unit whose input is above 0 wants its bit on, below 0 off, and at 0 keeps what it has. In asynchronous recall a flip changes
/// E = -1/2 s'Qs - t's by -2 |input| &lt; 0. Only flips cost a row; deciding reads the inputs once a sweep.
/// </remarks>
internal static unsafe class RowRecall
{
    /// <summary>The inputs in a state: those with all bits off plus the rows of the bits that are on.</summary>
    public static void Inputs<T>(SimdLevel level, CouplingRows<T> couplings, ReadOnlySpan<ulong> state, Span<T> inputs)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        new ReadOnlySpan<T>(couplings.Base, couplings.Stride).CopyTo(inputs);
        Flip(level, couplings, state, state, inputs);
    }

    /// <summary>The inputs in a state, from those in a stored pattern.</summary>
    public static void InputsFrom<T>(
        SimdLevel level, CouplingRows<T> couplings, int pattern, ReadOnlySpan<ulong> bits, ReadOnlySpan<ulong> state, Span<ulong> scratch, Span<T> inputs)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        new ReadOnlySpan<T>(couplings.Anchors + ((nint)pattern * couplings.Stride), couplings.Stride).CopyTo(inputs);
        for (int word = 0; word < state.Length; word++)
        {
            scratch[word] = state[word] ^ bits[word];
        }

        Flip(level, couplings, scratch[..state.Length], state, inputs);
    }

    /// <summary>Adds the rows of units whose bit has changed to what <paramref name="state"/> says.</summary>
    public static void Flip<T>(SimdLevel level, CouplingRows<T> couplings, ReadOnlySpan<ulong> changed, ReadOnlySpan<ulong> state, Span<T> inputs)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        fixed (ulong* changedBits = changed)
        fixed (ulong* bits = state)
        fixed (T* sums = inputs)
        {
            switch (level)
            {
                case SimdLevel.Scalar: FlipAll<T, T, ScalarLanes<T>>(couplings.Rows, couplings.Stride, changedBits, bits, changed.Length, sums); break;
                case SimdLevel.Vector128: FlipAll<Vector128<T>, T, Lanes128<T>>(couplings.Rows, couplings.Stride, changedBits, bits, changed.Length, sums); break;
                case SimdLevel.Vector256: FlipAll<Vector256<T>, T, Lanes256<T>>(couplings.Rows, couplings.Stride, changedBits, bits, changed.Length, sums); break;
                default: FlipAll<Vector512<T>, T, Lanes512<T>>(couplings.Rows, couplings.Stride, changedBits, bits, changed.Length, sums); break;
            }
        }

        GC.KeepAlive(couplings);
    }

    /// <summary>Unit by unit.</summary>
    public static RecallSteps Asynchronous<T>(SimdLevel level, CouplingRows<T> couplings, Span<ulong> state, Span<T> inputs, in RecallPlan plan)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        fixed (ulong* bits = state)
        fixed (T* sums = inputs)
        {
            RecallSteps steps = level switch
            {
                SimdLevel.Scalar => OneByOne<T, T, ScalarLanes<T>>(couplings, bits, sums, plan),
                SimdLevel.Vector128 => OneByOne<Vector128<T>, T, Lanes128<T>>(couplings, bits, sums, plan),
                SimdLevel.Vector256 => OneByOne<Vector256<T>, T, Lanes256<T>>(couplings, bits, sums, plan),
                _ => OneByOne<Vector512<T>, T, Lanes512<T>>(couplings, bits, sums, plan),
            };
            GC.KeepAlive(couplings);
            return steps;
        }
    }

    /// <summary>All units at once. Flips that are those of the sweep before mean a two-cycle: the state is the one before the last.</summary>
    public static RecallSteps Synchronous<T>(
        SimdLevel level, CouplingRows<T> couplings, Span<ulong> state, Span<T> inputs, Span<ulong> flips, Span<ulong> flipsBefore, int mostSweeps)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        flips = flips[..state.Length];
        flipsBefore = flipsBefore[..state.Length];
        long all = 0;
        for (int sweep = 0; ; sweep++)
        {
            int count = Unstable(level, couplings, state, inputs, flips);
            if (count == 0 || sweep == mostSweeps)
            {
                return new RecallSteps(sweep, all, count == 0, TwoCycle: false, 0);
            }

            for (int word = 0; word < state.Length; word++)
            {
                state[word] ^= flips[word];
            }

            all += count;
            Flip(level, couplings, flips, state, inputs);
            if (sweep > 0 && flips.SequenceEqual(flipsBefore))
            {
                return new RecallSteps(sweep + 1, all, Settled: false, TwoCycle: true, 0);
            }

            flips.CopyTo(flipsBefore);
        }
    }

    private static int Unstable<T>(SimdLevel level, CouplingRows<T> couplings, ReadOnlySpan<ulong> state, ReadOnlySpan<T> inputs, Span<ulong> unstable)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        fixed (ulong* bits = state)
        fixed (T* sums = inputs)
        fixed (ulong* destination = unstable)
        {
            return level switch
            {
                SimdLevel.Scalar => UnstableWords<T, T, ScalarLanes<T>>(sums, bits, state.Length, destination),
                SimdLevel.Vector128 => UnstableWords<Vector128<T>, T, Lanes128<T>>(sums, bits, state.Length, destination),
                SimdLevel.Vector256 => UnstableWords<Vector256<T>, T, Lanes256<T>>(sums, bits, state.Length, destination),
                _ => UnstableWords<Vector512<T>, T, Lanes512<T>>(sums, bits, state.Length, destination),
            };
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int UnstableWords<TVector, T, TLanes>(T* inputs, ulong* state, int words, ulong* destination)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        int count = 0;
        for (int word = 0; word < words; word++)
        {
            destination[word] = UnstableWord<TVector, T, TLanes>(inputs + (64 * word), state[word]);
            count += BitOperations.PopCount(destination[word]);
        }

        return count;
    }

    /// <summary>Which of 64 units want to flip. Padding has inputs of 0 and never does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong UnstableWord<TVector, T, TLanes>(T* inputs, ulong state)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        ulong negative = 0;
        ulong positive = 0;
        for (int unit = 0; unit < 64; unit += TLanes.Width)
        {
            TVector input = TLanes.Load(inputs + unit);
            negative |= TLanes.Negative(input) << unit;
            positive |= TLanes.Positive(input) << unit;
        }

        return (negative & state) | (positive & ~state);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static RecallSteps OneByOne<TVector, T, TLanes>(CouplingRows<T> couplings, ulong* state, T* inputs, in RecallPlan plan)
        where TVector : unmanaged
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        T* rows = couplings.Rows;
        nint stride = couplings.Stride;
        int words = (int)(stride / 64);
        long flips = 0;
        for (int sweep = 0; ; sweep++)
        {
            long before = flips;
            bool last = sweep == plan.MostSweeps;
            ReadOnlySpan<int> order = plan.Order(sweep, couplings.Units);
            if (last || !order.IsEmpty)
            {
                ulong any = 0;
                for (int word = 0; word < words && any == 0; word++)
                {
                    any = UnstableWord<TVector, T, TLanes>(inputs + (64 * word), state[word]);
                }

                if (last || any == 0)
                {
                    return new RecallSteps(sweep, flips, any == 0, TwoCycle: false, 0);
                }
            }

            if (order.IsEmpty)
            {
                for (int word = 0; word < words; word++)
                {
                    ulong unstable = UnstableWord<TVector, T, TLanes>(inputs + (64 * word), state[word]);
                    while (unstable != 0)
                    {
                        int bit = BitOperations.TrailingZeroCount(unstable);
                        state[word] ^= 1UL << bit;
                        AddRow<TVector, T, TLanes>(rows + (((64 * word) + bit) * stride), stride, (state[word] >> bit & 1) != 0, inputs);
                        flips++;
                        ulong later = bit == 63 ? 0 : ulong.MaxValue << (bit + 1);
                        unstable = UnstableWord<TVector, T, TLanes>(inputs + (64 * word), state[word]) & later;
                    }
                }
            }
            else
            {
                for (int k = 0; k < order.Length; k++)
                {
                    int unit = order[k];
                    ulong bit = 1UL << (unit & 63);
                    bool on = (state[unit >> 6] & bit) != 0;
                    if (on ? inputs[unit] < T.Zero : inputs[unit] > T.Zero)
                    {
                        state[unit >> 6] ^= bit;
                        AddRow<TVector, T, TLanes>(rows + (unit * stride), stride, !on, inputs);
                        flips++;
                    }
                }
            }

            if (flips == before)
            {
                return new RecallSteps(sweep, flips, Settled: true, TwoCycle: false, 0);
            }
        }
    }

    /// <summary>Two rows at a time that go the same way: fewer loads and stores of the sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FlipAll<TVector, T, TLanes>(T* rows, nint stride, ulong* changed, ulong* state, int words, T* inputs)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        FlipSome<TVector, T, TLanes>(rows, stride, changed, state, 0, words, true, inputs);
        FlipSome<TVector, T, TLanes>(rows, stride, changed, state, ulong.MaxValue, words, false, inputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FlipSome<TVector, T, TLanes>(T* rows, nint stride, ulong* changed, ulong* state, ulong inverse, int words, bool add, T* inputs)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        nint waiting = -1;
        for (int word = 0; word < words; word++)
        {
            for (ulong left = changed[word] & (state[word] ^ inverse); left != 0; left &= left - 1)
            {
                nint unit = (64 * word) + BitOperations.TrailingZeroCount(left);
                if (waiting < 0)
                {
                    waiting = unit;
                    continue;
                }

                AddTwo<TVector, T, TLanes>(rows + (waiting * stride), rows + (unit * stride), stride, add, inputs);
                waiting = -1;
            }
        }

        if (waiting >= 0)
        {
            AddRow<TVector, T, TLanes>(rows + (waiting * stride), stride, add, inputs);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow<TVector, T, TLanes>(T* row, nint stride, bool add, T* inputs)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        nint width = TLanes.Width;
        if (add)
        {
            for (nint unit = 0; unit < stride; unit += width)
            {
                TLanes.Store(TLanes.Add(TLanes.Load(inputs + unit), TLanes.Load(row + unit)), inputs + unit);
            }
        }
        else
        {
            for (nint unit = 0; unit < stride; unit += width)
            {
                TLanes.Store(TLanes.Subtract(TLanes.Load(inputs + unit), TLanes.Load(row + unit)), inputs + unit);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<TVector, T, TLanes>(T* first, T* second, nint stride, bool add, T* inputs)
        where TVector : unmanaged
        where T : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, T>
    {
        nint width = TLanes.Width;
        if (add)
        {
            for (nint unit = 0; unit < stride; unit += width)
            {
                TVector both = TLanes.Add(TLanes.Load(first + unit), TLanes.Load(second + unit));
                TLanes.Store(TLanes.Add(TLanes.Load(inputs + unit), both), inputs + unit);
            }
        }
        else
        {
            for (nint unit = 0; unit < stride; unit += width)
            {
                TVector both = TLanes.Add(TLanes.Load(first + unit), TLanes.Load(second + unit));
                TLanes.Store(TLanes.Subtract(TLanes.Load(inputs + unit), both), inputs + unit);
            }
        }
    }
}
