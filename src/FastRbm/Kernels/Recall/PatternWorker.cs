using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Recall by running overlaps with the patterns: a unit that flips changes all of them by two.</summary>
internal sealed class PatternWorker : RecallWorker
{
    private readonly PatternCouplings _couplings;
    private readonly SimdLevel _level;
    private readonly AlignedBuffer<int> _overlaps;
    private readonly ulong[] _flips;
    private readonly ulong[] _flipsBefore;

    /// <summary>Allocates the scratch memory.</summary>
    public PatternWorker(PatternCouplings couplings, SimdLevel level)
    {
        _couplings = couplings;
        _level = level;
        _overlaps = new AlignedBuffer<int>((long)couplings.ByUnit.WordsPerRow * 64);
        _flips = new ulong[couplings.Patterns.WordsPerRow];
        _flipsBefore = new ulong[_flips.Length];
    }

    /// <inheritdoc/>
    public override RecallSteps Run(Span<ulong> state, int nearest, in RecallPlan plan)
    {
        Overlap(state);
        RecallSteps steps = plan.Synchronous ? AllAtOnce(state, plan.MostSweeps) : PatternRecall.Asynchronous(_level, _couplings, state, _overlaps.Span, plan);
        return steps with { TwiceEnergy = TwiceEnergy(state) };
    }

    /// <inheritdoc/>
    public override void Inputs(ReadOnlySpan<ulong> state, Span<long> inputs)
    {
        Overlap(state);
        PatternRecall.Inputs(_level, _couplings, state, _overlaps.Span, inputs);
    }

    private RecallSteps AllAtOnce(Span<ulong> state, int mostSweeps)
    {
        long all = 0;
        for (int sweep = 0; ; sweep++)
        {
            int count = PatternRecall.Unstable(_level, _couplings, state, _overlaps.Span, _flips);
            if (count == 0 || sweep == mostSweeps)
            {
                return new RecallSteps(sweep, all, count == 0, TwoCycle: false, 0);
            }

            for (int word = 0; word < state.Length; word++)
            {
                state[word] ^= _flips[word];
            }

            all += count;
            Overlap(state);
            if (sweep > 0 && _flips.AsSpan().SequenceEqual(_flipsBefore))
            {
                return new RecallSteps(sweep + 1, all, Settled: false, TwoCycle: true, 0);
            }

            _flips.CopyTo(_flipsBefore.AsSpan());
        }
    }

    private void Overlap(ReadOnlySpan<ulong> state)
    {
        Span<int> overlaps = _overlaps.Span;
        for (int pattern = 0; pattern < _couplings.Patterns.Rows; pattern++)
        {
            overlaps[pattern] = _couplings.Units - (2 * BitCounts.Different(state, _couplings.Patterns.Row(pattern)));
        }
    }

    /// <summary>-sum s_i input_i = -(sum m_p^2 - P N + sum s_i t_i).</summary>
    private long TwiceEnergy(ReadOnlySpan<ulong> state)
    {
        long sum = (long)_couplings.Patterns.Rows * _couplings.Units;
        foreach (int overlap in _overlaps.Span)
        {
            sum -= (long)overlap * overlap;
        }

        ReadOnlySpan<int> fields = _couplings.Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            sum += (state[i >> 6] >> (i & 63) & 1) != 0 ? -fields[i] : fields[i];
        }

        return sum;
    }
}
