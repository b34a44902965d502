using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Networks;

/// <summary>A layer of a network: y = f(x W + b), W [inputs, outputs]. Owner of its parameters.</summary>
/// <remarks>Not thread-safe for writing.</remarks>
public sealed class DenseLayer
{
    /// <summary>Allocates a layer of zeros.</summary>
    /// <param name="inputs">The number of inputs, at least 1.</param>
    /// <param name="outputs">The number of units, at least 1.</param>
    /// <param name="function">f.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1, or there is no such function.</exception>
    public DenseLayer(int inputs, int outputs, UnitFunction function)
    {
        Throw.IfLess(inputs, 1);
        Throw.IfLess(outputs, 1);
        if (!Enum.IsDefined(function))
        {
            Throw.OutOfRange(nameof(function), "linear, sigmoid, tanh, softplus, swish or relu", (int)function);
        }

        Function = function;
        WeightMatrix = new Matrix(inputs, outputs);
        BiasMatrix = new Matrix(1, outputs);
    }

    /// <summary>Makes a layer with given parameters.</summary>
    /// <param name="weights">W, [inputs, outputs], at least 1 of each. Copied.</param>
    /// <param name="bias">b, a value a unit. Copied.</param>
    /// <param name="function">f.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a parameter isn't finite; the message names the place.</exception>
    public DenseLayer(ReadOnlySpan2D<float> weights, ReadOnlySpan<float> bias, UnitFunction function)
        : this(weights.Height, weights.Width, function)
    {
        Throw.IfLengthDiffers(bias.Length, weights.Width, nameof(bias));
        for (int i = 0; i < weights.Height; i++)
        {
            ReadOnlySpan<float> row = weights.GetRowSpan(i);
            CheckFinite(nameof(weights), row, i);
            row.CopyTo(WeightMatrix.Row(i));
        }

        CheckFinite(nameof(bias), bias, 0);
        bias.CopyTo(BiasMatrix.Row(0));
    }

    /// <summary>The number of inputs.</summary>
    public int Inputs => WeightMatrix.Rows;

    /// <summary>The number of units.</summary>
    public int Outputs => WeightMatrix.Columns;

    /// <summary>The function of the units.</summary>
    public UnitFunction Function { get; }

    /// <summary>W, [inputs, outputs]: a view that writes to the layer.</summary>
    public Span2D<float> Weights => WeightMatrix.AsSpan2D();

    /// <summary>b: a view that writes to the layer.</summary>
    public Span<float> Bias => BiasMatrix.Row(0);

    /// <summary>W.</summary>
    internal Matrix WeightMatrix { get; }

    /// <summary>b, as one row.</summary>
    internal Matrix BiasMatrix { get; }

    private static void CheckFinite(string name, ReadOnlySpan<float> values, int row)
    {
        for (int column = 0; column < values.Length; column++)
        {
            if (!float.IsFinite(values[column]))
            {
                Throw.Argument(name, $"a finite number in row {row}, column {column}", values[column].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }
}
