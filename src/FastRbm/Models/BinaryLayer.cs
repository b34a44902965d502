using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>Units with states 0 and 1: U(x) = 0, G(I) = softplus(I), mean sigmoid(I).</summary>
public sealed class BinaryLayer : UnitLayer
{
    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public BinaryLayer(int count)
        : base(count, "bias")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Binary;

    /// <inheritdoc/>
    public override string Name => "binary";

    /// <inheritdoc/>
    public override bool StatesAreBits => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states) => LinearEnergy(states);

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        foreach (double input in inputs)
        {
            sum += DoubleMath.Softplus(input);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        ElementaryKernels.Sigmoid(Level, inputs, means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        Mean(inputs, variances);
        for (int unit = 0; unit < variances.Length; unit++)
        {
            variances[unit] *= 1f - variances[unit];
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = inputs[unit] > 0 ? 1f : 0f;
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (states[unit] is not (0f or 1f))
            {
                Refuse(name, "0 or 1", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double sum = means[unit] * rows;
            bias[unit] = (float)(DoubleMath.Log(sum + 1) - DoubleMath.Log(rows - sum + 1));
        }
    }

    /// <inheritdoc/>
    internal override bool BitsAreIndependent => true;

    /// <inheritdoc/>
    internal override unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row) =>
        BernoulliRow.FixedMeans(Level, inputs, scale, means, rows, row);

    /// <inheritdoc/>
    internal override double JointStates => Math.ScaleB(1.0, Count);

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = number >> unit & 1;
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        BernoulliRow.Sample(Level, inputs, draws, ties, states);
    }

    /// <inheritdoc/>
    internal override void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits) =>
        BernoulliRow.Sample(Level, inputs, draws, ties, bits);
}
