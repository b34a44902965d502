using System.Numerics;
using System.Runtime.CompilerServices;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Recall by counts of patterns: how many lie at each distance from a state, and how many of these agree with it at each unit.</summary>
/// <remarks>Counts are integers. Deriving classes sum terms over ascending distances, so a sum has one order. One thread at a time; allocates nothing in a run.</remarks>
internal abstract class DenseWorker
{
    private const int Square = 64;
    private const int FewPatterns = 12;

    private readonly BitMatrix _patterns;
    private readonly ushort[] _distances;
    private readonly int[] _byDistance;
    private readonly int[] _ends;
    private readonly long[] _counts;
    private readonly long[] _agreeing;
    private readonly long[] _unitAgreeing;
    private readonly ulong[] _flips;
    private readonly ulong[] _flipsBefore;

    /// <summary>Allocates the scratch memory.</summary>
    private protected DenseWorker(BitMatrix patterns)
    {
        _patterns = patterns;
        _distances = new ushort[patterns.Rows];
        _byDistance = new int[patterns.Rows];
        _ends = new int[patterns.Columns + 1];
        _counts = new long[patterns.Columns + 1];
        _agreeing = new long[patterns.WordsPerRow * Square];
        _unitAgreeing = new long[patterns.Columns + 1];
        _flips = new ulong[patterns.WordsPerRow];
        _flipsBefore = new ulong[patterns.WordsPerRow];
    }

    /// <summary>How many patterns lie at each distance from the state that was counted last.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    private protected int Units => _patterns.Columns;

    /// <summary>Runs a probe to its end.</summary>
    public RecallSteps Run(Span<ulong> state, in RecallPlan plan)
    {
        Count(state);
        return plan.Synchronous ? AllAtOnce(state, plan.MostSweeps) : OneByOne(state, plan);
    }

    /// <summary>Counts patterns by their distance to a state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Count(ReadOnlySpan<ulong> state)
    {
        Array.Clear(_counts);
        ulong* rows = _patterns.DangerousGetPointer();
        if (state.Length == 1)
        {
            ulong only = state[0];
            for (int pattern = 0; pattern < _distances.Length; pattern++)
            {
                int different = BitOperations.PopCount(rows[pattern] ^ only);
                _distances[pattern] = (ushort)different;
                _counts[different]++;
            }
        }
        else
        {
            for (int pattern = 0; pattern < _distances.Length; pattern++, rows += state.Length)
            {
                int different = 0;
                for (int word = 0; word < state.Length; word++)
                {
                    different += BitOperations.PopCount(rows[word] ^ state[word]);
                }

                _distances[pattern] = (ushort)different;
                _counts[different]++;
            }
        }

        GC.KeepAlive(_patterns);
    }

    /// <summary>The first of the nearest patterns to the state that was counted last.</summary>
    public int Nearest(out int distance)
    {
        distance = Array.FindIndex(_counts, static count => count != 0);
        return Array.IndexOf(_distances, (ushort)distance);
    }

    /// <summary>Begins sums for units.</summary>
    /// <param name="counts">Patterns at each distance.</param>
    private protected abstract void Begin(ReadOnlySpan<long> counts);

    /// <summary>Adds the terms of a distance to the sum of a unit: what a flip of the unit would cost.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="distance">The distance.</param>
    /// <param name="agreeing">Patterns at this distance that have the unit's state.</param>
    /// <param name="others">Patterns at this distance that don't.</param>
    private protected abstract void Add(int unit, int distance, long agreeing, long others);

    /// <summary>Whether a unit's sum is below 0, so that it wants to flip.</summary>
    private protected abstract bool Wants(int unit);

    /// <summary>Whether terms from a distance on can't change what any of some units wants.</summary>
    private protected abstract bool IsDecided(int distance, int firstUnit, int endUnit);

    private RecallSteps AllAtOnce(Span<ulong> state, int mostSweeps)
    {
        long all = 0;
        for (int sweep = 0; ; sweep++)
        {
            int count = FindFlips(state);
            if (count == 0 || sweep == mostSweeps)
            {
                return new RecallSteps(sweep, all, count == 0, TwoCycle: false, 0);
            }

            for (int word = 0; word < state.Length; word++)
            {
                state[word] ^= _flips[word];
            }

            all += count;
            if (sweep > 0 && _flips.AsSpan().SequenceEqual(_flipsBefore))
            {
                return new RecallSteps(sweep + 1, all, Settled: false, TwoCycle: true, 0);
            }

            _flips.CopyTo(_flipsBefore.AsSpan());
            Count(state);
        }
    }

