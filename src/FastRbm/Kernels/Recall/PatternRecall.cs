using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Recall;

/// <summary>Inputs and updates of spins from overlaps with patterns: exact integers, the same at every level and as by rows.</summary>
internal static unsafe class PatternRecall
{
    /// <summary>Unit by unit; the overlaps follow.</summary>
    public static RecallSteps Asynchronous(SimdLevel level, PatternCouplings couplings, Span<ulong> state, Span<int> overlaps, in RecallPlan plan)
    {
        fixed (ulong* bits = state)
        fixed (int* sums = overlaps)
        {
            RecallSteps steps = level switch
            {
                SimdLevel.Scalar => OneByOne<int, ScalarLanes<int>>(couplings, bits, sums, plan),
                SimdLevel.Vector128 => OneByOne<Vector128<int>, Lanes128<int>>(couplings, bits, sums, plan),
                SimdLevel.Vector256 => OneByOne<Vector256<int>, Lanes256<int>>(couplings, bits, sums, plan),
                _ => OneByOne<Vector512<int>, Lanes512<int>>(couplings, bits, sums, plan),
            };
            GC.KeepAlive(couplings);
            return steps;
        }
    }

    /// <summary>The units that want to flip.</summary>
    /// <returns>How many.</returns>
    public static int Unstable(SimdLevel level, PatternCouplings couplings, ReadOnlySpan<ulong> state, ReadOnlySpan<int> overlaps, Span<ulong> unstable)
    {
        unstable.Clear();
        int count = 0;
        int sum = Sum(overlaps);
        for (int unit = 0; unit < couplings.Units; unit++)
        {
            bool on = (state[unit >> 6] >> (unit & 63) & 1) != 0;
            int input = Input(level, couplings, overlaps, sum, unit, on);
            if (on ? input < 0 : input > 0)
            {
                unstable[unit >> 6] |= 1UL << (unit & 63);
                count++;
            }
        }

        return count;
    }

    /// <summary>The inputs of all units.</summary>
    public static void Inputs(SimdLevel level, PatternCouplings couplings, ReadOnlySpan<ulong> state, ReadOnlySpan<int> overlaps, Span<long> inputs)
    {
        int sum = Sum(overlaps);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            inputs[unit] = Input(level, couplings, overlaps, sum, unit, (state[unit >> 6] >> (unit & 63) & 1) != 0);
        }
    }

    private static int Input(SimdLevel level, PatternCouplings couplings, ReadOnlySpan<int> overlaps, int sum, int unit, bool on)
    {
        fixed (int* sums = overlaps)
        {
            ulong* bits = couplings.ByUnit.DangerousGetPointer() + ((nint)unit * couplings.ByUnit.WordsPerRow);
            int words = couplings.ByUnit.WordsPerRow;
            int chosen = level switch
            {
                SimdLevel.Scalar => SumOn<int, ScalarLanes<int>>(sums, bits, words),
                SimdLevel.Vector128 => SumOn<Vector128<int>, Lanes128<int>>(sums, bits, words),
                SimdLevel.Vector256 => SumOn<Vector256<int>, Lanes256<int>>(sums, bits, words),
                _ => SumOn<Vector512<int>, Lanes512<int>>(sums, bits, words),
            };
            GC.KeepAlive(couplings);
            return (2 * chosen) - sum - (on ? couplings.Patterns.Rows : -couplings.Patterns.Rows) + couplings.Fields[unit];
        }
    }

    private static int Sum(ReadOnlySpan<int> values)
    {
        int sum = 0;
        foreach (int value in values)
        {
            sum += value;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static RecallSteps OneByOne<TVector, TLanes>(PatternCouplings couplings, ulong* state, int* overlaps, in RecallPlan plan)
        where TVector : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, int>
    {
        ulong* byUnit = couplings.ByUnit.DangerousGetPointer();
        nint words = couplings.ByUnit.WordsPerRow;
        int patterns = couplings.Patterns.Rows;
        int units = couplings.Units;
        ReadOnlySpan<int> fields = couplings.Fields;
        int sum = Sum(new ReadOnlySpan<int>(overlaps, (int)words * 64));
        long flips = 0;
        for (int sweep = 0; ; sweep++)
        {
            // After the last sweep one more pass tells whether a unit still wants to flip, without flipping it.
            bool last = sweep == plan.MostSweeps;
            ReadOnlySpan<int> order = plan.Order(sweep, units);
            long before = flips;
            for (int k = 0; k < units; k++)
            {
                int unit = order.IsEmpty ? k : order[k];
                ulong bit = 1UL << (unit & 63);
                bool on = (state[unit >> 6] & bit) != 0;
                ulong* bits = byUnit + (unit * words);
                int input = (2 * SumOn<TVector, TLanes>(overlaps, bits, (int)words)) - sum - (on ? patterns : -patterns) + fields[unit];
                if (on ? input < 0 : input > 0)
                {
                    if (last)
                    {
                        return new RecallSteps(sweep, flips, Settled: false, TwoCycle: false, 0);
                    }

                    state[unit >> 6] ^= bit;
                    sum += Change<TVector, TLanes>(overlaps, bits, patterns, on ? -2 : 2);
                    flips++;
                }
            }

            if (flips == before)
            {
                return new RecallSteps(sweep, flips, Settled: true, TwoCycle: false, 0);
            }
        }
    }

    /// <summary>The sum of the overlaps whose bit is on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumOn<TVector, TLanes>(int* overlaps, ulong* bits, int words)
        where TVector : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, int>
    {
        TVector sum = TLanes.Zero;
        for (int word = 0; word < words; word++)
        {
            ulong left = bits[word];
            for (int k = 0; k < 64; k += TLanes.Width, left >>= TLanes.Width)
            {
                sum = TLanes.Add(sum, TLanes.Where((uint)left, TLanes.Load(overlaps + (64 * word) + k)));
            }
        }

        return TLanes.Sum(sum);
    }

    /// <summary>Adds the step to overlaps whose bit is on and subtracts it from the others.</summary>
    /// <returns>The change of their sum.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Change<TVector, TLanes>(int* overlaps, ulong* bits, int patterns, int step)
        where TVector : unmanaged
        where TLanes : struct, IIntegerLanes<TVector, int>
    {
        int on = 0;
        TVector twice = TLanes.Create(2 * step);
        TVector once = TLanes.Create(step);
        int whole = patterns & ~63;
        for (int pattern = 0; pattern < whole; pattern += 64)
        {
            ulong left = bits[pattern >> 6];
            on += BitOperations.PopCount(left);
            for (int k = 0; k < 64; k += TLanes.Width, left >>= TLanes.Width)
            {
                int* place = overlaps + pattern + k;
                TLanes.Store(TLanes.Add(TLanes.Subtract(TLanes.Load(place), once), TLanes.Where((uint)left, twice)), place);
            }
        }

        // Overlaps past the last pattern stay 0.
        for (int pattern = whole; pattern < patterns; pattern++)
        {
            bool isOn = (bits[pattern >> 6] >> (pattern & 63) & 1) != 0;
            on += isOn ? 1 : 0;
            overlaps[pattern] += isOn ? step : -step;
        }

        return step * ((2 * on) - patterns);
    }
}
