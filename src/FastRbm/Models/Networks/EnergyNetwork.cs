using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Networks;

/// <summary>
/// A network whose K outputs are both a classifier and an energy: E(x, y) = -NN(x)[y] + C |x|^2 / 2, so that p(y | x) is the softmax of the outputs and
/// E(x) = -log sum_y exp(NN(x)[y]) + C |x|^2 / 2, p(x) = exp(-E(x)) / Z.
/// </summary>
/// <remarks>
/// <para>x are states: values v of data times a scale plus an offset, pixels from 0 to 1 by default to -1 to 1. With a finite bound p lives in the box
/// of states within it; without one the confinement C keeps it normalised, as log sum exp of a network grows no faster than linearly.</para>
/// <para>Source: Grathwohl, Wang, Jacobsen, Duvenaud, Norouzi and Swersky, "Your classifier is secretly an energy based model and you should treat it
/// like one" (ICLR 2020), equations 5 to 8 (JEM); Du and Mordatch, "Implicit generation and modeling with energy based models" (NeurIPS 2019).</para>
/// <para>As a classifier it has a workspace of its own: one thread at a time.</para>
/// </remarks>
public sealed class EnergyNetwork : IClassifier
{
    private const int Batch = 120;

    private NetworkWorkspace? _workspace;