    private int FindFlips(ReadOnlySpan<ulong> state)
    {
        Begin(_counts);
        int last = Units;
        while (_counts[last] == 0)
        {
            last--;
        }

        bool sorted = false;
        for (int distance = Array.FindIndex(_counts, static count => count != 0); distance <= last; distance++)
        {
            if (_counts[distance] == 0)
            {
                continue;
            }

            if (IsDecided(distance, 0, Units))
            {
                break;
            }

            // The nearest patterns alone decide most probes: they are looked for; only when more are needed are all sorted.
            if (!sorted && _counts[distance] > FewPatterns)
            {
                Sort();
                sorted = true;
            }

            CountAgreeing(state, distance, sorted);
            for (int unit = 0; unit < Units; unit++)
            {
                Add(unit, distance, _agreeing[unit], _counts[distance] - _agreeing[unit]);
            }
        }

        Array.Clear(_flips);
        int count = 0;
        for (int unit = 0; unit < Units; unit++)
        {
            bool wants = Wants(unit);
            _flips[unit >> 6] |= wants ? 1UL << (unit & 63) : 0;
            count += wants ? 1 : 0;
        }

        return count;
    }

    /// <summary>Sorts patterns by distance, by counting.</summary>
    private void Sort()
    {
        int place = 0;
        for (int distance = 0; distance < _ends.Length; distance++)
        {
            _ends[distance] = place;
            place += (int)_counts[distance];
        }

        for (int pattern = 0; pattern < _distances.Length; pattern++)
        {
            _byDistance[_ends[_distances[pattern]]++] = pattern;
        }
    }

    /// <summary>Of the patterns at a distance, how many have each unit's state.</summary>
    private void CountAgreeing(ReadOnlySpan<ulong> state, int distance, bool sorted)
    {
        Array.Clear(_agreeing);
        if (!sorted)
        {
            int from = 0;
            for (long left = _counts[distance]; left > 0; left--)
            {
                from += _distances.AsSpan(from).IndexOf((ushort)distance);
                AddBits(state, _patterns.Row(from));
                from++;
            }

            return;
        }

        int end = _ends[distance];
        int first = end - (int)_counts[distance];
        Span<ulong> square = stackalloc ulong[Square];
        for (; first < end; first += Square)
        {
            int count = Math.Min(Square, end - first);
            if (count <= FewPatterns)
            {
                for (int k = 0; k < count; k++)
                {
                    AddBits(state, _patterns.Row(_byDistance[first + k]));
                }

                continue;
            }

            for (int word = 0; word < state.Length; word++)
            {
                for (int k = 0; k < Square; k++)
                {
                    square[k] = k < count ? ~(_patterns.Row(_byDistance[first + k])[word] ^ state[word]) : 0;
                }

                BitCounts.Transpose(square);
                for (int k = 0; k < Square; k++)
                {
                    _agreeing[(Square * word) + k] += BitOperations.PopCount(square[k]);
                }
            }
        }
    }

    private void AddBits(ReadOnlySpan<ulong> state, ReadOnlySpan<ulong> pattern)
    {
        for (int word = 0; word < state.Length; word++)
        {
            for (ulong left = ~(state[word] ^ pattern[word]); left != 0; left &= left - 1)
            {
                _agreeing[(Square * word) + BitOperations.TrailingZeroCount(left)]++;
            }
        }
    }

    private RecallSteps OneByOne(Span<ulong> state, in RecallPlan plan)
    {
        long flips = 0;
        for (int sweep = 0; ; sweep++)
        {
            // After the last sweep one more pass tells whether a unit still wants to flip, without flipping it.
            bool last = sweep == plan.MostSweeps;
            long before = flips;
            ReadOnlySpan<int> order = plan.Order(sweep, Units);
            for (int k = 0; k < Units; k++)
            {
                int unit = order.IsEmpty ? k : order[k];
                if (!WantsNow(state, unit))
                {
                    continue;
                }

                if (last)
                {
                    return new RecallSteps(sweep, flips, Settled: false, TwoCycle: false, 0);
                }

                Flip(state, unit);
                flips++;
            }

            if (flips == before)
            {
                return new RecallSteps(sweep, flips, Settled: true, TwoCycle: false, 0);
            }
        }
    }

    private bool WantsNow(ReadOnlySpan<ulong> state, int unit)
    {
        Array.Clear(_unitAgreeing);
        int word = unit >> 6;
        ulong own = state[word];
        for (int pattern = 0; pattern < _distances.Length; pattern++)
        {
            _unitAgreeing[_distances[pattern]] += (long)(~(_patterns.Row(pattern)[word] ^ own) >> (unit & 63) & 1);
        }

        Begin(_counts);
        for (int distance = 0; distance < _counts.Length; distance++)
        {
            if (_counts[distance] == 0)
            {
                continue;
            }

            if (IsDecided(distance, unit, unit + 1))
            {
                break;
            }

            Add(unit, distance, _unitAgreeing[distance], _counts[distance] - _unitAgreeing[distance]);
        }

        return Wants(unit);
    }

    private void Flip(Span<ulong> state, int unit)
    {
        int word = unit >> 6;
        ulong bit = 1UL << (unit & 63);
        for (int pattern = 0; pattern < _distances.Length; pattern++)
        {
            bool agrees = ((_patterns.Row(pattern)[word] ^ state[word]) & bit) == 0;
            _counts[_distances[pattern]]--;
            _distances[pattern] = (ushort)(_distances[pattern] + (agrees ? 1 : -1));
            _counts[_distances[pattern]]++;
        }

        state[word] ^= bit;
    }
}
