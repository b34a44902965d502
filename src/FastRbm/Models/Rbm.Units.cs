using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <content>The same batch operations for units of any kinds, with states as floats.</content>
public sealed partial class Rbm
{
    /// <summary>E(v,h) = E_visible(v) + E_hidden(h) - v'Wh of each row, in nats.</summary>
    /// <remarks>Under word counts the hidden biases count once for every word of the document.</remarks>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="energies">An energy a row, written; computed in double from the float parameters.</param>
    public void Energy(Matrix visible, Matrix hidden, RbmWorkspace workspace, Span<double> energies)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckStates(hidden, Hidden, nameof(hidden));
        CheckRows(visible.Rows, hidden.Rows, nameof(hidden));
        CheckRows(visible.Rows, energies.Length, nameof(energies));
        CheckWorkspace(workspace);
        for (int row = 0; row < visible.Rows; row++)
        {
            energies[row] = Energy(visible.Row(row), hidden.Row(row), workspace);
        }
    }

    /// <summary>F(v) = E_visible(v) - G_hidden(I) of each row, in nats: -log of the sum of exp(-E) over all hidden states.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="freeEnergies">A free energy a row, written; computed in double from the float parameters.</param>
    public void FreeEnergy(Matrix visible, RbmWorkspace workspace, Span<double> freeEnergies)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckRows(visible.Rows, freeEnergies.Length, nameof(freeEnergies));
        CheckWorkspace(workspace);
        for (int row = 0; row < visible.Rows; row++)
        {
            freeEnergies[row] = FreeEnergy(visible.Row(row), workspace);
        }
    }

    /// <summary>I_j = b_j + sum_i v_i W_ij of each row: exact integer sums where states are bits, else float products.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="inputs">Inputs [rows, hidden], written.</param>
    public void HiddenInputs(Matrix visible, RbmWorkspace workspace, Matrix inputs)
    {
        Inputs(visible, Visible, Hidden, toHidden: true, workspace, inputs);
        if (Visible.KeepsTotal)
        {
            for (int row = 0; row < visible.Rows; row++)
            {
                AddBias((float)Total(visible.Row(row)) - 1, inputs.Row(row));
            }
        }
    }

    /// <summary>I_i = a_i + sum_j W_ij h_j of each row.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="inputs">Inputs [rows, visible], written.</param>
    public void VisibleInputs(Matrix hidden, RbmWorkspace workspace, Matrix inputs) =>
        Inputs(hidden, Hidden, Visible, toHidden: false, workspace, inputs);

    /// <summary>E[h_j | v] of each row.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, hidden], written.</param>
    public void MeanHidden(Matrix visible, RbmWorkspace workspace, Matrix means)
    {
        HiddenInputs(visible, workspace, means);
        for (int row = 0; row < means.Rows; row++)
        {
            Hidden.Mean(means.Row(row), means.Row(row));
        }
    }

    /// <summary>E[v_i | h] of each row; of word counts, in a document of one word.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, visible], written.</param>
    public void MeanVisible(Matrix hidden, RbmWorkspace workspace, Matrix means)
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
    public void ModeHidden(Matrix visible, RbmWorkspace workspace, Matrix hidden)
    {
        HiddenInputs(visible, workspace, hidden);
        for (int row = 0; row < hidden.Rows; row++)
        {
            Hidden.Mode(hidden.Row(row), hidden.Row(row));
        }
    }

    /// <summary>The most likely v given h, row by row; of word counts, in a document of one word.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="visible">Visible states [rows, visible], written.</param>
    public void ModeVisible(Matrix hidden, RbmWorkspace workspace, Matrix visible)
    {
        VisibleInputs(hidden, workspace, visible);
        for (int row = 0; row < visible.Rows; row++)
        {
            Visible.Mode(visible.Row(row), visible.Row(row));
        }
    }

    /// <summary>Draws h from p(h | v), row by row.</summary>
    /// <param name="visible">Visible states [rows, visible].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="hidden">Hidden states [rows, hidden], written.</param>
    public void SampleHidden(Matrix visible, RandomKey key, RbmWorkspace workspace, Matrix hidden)
    {
        HiddenInputs(visible, workspace, hidden);
        RandomStream draws = new(key.Seed, StreamPurpose.HiddenSample, key.Step, 0);
        RandomStream ties = new(key.Seed, StreamPurpose.HiddenTie, key.Step, 0);
        for (int row = 0; row < hidden.Rows; row++)
        {
            Hidden.Sample(hidden.Row(row), 0, draws.ForChain(row), ties.ForChain(row), hidden.Row(row));
        }
    }

    /// <summary>Draws v from p(v | h), row by row.</summary>
    /// <param name="hidden">Hidden states [rows, hidden].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="visible">Visible states [rows, visible], written. Word counts keep the totals that the rows have.</param>
    public void SampleVisible(Matrix hidden, RandomKey key, RbmWorkspace workspace, Matrix visible)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckWorkspace(workspace);
        RandomStream draws = new(key.Seed, StreamPurpose.VisibleSample, key.Step, 0);
        RandomStream ties = new(key.Seed, StreamPurpose.VisibleTie, key.Step, 0);
        CheckRows(hidden.Rows, visible.Rows, nameof(visible));
        if (!Visible.KeepsTotal)
        {
            VisibleInputs(hidden, workspace, visible);
            for (int row = 0; row < visible.Rows; row++)
            {
                Visible.Sample(visible.Row(row), 0, draws.ForChain(row), ties.ForChain(row), visible.Row(row));
            }

            return;
        }

        Span<float> inputs = workspace.Row.AsSpan(0, Visible.Count);
        for (int row = 0; row < visible.Rows; row++)
        {
            double total = Total(visible.Row(row));
            InputsOfRow(hidden.Row(row), Hidden, Visible, toHidden: false, workspace, inputs);
            Visible.Sample(inputs, total, draws.ForChain(row), ties.ForChain(row), visible.Row(row));
        }
    }

    /// <summary>One step of block Gibbs sampling, v to h to v: leaves p(v) as it is.</summary>
    /// <param name="visible">Visible states [rows, visible], replaced.</param>
    /// <param name="hidden">Hidden states [rows, hidden], written.</param>
    /// <param name="key">Which random numbers; use a fresh step for every call.</param>
    /// <param name="workspace">Scratch.</param>
    public void GibbsStep(Matrix visible, Matrix hidden, RandomKey key, RbmWorkspace workspace)
    {
        SampleHidden(visible, key, workspace, hidden);
        SampleVisible(hidden, key, workspace, visible);
    }

    /// <summary>Refuses a model that isn't a distribution: two layers of unbounded units with weights too large for their curvatures.</summary>
    /// <remarks>
    /// The joint density is proper if the matrix of curvatures and -W is positive definite, that is, if the largest singular value of
    /// W_ij / sqrt(c_i d_j) is below 1, with c and d the smallest curvatures of the units. For Gaussian units the condition is also
    /// necessary. Allocates.
    /// </remarks>
    /// <exception cref="ArgumentException">The model isn't a distribution, or can't be shown to be one; the message has the singular value.</exception>
    public void CheckProper()
    {
        double norm = CouplingNorm();
        if (norm >= 1)
        {
            Throw.Argument(
                "weights", $"a largest singular value below 1 between {Visible.Name} and {Hidden.Name} units, over the roots of their precisions, for the density to be finite",
                norm.ToString("G6", System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The largest singular value of W_ij / sqrt(c_i d_j); 0 when a layer is bounded.</summary>
    internal double CouplingNorm() => Visible.IsUnbounded && Hidden.IsUnbounded ? new CouplingNorm(this).Compute() : 0;

    private double Energy(ReadOnlySpan<float> visible, ReadOnlySpan<float> hidden, RbmWorkspace workspace)
    {
        Span<double> inputs = workspace.Inputs.AsSpan(0, Hidden.Count);
        ExactHiddenInputs(visible, inputs);
        double energy = Visible.Energy(visible) + Hidden.Energy(hidden);
        ReadOnlySpan<float> bias = Hidden.Bias;
        for (int j = 0; j < inputs.Length; j++)
        {
            energy -= (inputs[j] - bias[j]) * hidden[j];
        }

        return energy;
    }

    private double FreeEnergy(ReadOnlySpan<float> visible, RbmWorkspace workspace)
    {
        Span<double> inputs = workspace.Inputs.AsSpan(0, Hidden.Count);
        ExactHiddenInputs(visible, inputs);
        return Visible.Energy(visible) - Hidden.CumulantGenerating(inputs);
    }

    private void ExactHiddenInputs(ReadOnlySpan<float> visible, Span<double> inputs)
    {
        double times = Visible.KeepsTotal ? Total(visible) : 1;
        ReadOnlySpan<float> bias = Hidden.Bias;
        for (int j = 0; j < inputs.Length; j++)
        {
            inputs[j] = times * bias[j];
        }

        for (int i = 0; i < visible.Length; i++)
        {
            if (visible[i] != 0)
            {
                RowSum.AddScaled(WeightMatrix.Row(i), visible[i], inputs);
            }
        }
    }

    internal static double Total(ReadOnlySpan<float> states)
    {
        double sum = 0;
        foreach (float state in states)
        {
            sum += state;
        }

        return sum;
    }

    internal void AddBias(float times, Span<float> inputs)
    {
        ReadOnlySpan<float> bias = Hidden.Bias;
        for (int j = 0; j < inputs.Length; j++)
        {
            inputs[j] += times * bias[j];
        }
    }

    private void Inputs(Matrix source, UnitLayer from, UnitLayer to, bool toHidden, RbmWorkspace workspace, Matrix inputs)
    {
        CheckStates(source, from, nameof(source));
        CheckWorkspace(workspace);
        CheckStates(inputs, to, nameof(inputs));
        CheckRows(source.Rows, inputs.Rows, nameof(inputs));
        if (from.StatesAreBits)
        {
            for (int row = 0; row < source.Rows; row++)
            {
                InputsOfRow(source.Row(row), from, to, toHidden, workspace, inputs.Row(row));
            }
        }
        else if (source.Rows > 0)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                SimdSelection.Current, toHidden ? GemmLayout.NN : GemmLayout.NT, workspace.Gemm,
                source.AsSpan2D(), WeightMatrix.AsSpan2D(), to.Bias, inputs.AsSpan2D());
        }
    }

    private void InputsOfRow(ReadOnlySpan<float> source, UnitLayer from, UnitLayer to, bool toHidden, RbmWorkspace workspace, Span<float> inputs)
    {
        if (!from.StatesAreBits)
        {
            FloatGemm.MultiplyBias<Epilogues.Identity>(
                SimdSelection.Current, toHidden ? GemmLayout.NN : GemmLayout.NT, workspace.Gemm,
                ReadOnlySpan2D<float>.DangerousCreate(in source[0], 1, source.Length, 0), WeightMatrix.AsSpan2D(), to.Bias,
                Span2D<float>.DangerousCreate(ref inputs[0], 1, inputs.Length, 0));
            return;
        }

        from.ToBits(source, workspace.Bits.Row(0)[..BitMatrix.WordsFor(from.Count)]);
        InputsOfBits(toHidden, workspace, inputs);
    }

    /// <summary>The inputs from the packed row of states in the workspace: exact integer sums.</summary>
    internal unsafe void InputsOfBits(bool toHidden, RbmWorkspace workspace, Span<float> inputs)
    {
        HalfStepArguments arguments = HalfStepFrom(toHidden);
        arguments.InverseScale = InputScale(toHidden);
        arguments.Source = workspace.Bits.DangerousGetPointer();
        arguments.SourceWords = BitMatrix.WordsFor(arguments.SourceUnits);
        fixed (float* target = inputs)
        {
            arguments.Inputs = target;
            arguments.InputStride = 0;
            HalfStep.Run(SimdSelection.Current, arguments, 0, 1, workspace.Lists);
        }

        GC.KeepAlive(workspace);
    }

    private static void CheckStates(Matrix states, UnitLayer layer, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
        if (states.Columns != layer.Count)
        {
            Throw.Argument(name, $"{layer.Count} units a row", $"{states.Columns}");
        }
    }
}
