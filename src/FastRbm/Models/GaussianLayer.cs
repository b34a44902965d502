using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Units with real states: U(x) = 1/2 exp(l) x^2 with the logarithm l of the precision, G(I) = 1/2 I^2 exp(-l) + 1/2 log(2 pi) - l / 2;
/// given its input a unit is normal with mean I exp(-l) and variance exp(-l).
/// </summary>
/// <remarks>Parameters: "bias", "log_precision" (0 at first: variance 1).</remarks>
public sealed class GaussianLayer : UnitLayer
{
    private const int LogPrecision = 1;

    /// <summary>Makes a layer with biases 0 and variances 1.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public GaussianLayer(int count)
        : base(count, "bias", "log_precision")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Gaussian;

    /// <inheritdoc/>
    public override string Name => "gaussian";

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
            sum += (0.5 * inputs[unit] * inputs[unit] * DoubleMath.Exp(-logPrecision[unit])) - (0.5 * logPrecision[unit]) + HalfLine.HalfLogTwoPi;
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        NormalRow.Means(Level, inputs, Parameter(LogPrecision), means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        NormalRow.Variances(Level, Parameter(LogPrecision), variances);
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states) => Mean(inputs, states);

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
        base.MeanStatistics(inputs, statistics);
        ReadOnlySpan<float> means = statistics.GetRowSpan(0);
        Span<float> row = statistics.GetRowSpan(LogPrecision);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            // exp(l) (mean^2 + exp(-l)), and exp(l) mean is the input.
            row[unit] = (float)(-0.5 * (1.0 + ((double)means[unit] * inputs[unit])));
        }
    }

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
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        NormalRow.Sample(Level, inputs, Parameter(LogPrecision), draws, states);
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

    /// <summary>Sums of x^2, which the precision is a factor of.</summary>
    internal override void AddStatistics(ReadOnlySpan<float> states, float weight, Span2D<float> scratch, Span2D<float> sums)
    {
        FloatRows.AddSquares(states, weight, sums.GetRowSpan(LogPrecision));
    }

    /// <inheritdoc/>
    internal override void FinishStatistics(Span2D<float> sums)
    {
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        Span<float> row = sums.GetRowSpan(LogPrecision);
        for (int unit = 0; unit < row.Length; unit++)
        {
            row[unit] = (float)(-0.5 * DoubleMath.Exp(logPrecision[unit]) * row[unit]);
        }
    }

    /// <inheritdoc/>
    internal override void CentreGradient(ReadOnlySpan<float> offsets, ReadOnlySpan<float> fieldGradient, Span2D<float> gradient)
    {
        // -1/2 exp(l) (x - m)^2 differs from -1/2 exp(l) x^2 by exp(l) m x and what doesn't depend on x.
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        Span<float> row = gradient.GetRowSpan(LogPrecision);
        for (int unit = 0; unit < row.Length; unit++)
        {
            row[unit] += (float)(DoubleMath.Exp(logPrecision[unit]) * offsets[unit] * fieldGradient[unit]);
        }
    }

    /// <inheritdoc/>
    internal override void MoveParameter(int row, ReadOnlySpan<float> steps, ReadOnlySpan<float> offsets, ReadOnlySpan<float> largestPrecisions)
    {
        Span<float> logPrecision = MutableParameter(LogPrecision);
        Span<float> bias = MutableParameter(0);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double before = DoubleMath.Exp(logPrecision[unit]);
            logPrecision[unit] += steps[unit];
            if (!largestPrecisions.IsEmpty)
            {
                logPrecision[unit] = Math.Min(logPrecision[unit], largestPrecisions[unit]);
            }

            if (!offsets.IsEmpty)
            {
                bias[unit] += (float)(offsets[unit] * (DoubleMath.Exp(logPrecision[unit]) - before));
            }
        }
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        Span<float> logPrecision = MutableParameter(LogPrecision);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double variance = variances[unit] > 0 ? variances[unit] : 1;
            logPrecision[unit] = (float)-DoubleMath.Log(variance);
            bias[unit] = (float)(means[unit] * DoubleMath.Exp(logPrecision[unit]));
        }
    }
}
