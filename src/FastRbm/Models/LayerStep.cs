using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Half steps of rows from one layer to the other, whatever their kinds: inputs by exact integer sums where the source states are bits,
/// else by float products; then states.
/// </summary>
/// <remarks>Rows don't depend on each other, so threads may split them in any way. A step allocates nothing.</remarks>
internal sealed unsafe class LayerStep
{
    private readonly Rbm _rbm;
    private readonly bool _toHidden;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly PackedMatrix? _packed;
    private readonly GemmWorkspace[] _gemm;
    private readonly AlignedBuffer<int>[] _scratch;

    /// <summary>Allocates for a direction.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="toHidden">The direction.</param>
    /// <param name="rows">The most rows of a call.</param>
    /// <param name="members">Threads.</param>
    public LayerStep(Rbm rbm, bool toHidden, int rows, int members)
    {
        _rbm = rbm;
        _toHidden = toHidden;
        Source = toHidden ? rbm.Visible : rbm.Hidden;
        Target = toHidden ? rbm.Hidden : rbm.Visible;
        bool bits = Source.StatesAreBits;
        _packed = bits ? null : new PackedMatrix(Source.Count, Target.Count);
        _gemm = bits ? [] : [.. Enumerable.Range(0, members).Select(_ => new GemmWorkspace())];
        _scratch = bits ? [.. Enumerable.Range(0, members).Select(_ => new AlignedBuffer<int>(HalfStep.ScratchLength(Source.Count, rows)))] : [];
    }

    /// <summary>The layer that states are read of.</summary>
    public UnitLayer Source { get; }

    /// <summary>The layer that states are drawn of.</summary>
    public UnitLayer Target { get; }

    /// <summary>Follows the weights: call it, on all members, after every change of them and before the next inputs.</summary>
    /// <param name="member">The thread.</param>
    /// <param name="members">All threads.</param>
    public void UseWeights(int member, int members)
    {
        if (_packed is null)
        {
            return;
        }

        int panels = (Target.Count + PackedMatrix.PanelColumns - 1) / PackedMatrix.PanelColumns;
        (int first, int end) = Threading.ThreadTeam.Share(panels, member, members);
        _packed.Pack(!_toHidden, _rbm.WeightMatrix.AsSpan2D(), first, end);
    }

    /// <summary>The inputs of rows first to end - 1, biases included; the bias counts as often as a row has words.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="member">The thread.</param>
    /// <param name="source">Source states.</param>
    /// <param name="totals">Words of each row; read where the visible layer keeps totals.</param>
    /// <param name="inputs">Where inputs go: row r to row inputRow + r.</param>
    /// <param name="inputRow">See above.</param>
    public void Inputs(int first, int end, int member, LayerStates source, ReadOnlySpan<double> totals, Matrix inputs, int inputRow)
    {
        if (first >= end)
        {
            return;
        }

        if (source.Bits is not null)
        {
            HalfStepArguments arguments = _rbm.HalfStepFrom(_toHidden);
            arguments.InverseScale = _rbm.InputScale(_toHidden);
            arguments.Source = source.Bits.DangerousGetPointer();
            arguments.SourceWords = source.Bits.WordsPerRow;
            arguments.Inputs = inputs.DangerousGetPointer() + ((nint)inputRow * inputs.Stride);
            arguments.InputStride = inputs.Stride;
            HalfStep.Run(_level, arguments, first, end, _scratch[member].DangerousGetPointer());
        }
        else
        {
            int from = source.FirstRow;
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                _level, _gemm[member], source.Values!.AsSpan2D()[(from + first)..(from + end), ..], _packed!, Target.Bias,
                inputs.AsSpan2D()[(inputRow + first)..(inputRow + end), ..]);
        }

        if (_toHidden && Source.KeepsTotal)
        {
            for (int row = first; row < end; row++)
            {
                _rbm.AddBias((float)totals[row] - 1, inputs.Row(inputRow + row));
            }
        }
    }

    /// <summary>Draws states of rows first to end - 1 from their inputs.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="inputs">Inputs: of row r in row inputRow + r.</param>
    /// <param name="inputRow">See above.</param>
    /// <param name="totals">Words of each row; read where the target layer keeps totals.</param>
    /// <param name="draws">The stream of chain 0: row r is chain r.</param>
    /// <param name="ties">The same for ties.</param>
    /// <param name="states">Target states, written; may be the inputs.</param>
    public void Sample(
        int first, int end, Matrix inputs, int inputRow, ReadOnlySpan<double> totals, in RandomStream draws, in RandomStream ties, LayerStates states)
    {
        for (int row = first; row < end; row++)
        {
            if (states.Bits is not null)
            {
                Target.SampleBits(inputs.Row(inputRow + row), draws.ForChain(row), ties.ForChain(row), states.Bits.Row(row));
            }
            else
            {
                double total = Target.KeepsTotal ? totals[row] : 0;
                Target.Sample(inputs.Row(inputRow + row), total, draws.ForChain(row), ties.ForChain(row), states.Values!.Row(states.FirstRow + row));
            }
        }
    }
}
