using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>Means of binary units with noise on them: a state is drawn as sigmoid(I) + s z with z normal; U(x) = 0 and G(I) = softplus(I).</summary>
/// <remarks>
/// <para>This is how some tutorials sample grey levels. It isn't a distribution p(x | I) = exp(I x - U(x) - G(I)) of any energy: energies,
/// free energies and gradients are those of binary units with the same parameters, which take a state for a mean, and draws don't have
/// them as stationary distribution. So likelihoods of such a model say something about the binary one, and nothing about the
/// noise. For real data with an energy that fits its draws there is <see cref="GaussianLayer"/>.</para>
/// <para>States may be any finite numbers: the noise leaves [0, 1]. Inputs of the other layer are float products.</para>
/// </remarks>
public sealed class NoisyMeanLayer : UnitLayer
{
    /// <summary>The largest standard deviation of the noise.</summary>
    public const float MaxDeviation = 10;

    private readonly float[] _deviations;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <param name="deviation">s, the standard deviation of the noise: above 0, at most 10.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1, or the deviation out of its range.</exception>
    public NoisyMeanLayer(int count, float deviation)
        : base(count, "bias")
    {
        if (!(deviation > 0 && deviation <= MaxDeviation))
        {
            Throw.OutOfRange(nameof(deviation), $"a number above 0, at most {MaxDeviation.ToString(CultureInfo.InvariantCulture)}", deviation);
        }

        _deviations = new float[count];
        Array.Fill(_deviations, deviation);
    }

    /// <summary>s, the standard deviation of the noise.</summary>
    public float Deviation => _deviations[0];

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.NoisyMean;

    /// <inheritdoc/>
    public override string Name => "noisy-mean:" + Deviation.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <summary>-t.x, as of binary units.</summary>
    /// <param name="states">Count states.</param>
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

    /// <summary>The variance of the draws, s^2 whatever the input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="variances">Count variances, written; may be the inputs.</param>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        variances.Fill(Deviation * Deviation);
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states) => Mean(inputs, states);

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (!float.IsFinite(states[unit]))
            {
                Refuse(name, "a finite number", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        Mean(inputs, states);
        NormalRow.Add(Level, states, _deviations, draws, states);
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            // Data may lie outside of [0, 1], where no bias has them as mean.
            double sum = Math.Clamp(means[unit], 0, 1) * rows;
            bias[unit] = (float)(DoubleMath.Log(sum + 1) - DoubleMath.Log(rows - sum + 1));
        }
    }
}
