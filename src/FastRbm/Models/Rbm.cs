using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// A restricted Boltzmann machine over two unit layers: p(v,h) = exp(-E(v,h)) / Z with
/// E(v,h) = E_visible(v) + E_hidden(h) - v'Wh, for binary units -a.v - b.h - v'Wh.
/// </summary>
/// <remarks>
/// <para>Parameters are floats; beside them stands a fixed-point copy Q = round(W 2^s) from which the inputs of units are summed
/// exactly, so that means and samples don't depend on threads, vector width or order. An input differs from the sum of the
/// floats by at most (number of active units + 1) 2^-(s+1); <see cref="FixedPointBits"/> is s, 23 for a model whose largest sum of
/// absolute weights is 200.</para>
/// <para>Batch operations allocate nothing: the caller passes a workspace. Reading from many threads is safe, each with a
/// workspace of its own; editing is not.</para>
/// <para>Source: Smolensky (1986); Hinton, "A practical guide to training restricted Boltzmann machines" (2010).</para>
/// </remarks>
public sealed class Rbm
{
    /// <summary>Makes a model whose parameters are all zero.</summary>
    /// <param name="visible">The visible layer, which this model then owns.</param>
    /// <param name="hidden">The hidden layer, which this model then owns.</param>
    public Rbm(UnitLayer visible, UnitLayer hidden)
    {
        ArgumentNullException.ThrowIfNull(visible);
        ArgumentNullException.ThrowIfNull(hidden);
        Visible = visible;
        Hidden = hidden;
        WeightMatrix = new Matrix(visible.Count, hidden.Count);
        FixedPoint = new FixedPointWeights(visible.Count, hidden.Count);
        RebuildFixedPoint();
    }

    /// <summary>Makes a binary RBM with the values of double-precision parameters, rounded to floats.</summary>
    /// <param name="parameters">The values.</param>
    /// <exception cref="ArgumentException">A value is too large for a float, or a unit's weights for the fixed-point copy.</exception>
    public Rbm(RbmParameters parameters)
        : this(new BinaryLayer(Checked(parameters).Visible), new BinaryLayer(parameters.Hidden)) =>
        Edit((weights, visibleBias, hiddenBias) =>
        {
            Narrow(parameters.VisibleBias, visibleBias);
            Narrow(parameters.HiddenBias, hiddenBias);
            for (int i = 0; i < visibleBias.Length; i++)
            {
                Narrow(parameters.Weights.AsSpan(i * hiddenBias.Length, hiddenBias.Length), weights.GetRowSpan(i));
            }
        });

    /// <summary>The visible layer.</summary>
    public UnitLayer Visible { get; }

    /// <summary>The hidden layer.</summary>
    public UnitLayer Hidden { get; }

    /// <summary>W [visible, hidden].</summary>
    public ReadOnlySpan2D<float> Weights => WeightMatrix.AsSpan2D();

    /// <summary>s: the fixed-point copy is round(W 2^s).</summary>
    public int FixedPointBits => FixedPoint.ScaleBits;

    /// <summary>An upper bound on the absolute input that any unit can get: |bias| plus the sum of its absolute weights.</summary>
    public double InputBound => FixedPoint.InputBound;

    internal Matrix WeightMatrix { get; }

    internal FixedPointWeights FixedPoint { get; }

    /// <summary>Makes a binary RBM whose parameters are all zero.</summary>
    /// <param name="visible">The number of visible units, at least 1.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Rbm Binary(int visible, int hidden) => new(new BinaryLayer(visible), new BinaryLayer(hidden));

    /// <summary>Changes parameters; the fixed-point copy follows.</summary>
    /// <param name="edit">Writes what it wants to change.</param>
    /// <exception cref="ArgumentException">A parameter isn't finite afterwards, or a unit's weights are too large to sum in 32 bits
    /// (2^31 in all); the model then keeps the values but must be edited again before use.</exception>
    public void Edit(RbmEditor edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        edit(WeightMatrix.AsSpan2D(), Visible.Parameters.Row(0), Hidden.Parameters.Row(0));
        CheckFinite();
        RebuildFixedPoint();
    }

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
            Span<double> inputs = workspace.Inputs.AsSpan(0, Hidden.Count);
            ExactHiddenInputs(visible.Row(row), inputs);
            double energy = -Field(visible.Row(row), Visible.Bias);
            ReadOnlySpan<ulong> states = hidden.Row(row);
            for (int j = 0; j < inputs.Length; j++)
            {
                if ((states[j >> 6] >> (j & 63) & 1) != 0)
                {
                    energy -= inputs[j];
                }
            }

