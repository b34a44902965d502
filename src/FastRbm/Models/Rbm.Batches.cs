using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <content>Energies, conditionals and samples of batches of rows.</content>
public sealed partial class Rbm
{
    /// <summary>E(v,h) of each row, in nats.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="energies">An energy a row, written; computed in double from the float parameters.</param>
    public void Energy(BitMatrix visible, BitMatrix hidden, RbmWorkspace workspace, Span<double> energies)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckStates(hidden, Hidden, nameof(hidden));
        CheckRows(visible.Rows, hidden.Rows, nameof(hidden));
        CheckRows(visible.Rows, energies.Length, nameof(energies));
        CheckWorkspace(workspace);
        for (int row = 0; row < visible.Rows; row++)
        {
            Span<float> states = workspace.Row.AsSpan(0, Visible.Count);
            Span<float> others = workspace.OtherRow.AsSpan(0, Hidden.Count);
            Visible.FromBits(visible.Row(row), states);
            Hidden.FromBits(hidden.Row(row), others);
            energies[row] = Energy(states, others, workspace);
        }
    }

    /// <summary>F(v) = E_visible(v) - sum_j G_j(I_j) of each row, in nats; for binary hidden units G is softplus.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="freeEnergies">A free energy a row, written; computed in double from the float parameters.</param>
    public void FreeEnergy(BitMatrix visible, RbmWorkspace workspace, Span<double> freeEnergies)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckRows(visible.Rows, freeEnergies.Length, nameof(freeEnergies));
        CheckWorkspace(workspace);
        for (int row = 0; row < visible.Rows; row++)
        {
            Span<float> states = workspace.Row.AsSpan(0, Visible.Count);
            Visible.FromBits(visible.Row(row), states);
            freeEnergies[row] = FreeEnergy(states, workspace);
        }
    }

    /// <summary>I_j = b_j + sum_i v_i W_ij of each row, from the exact integer sums.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="inputs">Inputs [rows, hidden], written.</param>
    public void HiddenInputs(BitMatrix visible, RbmWorkspace workspace, Matrix inputs) =>
        Inputs(visible, Visible, Hidden, toHidden: true, workspace, inputs);

    /// <summary>I_i = a_i + sum_j W_ij h_j of each row, from the exact integer sums.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="inputs">Inputs [rows, visible], written.</param>
    public void VisibleInputs(BitMatrix hidden, RbmWorkspace workspace, Matrix inputs) =>
        Inputs(hidden, Hidden, Visible, toHidden: false, workspace, inputs);

    /// <summary>E[h_j | v] of each row: sigmoid of the input for binary units.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, hidden], written.</param>
    public void MeanHidden(BitMatrix visible, RbmWorkspace workspace, Matrix means)
    {
        HiddenInputs(visible, workspace, means);
        for (int row = 0; row < means.Rows; row++)
        {
            Hidden.Mean(means.Row(row), means.Row(row));
        }
    }

    /// <summary>E[v_i | h] of each row.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, visible], written.</param>
    public void MeanVisible(BitMatrix hidden, RbmWorkspace workspace, Matrix means)
    {
        VisibleInputs(hidden, workspace, means);
        for (int row = 0; row < means.Rows; row++)
        {
            Visible.Mean(means.Row(row), means.Row(row));
        }
    }

    /// <summary>The most likely h given v, row by row.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="hidden">Hidden states [rows, hidden], written.</param>
    public void ModeHidden(BitMatrix visible, RbmWorkspace workspace, BitMatrix hidden) =>
        Modes(visible, Visible, Hidden, toHidden: true, workspace, hidden);

    /// <summary>The most likely v given h, row by row.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="visible">Visible states [rows, visible], written.</param>
    public void ModeVisible(BitMatrix hidden, RbmWorkspace workspace, BitMatrix visible) =>
        Modes(hidden, Hidden, Visible, toHidden: false, workspace, visible);

    /// <summary>Draws h from p(h | v), row by row.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="hidden">Hidden states [rows, hidden], written.</param>
    public void SampleHidden(BitMatrix visible, RandomKey key, RbmWorkspace workspace, BitMatrix hidden) =>
        SampleHidden(visible, key, StreamPurpose.HiddenSample, StreamPurpose.HiddenTie, workspace, hidden);

    /// <summary>Draws v from p(v | h), row by row.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="visible">Visible states [rows, visible], written.</param>
    public void SampleVisible(BitMatrix hidden, RandomKey key, RbmWorkspace workspace, BitMatrix visible) =>
        SampleVisible(hidden, key, StreamPurpose.VisibleSample, StreamPurpose.VisibleTie, workspace, visible);

    /// <summary>One step of block Gibbs sampling, v to h to v: leaves p(v) as it is.</summary>
    /// <param name="visible">Visible states [rows, visible], replaced.</param>
    /// <param name="hidden">Hidden states [rows, hidden], written.</param>
    /// <param name="key">Which random numbers; use a fresh step for every call.</param>
    /// <param name="workspace">Scratch.</param>
    public void GibbsStep(BitMatrix visible, BitMatrix hidden, RandomKey key, RbmWorkspace workspace)
    {
        SampleHidden(visible, key, workspace, hidden);
        SampleVisible(hidden, key, workspace, visible);
    }

    /// <summary>Draws h from p(h | v) with random numbers of another purpose.</summary>
    internal void SampleHidden(
        BitMatrix visible, RandomKey key, StreamPurpose draws, StreamPurpose ties, RbmWorkspace workspace, BitMatrix hidden)
    {
        HalfStepArguments arguments = Prepare(visible, Visible, hidden, Hidden, toHidden: true, workspace);
        arguments.Draws = new RandomStream(key.Seed, draws, key.Step, 0);
        arguments.Ties = new RandomStream(key.Seed, ties, key.Step, 0);
        Run(arguments, visible, hidden, toHidden: true, workspace);
    }

    /// <summary>Draws v from p(v | h) with random numbers of another purpose.</summary>
    internal void SampleVisible(
        BitMatrix hidden, RandomKey key, StreamPurpose draws, StreamPurpose ties, RbmWorkspace workspace, BitMatrix visible)
    {
        HalfStepArguments arguments = Prepare(hidden, Hidden, visible, Visible, toHidden: false, workspace);
        arguments.Draws = new RandomStream(key.Seed, draws, key.Step, 0);
        arguments.Ties = new RandomStream(key.Seed, ties, key.Step, 0);
        Run(arguments, hidden, visible, toHidden: false, workspace);
    }

    private unsafe void Inputs(BitMatrix source, UnitLayer from, UnitLayer to, bool toHidden, RbmWorkspace workspace, Matrix inputs)
    {
        CheckStates(source, from, nameof(source));
        CheckWorkspace(workspace);
        ArgumentNullException.ThrowIfNull(inputs);
        CheckRows(source.Rows, inputs.Rows, nameof(inputs));
        Throw.IfLengthDiffers(inputs.Columns, to.Count, nameof(inputs));
        HalfStepArguments arguments = HalfStepFrom(toHidden);
        arguments.InverseScale = InputScale(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.Inputs = inputs.DangerousGetPointer();
        arguments.InputStride = inputs.Stride;
        HalfStep.Run(SimdSelection.Current, arguments, 0, source.Rows, workspace.Lists);
        GC.KeepAlive(source);
        GC.KeepAlive(inputs);
        GC.KeepAlive(workspace);
    }

    private unsafe void Modes(BitMatrix source, UnitLayer from, UnitLayer to, bool toHidden, RbmWorkspace workspace, BitMatrix target)
    {
        HalfStepArguments arguments = Prepare(source, from, target, to, toHidden, workspace);
        arguments.Source = source.DangerousGetPointer();
        Span<float> row = workspace.Row.AsSpan(0, to.Count);
        fixed (float* inputs = row)
        {
            for (int r = 0; r < source.Rows; r++)
            {
                HalfStepArguments one = arguments;
                one.Source += (nint)r * source.WordsPerRow;
                one.States = null;
                one.InverseScale = InputScale(toHidden);
                one.Inputs = inputs;
                HalfStep.Run(SimdSelection.Current, one, 0, 1, workspace.Lists);
                to.Mode(row, row);
                to.ToBits(row, target.Row(r));
            }
        }

        GC.KeepAlive(source);
        GC.KeepAlive(workspace);
    }

    private unsafe HalfStepArguments Prepare(BitMatrix source, UnitLayer from, BitMatrix target, UnitLayer to, bool toHidden, RbmWorkspace workspace)
    {
        CheckStates(source, from, nameof(source));
        CheckStates(target, to, nameof(target));
        CheckRows(source.Rows, target.Rows, nameof(target));
        CheckWorkspace(workspace);
        HalfStepArguments arguments = HalfStepFrom(toHidden);
        arguments.SourceWords = source.WordsPerRow;
        return arguments;
    }

    private unsafe void Run(HalfStepArguments arguments, BitMatrix source, BitMatrix target, bool toHidden, RbmWorkspace workspace)
    {
        arguments.Source = source.DangerousGetPointer();
        arguments.States = target.DangerousGetPointer();
        fixed (float* inputs = workspace.Row)
        {
            // A row at a time where units need their inputs, so that scratch doesn't grow with the batch.
            int step = NeedsInputs(toHidden) ? 1 : Math.Max(1, source.Rows);
            for (int row = 0; row < source.Rows; row += step)
            {
                RunHalfStep(arguments, toHidden, row, row + step, workspace.Lists, inputs, inputStride: 0);
            }
        }

        GC.KeepAlive(source);
        GC.KeepAlive(target);
        GC.KeepAlive(workspace);
    }

    private static void CheckStates(BitMatrix states, UnitLayer layer, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
        if (!layer.StatesAreBits)
        {
            Throw.Argument(name, $"states of {layer.Name} units as a matrix of floats", "bits");
        }

        if (states.Columns != layer.Count)
        {
            Throw.Argument(name, $"{layer.Count} units a row", $"{states.Columns}");
        }
    }

    private static void CheckRows(int expected, int found, string name)
    {
        if (expected != found)
        {
            Throw.Argument(name, $"{expected} rows", $"{found}");
        }
    }

    private void CheckWorkspace(RbmWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int units = Math.Max(Visible.Count, Hidden.Count);
        if (workspace.Units < units)
        {
            Throw.Argument(nameof(workspace), $"scratch for {units} units", $"{workspace.Units}");
        }
    }
}
