using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>Units with states -1 and 1: U(x) = 0, G(I) = log(2 cosh I), mean tanh(I). As bits, 1 is up.</summary>
public sealed class SpinLayer : UnitLayer
{
    private const int Chunk = 256;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public SpinLayer(int count)
        : base(count, "bias")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Spin;

    /// <inheritdoc/>
    public override string Name => "spin";

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
            double size = Math.Abs(input);
            sum += size + DoubleMath.Log1p(DoubleMath.Exp(-2 * size));
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        ElementaryKernels.Tanh(Level, inputs, means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            variances[unit] = 2 * inputs[unit];
        }

        ElementaryKernels.SigmoidSlope(Level, variances, variances);
        for (int unit = 0; unit < variances.Length; unit++)
        {
            variances[unit] *= 4;
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = inputs[unit] > 0 ? 1f : -1f;
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (states[unit] is not (-1f or 1f))
            {
                Refuse(name, "-1 or 1", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override double JointStates => Math.ScaleB(1.0, Count);

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = (2 * (number >> unit & 1)) - 1;
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        Span<float> doubled = stackalloc float[Chunk];
        Span<ulong> bits = stackalloc ulong[Chunk / 64];
        for (int first = 0; first < inputs.Length; first += Chunk)
        {
            int width = Math.Min(Chunk, inputs.Length - first);
            Double(inputs.Slice(first, width), doubled);
            BernoulliRow.Sample(Level, doubled[..width], draws, ties, first / 64, bits);
            FromBits(bits, states.Slice(first, width));
        }
    }

    /// <inheritdoc/>
    internal override void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits)
    {
        CheckRow(inputs.Length, nameof(inputs));
        Span<float> doubled = stackalloc float[Chunk];
        for (int first = 0; first < inputs.Length; first += Chunk)
        {
            int width = Math.Min(Chunk, inputs.Length - first);
            Double(inputs.Slice(first, width), doubled);
            BernoulliRow.Sample(Level, doubled[..width], draws, ties, first / 64, bits[(first / 64)..]);
        }
    }

    /// <inheritdoc/>
    internal override void FromBits(ReadOnlySpan<ulong> bits, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = (2f * (bits[unit >> 6] >> (unit & 63) & 1)) - 1f;
        }
    }

    private static void Double(ReadOnlySpan<float> inputs, Span<float> doubled)
    {
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            doubled[unit] = 2 * inputs[unit];
        }
    }

    /// <inheritdoc/>
    internal override bool BitsAreIndependent => true;

    /// <inheritdoc/>
    internal override unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row)
    {
        float[] doubled = System.Buffers.ArrayPool<float>.Shared.Rent(inputs.Length);
        Double(inputs, doubled);
        BernoulliRow.FixedMeans(Level, doubled.AsSpan(0, inputs.Length), scale, means, rows, row);
        System.Buffers.ArrayPool<float>.Shared.Return(doubled);
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double up = rows * (1 + means[unit]) / 2;
            bias[unit] = (float)(0.5 * (DoubleMath.Log(up + 1) - DoubleMath.Log(rows - up + 1)));
        }
    }
}