            energies[row] = energy;
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
            Span<double> inputs = workspace.Inputs.AsSpan(0, Hidden.Count);
            ExactHiddenInputs(visible.Row(row), inputs);
            freeEnergies[row] = -Field(visible.Row(row), Visible.Bias) - Hidden.CumulantGenerating(inputs);
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
    public void SampleVisible(BitMatrix hidden, RandomKey key, RbmWorkspace workspace, BitMatrix visible)
    {
        HalfStepArguments arguments = Prepare(hidden, Hidden, visible, Visible, toHidden: false, workspace);
        arguments.Draws = new RandomStream(key.Seed, StreamPurpose.VisibleSample, key.Step, 0);
        arguments.Ties = new RandomStream(key.Seed, StreamPurpose.VisibleTie, key.Step, 0);
        Run(arguments, hidden, visible, workspace);
    }

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
        Run(arguments, visible, hidden, workspace);
    }

    /// <summary>What a half step in one direction reads; no output is asked for yet.</summary>
    internal unsafe HalfStepArguments HalfStepFrom(bool toHidden) => new()
    {
        Panels = toHidden ? FixedPoint.HiddenPanels : FixedPoint.VisiblePanels,
        Bias = toHidden ? FixedPoint.HiddenBias : FixedPoint.VisibleBias,
        SourceUnits = toHidden ? Visible.Count : Hidden.Count,
        TargetUnits = toHidden ? Hidden.Count : Visible.Count,
        InverseScale = FixedPoint.InverseScale,
    };

    internal bool TryRebuildFixedPoint() =>
        FixedPoint.Rebuild(SimdSelection.Current, WeightMatrix, Visible.Parameters, Hidden.Parameters);

    private void RebuildFixedPoint()
    {
        if (!TryRebuildFixedPoint())
        {
            Throw.Argument("parameters", "absolute weights and bias of every unit that sum to less than 2^31", "a larger sum");
        }
    }

    private void ExactHiddenInputs(ReadOnlySpan<ulong> visible, Span<double> inputs)
    {
        ReadOnlySpan<float> bias = Hidden.Bias;
        for (int j = 0; j < inputs.Length; j++)
        {
            inputs[j] = bias[j];
        }

        for (int i = 0; i < Visible.Count; i++)
        {
            if ((visible[i >> 6] >> (i & 63) & 1) != 0)
            {
                ReadOnlySpan<float> row = WeightMatrix.Row(i);
                for (int j = 0; j < inputs.Length; j++)
                {
                    inputs[j] += row[j];
                }
            }
        }
    }

    private static double Field(ReadOnlySpan<ulong> states, ReadOnlySpan<float> bias)
    {
        double sum = 0;
        for (int unit = 0; unit < bias.Length; unit++)
        {
            if ((states[unit >> 6] >> (unit & 63) & 1) != 0)
            {
                sum += bias[unit];
            }
        }

        return sum;
    }

    private unsafe void Inputs(BitMatrix source, UnitLayer from, UnitLayer to, bool toHidden, RbmWorkspace workspace, Matrix inputs)
    {
        CheckStates(source, from, nameof(source));
        CheckWorkspace(workspace);
        ArgumentNullException.ThrowIfNull(inputs);
        CheckRows(source.Rows, inputs.Rows, nameof(inputs));
        Throw.IfLengthDiffers(inputs.Columns, to.Count, nameof(inputs));
        HalfStepArguments arguments = HalfStepFrom(toHidden);
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
                one.Inputs = inputs;
                HalfStep.Run(SimdSelection.Current, one, 0, 1, workspace.Lists);
                to.Mode(row, row);
                Pack(row, target.Row(r));
            }
        }

        GC.KeepAlive(source);
        GC.KeepAlive(workspace);
    }

    private static void Pack(ReadOnlySpan<float> states, Span<ulong> words)
    {
        words.Clear();
        for (int unit = 0; unit < states.Length; unit++)
        {
            words[unit >> 6] |= (states[unit] != 0 ? 1UL : 0UL) << (unit & 63);
        }
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

    private static unsafe void Run(HalfStepArguments arguments, BitMatrix source, BitMatrix target, RbmWorkspace workspace)
    {
        arguments.Source = source.DangerousGetPointer();
        arguments.States = target.DangerousGetPointer();
        HalfStep.Run(SimdSelection.Current, arguments, 0, source.Rows, workspace.Lists);
        GC.KeepAlive(source);
        GC.KeepAlive(target);
        GC.KeepAlive(workspace);
    }

    private static void CheckStates(BitMatrix states, UnitLayer layer, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
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

    private void CheckFinite()
    {
        CheckFinite(Visible.Bias, "visible bias", -1);
        CheckFinite(Hidden.Bias, "hidden bias", -1);
        for (int row = 0; row < WeightMatrix.Rows; row++)
        {
            CheckFinite(WeightMatrix.Row(row), "weights", row);
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> values, string name, int row)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                string place = row < 0 ? $"unit {i}" : $"row {row}, column {i}";
                Throw.Argument(name, "finite values", $"{values[i].ToString(System.Globalization.CultureInfo.InvariantCulture)} at {place}");
            }
        }
    }

    private static RbmParameters Checked(RbmParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters;
    }

    private static void Narrow(ReadOnlySpan<double> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = (float)source[i];
        }
    }
}