    /// <summary>Makes a model of a network, which it then owns.</summary>
    /// <param name="network">The network: an output a class, at least 2, linear.</param>
    /// <param name="options">Domain and data.</param>
    /// <exception cref="ArgumentException">The outputs are fewer than two or not linear, hidden units have kinks, or p couldn't be normalised: no bound and no confinement.</exception>
    public EnergyNetwork(Network network, EnergyNetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Throw.IfLess(network.Outputs, 2, "classes");
        for (int layer = 0; layer < network.Layers.Count; layer++)
        {
            UnitFunction function = network.Layers[layer].Function;
            if (layer == network.Layers.Count - 1 && function != UnitFunction.Linear)
            {
                Throw.Argument(nameof(network), "linear outputs", function.ToString());
            }

            if (function == UnitFunction.Relu)
            {
                Throw.Argument(nameof(network), "smooth units (sigmoid, tanh, softplus or swish): Langevin steps need a gradient everywhere", $"relu in layer {layer}");
            }
        }

        Network = network;
        Options = options;
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>Domain and data.</summary>
    public EnergyNetworkOptions Options { get; }

    /// <inheritdoc/>
    public int Columns => Network.Inputs;

    /// <inheritdoc/>
    public int Classes => Network.Outputs;

    /// <summary>Reads a row of data as a state. Allocates nothing.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="row">The row.</param>
    /// <param name="state">Columns values, overwritten.</param>
    public void CopyState(IVisibleRows rows, int row, Span<float> state)
    {
        ArgumentNullException.ThrowIfNull(rows);
        rows.CopyMeans(row, state);
        float scale = (float)Options.DataScale;
        float offset = (float)Options.DataOffset;
        foreach (ref float value in state)
        {
            value = (value * scale) + offset;
        }
    }

    /// <summary>Turns states into values of data. Allocates nothing.</summary>
    /// <param name="state">The states.</param>
    /// <param name="values">As many values, overwritten; may be the states.</param>
    public void ToData(ReadOnlySpan<float> state, Span<float> values)
    {
        Throw.IfLengthDiffers(values.Length, state.Length, nameof(values));
        for (int i = 0; i < state.Length; i++)
        {
            values[i] = (float)((state[i] - Options.DataOffset) / Options.DataScale);
        }
    }

    /// <summary>Refuses data with missing values or states outside of the bound.</summary>
    /// <param name="rows">The data.</param>
    /// <exception cref="ArgumentException">The width differs, values are missing, or a state isn't within the bound; the message names row and column.</exception>
    public void CheckRows(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLengthDiffers(rows.Columns, Columns, nameof(rows));
        PartialRows.RequireComplete(rows, nameof(rows));
        float[] state = new float[Columns];
        double bound = Math.Min(Options.Bound, float.MaxValue) * (1 + 1e-6);
        for (int row = 0; row < rows.Rows; row++)
        {
            CopyState(rows, row, state);
            for (int column = 0; column < state.Length; column++)
            {
                if (!(Math.Abs(state[column]) <= bound))
                {
                    Throw.Argument(nameof(rows), FormattableString.Invariant($"a state from {-Options.Bound} to {Options.Bound} in row {row}, column {column}"), FormattableString.Invariant($"{state[column]}"));
                }
            }
        }
    }

    /// <summary>Computes energies of states. Allocates nothing.</summary>
    /// <param name="workspace">A workspace of the network; its inputs are the states.</param>
    /// <param name="rows">How many.</param>
    /// <param name="energies">E(x) of each in nats, or E(x, y) of a class.</param>
    /// <param name="label">y, or null for E(x).</param>
    public void Energies(NetworkWorkspace workspace, int rows, Span<double> energies, int? label = null)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (label is < 0 || label >= Classes)
        {
            Throw.OutOfRange(nameof(label), $"a class from 0 to {Classes - 1}", label);
        }

        Network.Forward(workspace, rows);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> outputs = workspace.Outputs.Row(row);
            energies[row] = Confinement(workspace.Inputs.Row(row)) - (label is { } y ? outputs[y] : SoftmaxRow.LogSum(outputs));
        }
    }

    /// <summary>Computes log p(x) + log Z = -E(x) of rows of data.</summary>
    /// <param name="rows">The data.</param>
    /// <param name="firstRow">The first row that is read.</param>
    /// <param name="values">A value a row.</param>
    public void LogDensities(IVisibleRows rows, int firstRow, Span<double> values)
    {
        NetworkWorkspace workspace = Workspace();
        for (int start = 0; start < values.Length; start += Batch)
        {
            int count = Math.Min(Batch, values.Length - start);
            Fill(workspace, rows, firstRow + start, count);
            Energies(workspace, count, values.Slice(start, count));
        }

        foreach (ref double value in values)
        {
            value = -value;
        }
    }

    /// <inheritdoc/>
    public void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(destination);
        Throw.IfLengthDiffers(destination.Columns, Classes, nameof(destination));
        NetworkWorkspace workspace = Workspace();
        for (int start = 0; start < destination.Rows; start += Batch)
        {
            int count = Math.Min(Batch, destination.Rows - start);
            Fill(workspace, rows, firstRow + start, count);
            Network.Forward(workspace, count);
            for (int row = 0; row < count; row++)
            {
                SoftmaxRow.Logarithms(workspace.Outputs.Row(row), destination.Row(start + row));
            }
        }
    }

    /// <summary>A model of the same options with a copy of the network.</summary>
    /// <returns>The copy.</returns>
    public EnergyNetwork Clone() => new(Network.Clone(), Options);

    /// <summary>C |x|^2 / 2.</summary>
    internal double Confinement(ReadOnlySpan<float> state)
    {
        if (Options.Confinement == 0)
        {
            return 0;
        }

        double sum = 0;
        foreach (float value in state)
        {
            sum += (double)value * value;
        }

        return 0.5 * Options.Confinement * sum;
    }

    /// <summary>The energy of a row of outputs, without the confinement, and its gradient by the outputs times a scale.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="label">A class, or <see cref="ClassLabels.Unlabelled"/> for E(x).</param>
    /// <param name="scale">The scale.</param>
    /// <param name="gradients">A value an output, written.</param>
    /// <returns>The energy; NaN if an output isn't finite.</returns>
    internal static double Score(ReadOnlySpan<float> outputs, byte label, double scale, Span<float> gradients)
    {
        if (label == ClassLabels.Unlabelled)
        {
            return -SoftmaxRow.Run(outputs, -scale, gradients);
        }

        gradients.Clear();
        gradients[label] = (float)-scale;
        return float.IsFinite(outputs[label]) ? -outputs[label] : double.NaN;
    }

    private NetworkWorkspace Workspace() => _workspace ??= new NetworkWorkspace(Network, Batch);

    private void Fill(NetworkWorkspace workspace, IVisibleRows rows, int firstRow, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLengthDiffers(rows.Columns, Columns, nameof(rows));
        if (firstRow < 0 || count > rows.Rows - firstRow)
        {
            Throw.OutOfRange(nameof(firstRow), $"0 to {rows.Rows - count}", firstRow);
        }

        for (int row = 0; row < count; row++)
        {
            CopyState(rows, firstRow + row, workspace.Inputs.Row(row));
        }
    }
}
