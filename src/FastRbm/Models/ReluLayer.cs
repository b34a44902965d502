using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Units with states x >= 0: U(x) = 1/2 exp(l) x^2 with the logarithm l of the precision; given its input a unit is normal with mean
/// I exp(-l) and variance exp(-l), cut off at 0.
/// </summary>
/// <remarks>
/// Parameters: "bias", "log_precision" (0 at first). G(I) = -l / 2 + log of the integral of exp(z y - y^2 / 2) over y >= 0, z = I exp(-l / 2).
/// Draws are exact. Source: Tubiana and Monasson, "Emergence of compositional representations in restricted Boltzmann machines"
/// (PRL 118, 2017).
/// </remarks>
public sealed class ReluLayer : UnitLayer
{
    private const int LogPrecision = 1;

    /// <summary>Makes a layer with biases 0 and precisions 1.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public ReluLayer(int count)
        : base(count, "bias", "log_precision")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Relu;

    /// <inheritdoc/>
    public override string Name => "relu";

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <inheritdoc/>
    public override bool IsUnbounded => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < states.Length; unit++)
        {
            energy += 0.5 * DoubleMath.Exp(logPrecision[unit]) * states[unit] * states[unit];
        }

        return energy;
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            sum += HalfLine.LogIntegral(inputs[unit] * Deviation(logPrecision[unit])) - (0.5 * logPrecision[unit]);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double deviation = Deviation(logPrecision[unit]);
            HalfLine.Moments(inputs[unit] * deviation, out double mean, out _, out _);
            means[unit] = (float)(deviation * mean);
        }
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double deviation = Deviation(logPrecision[unit]);
            HalfLine.Moments(inputs[unit] * deviation, out _, out _, out double variance);
            variances[unit] = (float)(deviation * deviation * variance);
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            states[unit] = inputs[unit] > 0 ? (float)(inputs[unit] * DoubleMath.Exp(-logPrecision[unit])) : 0f;
        }
    }

    /// <inheritdoc/>
    public override void Statistics(ReadOnlySpan<float> states, Span2D<float> statistics)
    {
        base.Statistics(states, statistics);
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        Span<float> row = statistics.GetRowSpan(LogPrecision);
        for (int unit = 0; unit < states.Length; unit++)
        {
            row[unit] = (float)(-0.5 * DoubleMath.Exp(logPrecision[unit]) * states[unit] * states[unit]);
        }
    }

    /// <inheritdoc/>
    public override void MeanStatistics(ReadOnlySpan<float> inputs, Span2D<float> statistics)
    {
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        Span<float> means = statistics.GetRowSpan(0);
        Span<float> row = statistics.GetRowSpan(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double deviation = Deviation(logPrecision[unit]);
            HalfLine.Moments(inputs[unit] * deviation, out double mean, out double square, out _);
            means[unit] = (float)(deviation * mean);
            row[unit] = (float)(-0.5 * square);
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (!(states[unit] >= 0 && states[unit] < float.PositiveInfinity))
            {
                Refuse(name, "a finite number from 0", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double deviation = Deviation(logPrecision[unit]);
            states[unit] = (float)(deviation * HalfLineDraw.Next(draws, Count, unit, 0, inputs[unit] * deviation));
        }
    }

    /// <inheritdoc/>
    internal override void Curvatures(Span<double> curvatures)
    {
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < Count; unit++)
        {
            curvatures[unit] = DoubleMath.Exp(logPrecision[unit]);
        }
    }

    /// <inheritdoc/>
    internal override bool IsScale(int row) => row == LogPrecision;

    private static double Deviation(double logPrecision) => DoubleMath.Exp(-0.5 * logPrecision);

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        // Half of a normal distribution about 0 with the data's second moment.
        Span<float> logPrecision = MutableParameter(LogPrecision);
        for (int unit = 0; unit < logPrecision.Length; unit++)
        {
            double square = variances[unit] + (means[unit] * means[unit]);
            logPrecision[unit] = square > 0 ? (float)-DoubleMath.Log(square) : 0;
        }
    }
}
