using FastRbm.Errors;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>A layer of units of one kind: what a state costs, and how it is distributed given its input.</summary>
/// <remarks>
/// <para>Every kind has a linear field, the bias t, and may have more parameters: E(x) = -t.x + U(x). The input of a unit is
/// I = t + (sum of the weights from the other layer): the bias is part of it. Given its input a unit has the density
/// p(x | I) = exp(I x - U(x) - G(I)) with the cumulant generating function G(I) = log sum over x of exp(I x - U(x)).</para>
/// <para>All parameters of a layer are rows of one matrix, the bias first, so that an optimiser need not know the kind. Work is
/// handed over by the row or by the batch, never by the unit. Safe to read from many threads.</para>
/// </remarks>
public abstract class UnitLayer
{
    private protected UnitLayer(int count, int parameterRows)
    {
        Throw.IfLess(count, 1);
        Parameters = new Matrix(parameterRows, count);
    }

    /// <summary>What the states are.</summary>
    public abstract UnitKind Kind { get; }

    /// <summary>The name of the kind in files: "binary".</summary>
    public abstract string Name { get; }

    /// <summary>The number of units.</summary>
    public int Count => Parameters.Columns;

    /// <summary>Whether states are 0 or 1 and are kept as packed bits.</summary>
    public abstract bool StatesAreBits { get; }

    /// <summary>The linear fields t.</summary>
    public ReadOnlySpan<float> Bias => Parameters.Row(0);

    /// <summary>All parameters [kinds of parameter, units], the bias in row 0.</summary>
    internal Matrix Parameters { get; }

    /// <summary>E(x) = -t.x + U(x) of one row of states, in double.</summary>
    /// <param name="states">Count states.</param>
    /// <returns>The energy in nats.</returns>
    public abstract double Energy(ReadOnlySpan<float> states);

    /// <summary>G(I) summed over the units, in double.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <returns>A number of nats.</returns>
    public abstract double CumulantGenerating(ReadOnlySpan<double> inputs);

    /// <summary>The mean of every unit given its input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="means">Count means, written; may be the inputs.</param>
    public abstract void Mean(ReadOnlySpan<float> inputs, Span<float> means);

    /// <summary>The variance of every unit given its input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="variances">Count variances, written; may be the inputs.</param>
    public abstract void Variance(ReadOnlySpan<float> inputs, Span<float> variances);

    /// <summary>The most likely state of every unit given its input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="states">Count states, written; may be the inputs.</param>
    public abstract void Mode(ReadOnlySpan<float> inputs, Span<float> states);

    /// <summary>Draws a state of every unit given its input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="ties">The row's stream for draws that the first bits don't decide.</param>
    /// <param name="states">Count states, written; may be the inputs.</param>
    internal abstract void Sample(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<float> states);

    private protected void CheckRow(int length, string name) => Throw.IfLengthDiffers(length, Count, name);

    private protected static SimdLevel Level => SimdSelection.Current;
}
