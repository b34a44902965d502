using System.Numerics;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Recall by running inputs: a unit that flips adds or subtracts its row.</summary>
/// <typeparam name="T">short or int.</typeparam>
internal sealed class RowWorker<T> : RecallWorker
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly CouplingRows<T> _couplings;
    private readonly SimdLevel _level;
    private readonly AlignedBuffer<T> _inputs;
    private readonly ulong[] _flips;
    private readonly ulong[] _flipsBefore;

    /// <summary>Allocates the scratch memory.</summary>
    public RowWorker(CouplingRows<T> couplings, SimdLevel level)
    {
        _couplings = couplings;
        _level = level;
        _inputs = new AlignedBuffer<T>(couplings.Stride);
        _flips = new ulong[couplings.Stride / 64];
        _flipsBefore = new ulong[couplings.Stride / 64];
    }

    /// <inheritdoc/>
    public override RecallSteps Run(Span<ulong> state, int nearest, in RecallPlan plan)
    {
        if (nearest >= 0 && _couplings.Patterns is { } patterns)
        {
            RowRecall.InputsFrom(_level, _couplings, nearest, patterns.Row(nearest), state, _flips, _inputs.Span);
        }
        else
        {
            RowRecall.Inputs(_level, _couplings, state, _inputs.Span);
        }

        RecallSteps steps = plan.Synchronous
            ? RowRecall.Synchronous(_level, _couplings, state, _inputs.Span, _flips, _flipsBefore, plan.MostSweeps)
            : RowRecall.Asynchronous(_level, _couplings, state, _inputs.Span, plan);
        return steps with { TwiceEnergy = TwiceEnergy(state) };
    }

    /// <inheritdoc/>
    public override void Inputs(ReadOnlySpan<ulong> state, Span<long> inputs)
    {
        RowRecall.Inputs(_level, _couplings, state, _inputs.Span);
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = long.CreateTruncating(_inputs.Span[i]);
        }
    }

    /// <summary>-sum s_i input_i, without the fields' second share: the owner of the fields adds -sum s_i t_i.</summary>
    private long TwiceEnergy(ReadOnlySpan<ulong> state)
    {
        ReadOnlySpan<T> inputs = _inputs.Span;
        long sum = 0;
        for (int i = 0; i < _couplings.Units; i++)
        {
            long input = long.CreateTruncating(inputs[i]);
            sum += (state[i >> 6] >> (i & 63) & 1) != 0 ? -input : input;
        }

        return sum;
    }
}
