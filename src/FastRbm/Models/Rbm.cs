using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

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
public sealed partial class Rbm
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
        FixedPoint = new FixedPointWeights(visible.Count, hidden.Count, visible.Kind == UnitKind.Spin, hidden.Kind == UnitKind.Spin, visible.StatesAreBits, hidden.StatesAreBits);
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
        edit(WeightMatrix.AsSpan2D(), Visible.MutableParameter(0), Hidden.MutableParameter(0));
        CheckFinite();
        RebuildFixedPoint();
    }

    internal bool TryRebuildFixedPoint() =>
        FixedPoint.Rebuild(SimdSelection.Current, WeightMatrix, Visible.Parameters, Hidden.Parameters);

    private void RebuildFixedPoint()
    {
        if (!TryRebuildFixedPoint())
        {
            Throw.Argument("parameters", "absolute weights and bias of every unit that sum to less than 2^31", "a larger sum");
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
