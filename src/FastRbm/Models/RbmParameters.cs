using FastRbm.Errors;

namespace FastRbm.Models;

/// <summary>The parameters of a binary RBM in double precision, for exact evaluation and for files that hold doubles.</summary>
/// <remarks>E(v,h) = -a.v - b.h - v'Wh. Immutable in size; the arrays are the values, not copies.</remarks>
public sealed class RbmParameters
{
    /// <summary>Takes over the arrays.</summary>
    /// <param name="weights">W, row-major [visible, hidden].</param>
    /// <param name="visibleBias">a.</param>
    /// <param name="hiddenBias">b.</param>
    /// <exception cref="ArgumentException">The lengths don't fit, a layer is empty, or a value isn't finite (row and column are named).</exception>
    public RbmParameters(double[] weights, double[] visibleBias, double[] hiddenBias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(visibleBias);
        ArgumentNullException.ThrowIfNull(hiddenBias);
        Throw.IfLess(visibleBias.Length, 1);
        Throw.IfLess(hiddenBias.Length, 1);
        if (weights.Length != (long)visibleBias.Length * hiddenBias.Length)
        {
            Throw.Length(nameof(weights), (long)visibleBias.Length * hiddenBias.Length, weights.Length);
        }

        CheckFinite(weights, nameof(weights), hiddenBias.Length);
        CheckFinite(visibleBias, nameof(visibleBias), visibleBias.Length);
        CheckFinite(hiddenBias, nameof(hiddenBias), hiddenBias.Length);
        Weights = weights;
        VisibleBias = visibleBias;
        HiddenBias = hiddenBias;
    }

    /// <summary>W, row-major [visible, hidden].</summary>
    public double[] Weights { get; }

    /// <summary>a.</summary>
    public double[] VisibleBias { get; }

    /// <summary>b.</summary>
    public double[] HiddenBias { get; }

    /// <summary>The number of visible units.</summary>
    public int Visible => VisibleBias.Length;

    /// <summary>The number of hidden units.</summary>
    public int Hidden => HiddenBias.Length;

    /// <summary>
    /// What the energies of the model of spins that these are the parameters of are above those of its bits; 0 for binary units. Its log Z is
    /// the bits' less this.
    /// </summary>
    public double EnergyShift { get; private init; }

    /// <summary>The exact double values of a model's float parameters; of spins x = 2 b - 1, those of the same model over the bits b.</summary>
    /// <remarks>
    /// With x = c b - d (c = 2, d = 1 for spins, 1 and 0 for binary units), and c', d' of the hidden units: weights c c' W, biases
    /// c (a - d' W 1) and c' (b - d W' 1), and energies shifted by d sum a + d' sum b - d d' sum W.
    /// </remarks>
    /// <param name="rbm">An RBM of binary units and spins.</param>
    /// <returns>New arrays.</returns>
    /// <exception cref="ArgumentException">Units are of other kinds.</exception>
    public static RbmParameters From(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        foreach (UnitLayer layer in (ReadOnlySpan<UnitLayer>)[rbm.Visible, rbm.Hidden])
        {
            if (layer.Kind is not (UnitKind.Binary or UnitKind.Spin))
            {
                Throw.Argument(nameof(rbm), "binary units or spins", layer.Name);
            }
        }

        double[] weights = new double[(long)rbm.Visible.Count * rbm.Hidden.Count];
        for (int i = 0; i < rbm.Visible.Count; i++)
        {
            Widen(rbm.WeightMatrix.Row(i), weights.AsSpan(i * rbm.Hidden.Count, rbm.Hidden.Count));
        }

        double[] visibleBias = new double[rbm.Visible.Count];
        double[] hiddenBias = new double[rbm.Hidden.Count];
        Widen(rbm.Visible.Bias, visibleBias);
        Widen(rbm.Hidden.Bias, hiddenBias);
        bool visibleSpins = rbm.Visible.Kind == UnitKind.Spin;
        bool hiddenSpins = rbm.Hidden.Kind == UnitKind.Spin;
        return visibleSpins || hiddenSpins ? OfBits(weights, visibleBias, hiddenBias, visibleSpins, hiddenSpins) : new RbmParameters(weights, visibleBias, hiddenBias);
    }

    /// <summary>The inputs of the hidden units: I_j = b_j + sum over the units that are on of W_ij.</summary>
    /// <param name="visible">Packed visible states.</param>
    /// <param name="inputs">Hidden inputs, written.</param>
    public void HiddenInputs(ReadOnlySpan<ulong> visible, Span<double> inputs)
    {
        HiddenBias.CopyTo(inputs);
        for (int i = 0; i < Visible; i++)
        {
            if ((visible[i >> 6] >> (i & 63) & 1) != 0)
            {
                AddRow(i, inputs);
            }
        }
    }

    /// <summary>a.v for packed visible states.</summary>
    /// <param name="visible">Packed visible states.</param>
    /// <returns>The sum of the biases of the units that are on.</returns>
    public double VisibleField(ReadOnlySpan<ulong> visible)
    {
        double sum = 0;
        for (int i = 0; i < Visible; i++)
        {
            if ((visible[i >> 6] >> (i & 63) & 1) != 0)
            {
                sum += VisibleBias[i];
            }
        }

        return sum;
    }

    private static RbmParameters OfBits(double[] weights, double[] visibleBias, double[] hiddenBias, bool visibleSpins, bool hiddenSpins)
    {
        int hidden = hiddenBias.Length;
        double visibleFactor = visibleSpins ? 2 : 1;
        double hiddenFactor = hiddenSpins ? 2 : 1;
        double shift = (visibleSpins ? visibleBias.Sum() : 0) + (hiddenSpins ? hiddenBias.Sum() : 0) - (visibleSpins && hiddenSpins ? weights.Sum() : 0);
        double[] visible = [.. visibleBias];
        double[] hiddenOfBits = [.. hiddenBias];
        for (int i = 0; i < visible.Length; i++)
        {
            for (int j = 0; j < hidden; j++)
            {
                double weight = weights[(i * hidden) + j];
                visible[i] -= hiddenSpins ? weight : 0;
                hiddenOfBits[j] -= visibleSpins ? weight : 0;
                weights[(i * hidden) + j] = visibleFactor * hiddenFactor * weight;
            }
        }

        return new RbmParameters(
            weights, Array.ConvertAll(visible, bias => visibleFactor * bias), Array.ConvertAll(hiddenOfBits, bias => hiddenFactor * bias))
        { EnergyShift = shift };
    }

    private void AddRow(int unit, Span<double> inputs)
    {
        ReadOnlySpan<double> row = Weights.AsSpan(unit * Hidden, Hidden);
        for (int j = 0; j < inputs.Length; j++)
        {
            inputs[j] += row[j];
        }
    }

    private static void Widen(ReadOnlySpan<float> source, Span<double> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = source[i];
        }
    }

    private static void CheckFinite(double[] values, string name, int columns)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                string place = values.Length == columns ? $"element {i}" : $"row {i / columns}, column {i % columns}";
                Throw.Argument(name, "finite values", $"{values[i].ToString(System.Globalization.CultureInfo.InvariantCulture)} at {place}");
            }
        }
    }
}
