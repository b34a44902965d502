using System.Globalization;
using System.Text;

namespace FastRbm.Reference;

/// <summary>
/// A restricted Boltzmann machine with binary units in naive doubles: E(v,h) = -a.v - b.h - v'Wh, p(v,h) = exp(-E(v,h)) / Z.
/// </summary>
/// <remarks>
/// Written from the textbook, one loop for one sum, so that it can be judged by reading. Immutable. Visible vectors may also
/// be real, in [0, 1]; the formulas are the same. Source: Hinton, "A practical guide to training restricted Boltzmann
/// machines" (2010); Fischer and Igel, "An introduction to restricted Boltzmann machines" (2012).
/// </remarks>
public sealed partial class ReferenceRbm
{
    private readonly double[,] _weights;
    private readonly double[] _visibleBias;
    private readonly double[] _hiddenBias;

    /// <summary>Copies the parameters.</summary>
    /// <param name="weights">W, [visible, hidden].</param>
    /// <param name="visibleBias">a, a number for each visible unit.</param>
    /// <param name="hiddenBias">b, a number for each hidden unit.</param>
    /// <exception cref="ArgumentException">The lengths don't fit the weights, or a number isn't finite.</exception>
    public ReferenceRbm(double[,] weights, double[] visibleBias, double[] hiddenBias)
    {
        RequireLength(visibleBias, weights.GetLength(0), nameof(visibleBias));
        RequireLength(hiddenBias, weights.GetLength(1), nameof(hiddenBias));
        _weights = (double[,])weights.Clone();
        _visibleBias = (double[])visibleBias.Clone();
        _hiddenBias = (double[])hiddenBias.Clone();
        RequireFinite(_weights.Cast<double>(), nameof(weights));
        RequireFinite(_visibleBias, nameof(visibleBias));
        RequireFinite(_hiddenBias, nameof(hiddenBias));
    }

    /// <summary>The number of visible units.</summary>
    public int Visible => _visibleBias.Length;

    /// <summary>The number of hidden units.</summary>
    public int Hidden => _hiddenBias.Length;

    /// <summary>a.</summary>
    public ReadOnlySpan<double> VisibleBias => _visibleBias;

    /// <summary>b.</summary>
    public ReadOnlySpan<double> HiddenBias => _hiddenBias;

    /// <summary>W_ij.</summary>
    public double Weight(int visible, int hidden) => _weights[visible, hidden];

    /// <summary>A copy of W, [visible, hidden].</summary>
    public double[,] CopyWeights() => (double[,])_weights.Clone();

    /// <summary>E(v,h) = -a.v - b.h - v'Wh.</summary>
    public double Energy(bool[] visible, bool[] hidden)
    {
        RequireLength(visible, Visible, nameof(visible));
        RequireLength(hidden, Hidden, nameof(hidden));
        double energy = 0;
        for (int i = 0; i < Visible; i++)
        {
            energy -= visible[i] ? _visibleBias[i] : 0;
        }

        for (int j = 0; j < Hidden; j++)
        {
            energy -= hidden[j] ? _hiddenBias[j] : 0;
        }

        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                energy -= visible[i] && hidden[j] ? _weights[i, j] : 0;
            }
        }

        return energy;
    }

    /// <summary>x_j = b_j + sum_i v_i W_ij.</summary>
    public double[] HiddenInputs(double[] visible)
    {
        RequireLength(visible, Visible, nameof(visible));
        double[] inputs = new double[Hidden];
        for (int j = 0; j < Hidden; j++)
        {
            inputs[j] = _hiddenBias[j];
            for (int i = 0; i < Visible; i++)
            {
                inputs[j] += visible[i] * _weights[i, j];
            }
        }

        return inputs;
    }

    /// <summary>x_j = b_j + sum_i v_i W_ij.</summary>
    public double[] HiddenInputs(bool[] visible) => HiddenInputs(BinaryStates.ToDoubles(visible));

    /// <summary>y_i = a_i + sum_j W_ij h_j.</summary>
    public double[] VisibleInputs(double[] hidden)
    {
        RequireLength(hidden, Hidden, nameof(hidden));
        double[] inputs = new double[Visible];
        for (int i = 0; i < Visible; i++)
        {
            inputs[i] = _visibleBias[i];
            for (int j = 0; j < Hidden; j++)
            {
                inputs[i] += _weights[i, j] * hidden[j];
            }
        }

        return inputs;
    }

    /// <summary>y_i = a_i + sum_j W_ij h_j.</summary>
    public double[] VisibleInputs(bool[] hidden) => VisibleInputs(BinaryStates.ToDoubles(hidden));

    /// <summary>p(h_j = 1 | v) = sigmoid(x_j).</summary>
    public double[] MeanHidden(double[] visible) => Array.ConvertAll(HiddenInputs(visible), ReferenceMath.Sigmoid);

    /// <summary>p(h_j = 1 | v) = sigmoid(x_j).</summary>
    public double[] MeanHidden(bool[] visible) => MeanHidden(BinaryStates.ToDoubles(visible));

    /// <summary>p(v_i = 1 | h) = sigmoid(y_i); for a real h, the mean-field reconstruction.</summary>
    public double[] MeanVisible(double[] hidden) => Array.ConvertAll(VisibleInputs(hidden), ReferenceMath.Sigmoid);

    /// <summary>p(v_i = 1 | h) = sigmoid(y_i).</summary>
    public double[] MeanVisible(bool[] hidden) => MeanVisible(BinaryStates.ToDoubles(hidden));

    /// <summary>F(v) = -a.v - sum_j softplus(x_j), which is -log sum_h exp(-E(v,h)).</summary>
    public double FreeEnergy(double[] visible)
    {
        double free = 0;
        foreach (double input in HiddenInputs(visible))
        {
            free -= ReferenceMath.Softplus(input);
        }

        for (int i = 0; i < Visible; i++)
        {
            free -= _visibleBias[i] * visible[i];
        }

        return free;
    }

    /// <summary>F(v) = -a.v - sum_j softplus(x_j), which is -log sum_h exp(-E(v,h)).</summary>
    public double FreeEnergy(bool[] visible) => FreeEnergy(BinaryStates.ToDoubles(visible));

    /// <summary>-b.h - sum_i softplus(y_i), which is -log sum_v exp(-E(v,h)).</summary>
    public double FreeEnergyOfHidden(bool[] hidden)
    {
        double free = 0;
        foreach (double input in VisibleInputs(hidden))
        {
            free -= ReferenceMath.Softplus(input);
        }

        for (int j = 0; j < Hidden; j++)
        {
            free -= hidden[j] ? _hiddenBias[j] : 0;
        }

        return free;
    }

    /// <summary>All parameters with all their digits, so that a failing case can be typed in again.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"RBM {Visible} x {Hidden}, weights ");
        for (int i = 0; i < Visible; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{string.Join(", ", Enumerable.Range(0, Hidden).Select(j => _weights[i, j]))}] ");
        }

        text.Append(CultureInfo.InvariantCulture, $"visible bias [{string.Join(", ", _visibleBias)}] ");
        text.Append(CultureInfo.InvariantCulture, $"hidden bias [{string.Join(", ", _hiddenBias)}]");
        return text.ToString();
    }

    private static void RequireLength<T>(T[] values, int expected, string name)
    {
        if (values.Length != expected)
        {
            throw new ArgumentException($"{name}: expected a length of {expected}, found {values.Length}.", name);
        }
    }

    private static void RequireFinite(IEnumerable<double> values, string name)
    {
        int place = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                throw new ArgumentException($"{name}: expected finite numbers, found {value} at {place}.", name);
            }

            place++;
        }
    }
}
