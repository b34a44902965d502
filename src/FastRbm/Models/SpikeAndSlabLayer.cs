using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Units with states x = h s, a binary spike h times a real slab s: 0 where the spike is off, else normal.
/// </summary>
/// <remarks>
/// <para>Parameters: "bias" t, "spike" b, "log_precision" l; a = exp(l). The weight of h and s is exp(b h - 1/2 a s^2 + I s h); with s
/// integrated out where h = 0, x has an atom of weight sqrt(2 pi / a) at 0 and the density exp(b - 1/2 a x^2 + I x) elsewhere, so
/// G(I) = 1/2 log(2 pi / a) + softplus(b + I^2 / (2 a)). Parameters are 0 at first: spikes are on half of the time.</para>
/// <para>Source: Courville, Bergstra and Bengio, "A spike and slab restricted Boltzmann machine" (AISTATS 2011).</para>
/// </remarks>
public sealed class SpikeAndSlabLayer : UnitLayer
{
    private const int Spike = 1;
    private const int LogPrecision = 2;

    /// <summary>Makes a layer with all parameters 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public SpikeAndSlabLayer(int count)
        : base(count, "bias", "spike", "log_precision")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.SpikeAndSlab;

    /// <inheritdoc/>
    public override string Name => "spike-and-slab";

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <inheritdoc/>
    public override bool IsUnbounded => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        ReadOnlySpan<float> spike = Parameter(Spike);
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < states.Length; unit++)
        {
            energy += states[unit] == 0
                ? (0.5 * logPrecision[unit]) - HalfLine.HalfLogTwoPi
                : (0.5 * DoubleMath.Exp(logPrecision[unit]) * states[unit] * states[unit]) - spike[unit];
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
            double odds = LogOdds(unit, inputs[unit], out _);
            sum += HalfLine.HalfLogTwoPi - (0.5 * logPrecision[unit]) + DoubleMath.Softplus(odds);
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double share = DoubleMath.Sigmoid(LogOdds(unit, inputs[unit], out double variance));
            means[unit] = (float)(share * variance * inputs[unit]);
        }
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double odds = LogOdds(unit, inputs[unit], out double variance);
            double mean = variance * inputs[unit];
            variances[unit] = (float)(DoubleMath.Sigmoid(odds) * (variance + (DoubleMath.Sigmoid(-odds) * mean * mean)));
        }
    }

    /// <summary>0 where the spike is as likely off as on, else the mean of the slab.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="states">Count states, written; may be the inputs.</param>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double odds = LogOdds(unit, inputs[unit], out double variance);
            states[unit] = odds > 0 ? (float)(variance * inputs[unit]) : 0f;
        }
    }

    /// <inheritdoc/>
    public override void Statistics(ReadOnlySpan<float> states, Span2D<float> statistics)
    {
        base.Statistics(states, statistics);
        ReadOnlySpan<float> logPrecision = Parameter(LogPrecision);
        for (int unit = 0; unit < states.Length; unit++)
        {
            double state = states[unit];
            statistics[Spike, unit] = state == 0 ? 0f : 1f;
            statistics[LogPrecision, unit] = state == 0 ? -0.5f : (float)(-0.5 * DoubleMath.Exp(logPrecision[unit]) * state * state);
        }
    }

    /// <inheritdoc/>
    public override void MeanStatistics(ReadOnlySpan<float> inputs, Span2D<float> statistics)
    {
        CheckRow(inputs.Length, nameof(inputs));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double input = inputs[unit];
            double share = DoubleMath.Sigmoid(LogOdds(unit, input, out double variance));
            statistics[0, unit] = (float)(share * variance * input);
            statistics[Spike, unit] = (float)share;
            statistics[LogPrecision, unit] = (float)(-0.5 * (1.0 + (share * variance * input * input)));
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
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            // One block decides the spike, the next one the slab.
            double share = DoubleMath.Sigmoid(LogOdds(unit, inputs[unit], out double variance));
            draws.Block(unit, out uint high, out uint low, out _, out _);
            if (HalfLineDraw.Uniform(high, low) >= share)
            {
                states[unit] = 0;
                continue;
            }

            draws.Block((long)Count + unit, out uint bits0, out uint bits1, out uint bits2, out uint bits3);
            double radius = Math.Sqrt(-2 * variance * DoubleMath.Log(HalfLineDraw.Uniform(bits0, bits1)));
            states[unit] = (float)((variance * inputs[unit]) + (radius * DoubleMath.SinCosTurns(HalfLineDraw.Uniform(bits2, bits3)).Cos));
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

    // The log odds of the spike, and the variance of the slab.
    private double LogOdds(int unit, double input, out double variance)
    {
        variance = DoubleMath.Exp(-Parameter(LogPrecision)[unit]);
        return Parameter(Spike)[unit] + (0.5 * variance * input * input);
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        // As often at 0 as not, with the data's second moment.
        Span<float> logPrecision = MutableParameter(LogPrecision);
        for (int unit = 0; unit < logPrecision.Length; unit++)
        {
            double square = variances[unit] + (means[unit] * means[unit]);
            logPrecision[unit] = square > 0 ? (float)-DoubleMath.Log(2 * square) : 0;
        }
    }
}
