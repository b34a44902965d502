using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Units with real states and a Gaussian of its own on either side of 0: U(x) = 1/2 exp(l + e) x^2 for x >= 0 and 1/2 exp(l - e) x^2 for
/// x &lt; 0, minus d |x|.
/// </summary>
/// <remarks>
/// <para>Parameters: "bias" t, "threshold" d, "log_precision" l, "asymmetry" e; all 0 at first, which is a Gaussian unit. The fields of
/// the two sides are t + d and t - d, their precisions exp(l + e) and exp(l - e).</para>
/// <para>Source: Tubiana, Cocco and Monasson, "Learning compositional representations of interacting systems with restricted Boltzmann
/// machines" (Neural Computation 31, 2019). Draws are exact.</para>
/// </remarks>
public sealed class DoubleReluLayer : UnitLayer
{
    private const int Threshold = 1;
    private const int LogPrecision = 2;
    private const int Asymmetry = 3;

    /// <summary>Makes a layer with all parameters 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public DoubleReluLayer(int count)
        : base(count, "bias", "threshold", "log_precision", "asymmetry")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.DoubleRelu;

    /// <inheritdoc/>
    public override string Name => "double-relu";

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <inheritdoc/>
    public override bool IsUnbounded => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        ReadOnlySpan<float> threshold = Parameter(Threshold);
        for (int unit = 0; unit < states.Length; unit++)
        {
            double state = states[unit];
            energy += (0.5 * Precision(unit, state >= 0) * state * state) - (threshold[unit] * Math.Abs(state));
        }

        return energy;
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            sum += SidesAt(unit, inputs[unit]).LogIntegral;
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
            SidesAt(unit, inputs[unit]).Moments(out double above, out double below, out _, out _, out _);
            means[unit] = (float)(above - below);
        }
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            SidesAt(unit, inputs[unit]).Moments(out _, out _, out _, out _, out double variance);
            variances[unit] = (float)variance;
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            states[unit] = (float)SidesAt(unit, inputs[unit]).Mode;
        }
    }

    /// <inheritdoc/>
    public override void Statistics(ReadOnlySpan<float> states, Span2D<float> statistics)
    {
        base.Statistics(states, statistics);
        for (int unit = 0; unit < states.Length; unit++)
        {
            double state = states[unit];
            double half = -0.5 * Precision(unit, state >= 0) * state * state;
            statistics[Threshold, unit] = (float)Math.Abs(state);
            statistics[LogPrecision, unit] = (float)half;
            statistics[Asymmetry, unit] = (float)(state >= 0 ? half : -half);
        }
    }

    /// <inheritdoc/>
    public override void MeanStatistics(ReadOnlySpan<float> inputs, Span2D<float> statistics)
    {
        CheckRow(inputs.Length, nameof(inputs));
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            SidesAt(unit, inputs[unit]).Moments(out double above, out double below, out double squareAbove, out double squareBelow, out _);
            statistics[0, unit] = (float)(above - below);
            statistics[Threshold, unit] = (float)(above + below);
            statistics[LogPrecision, unit] = (float)(-0.5 * (squareAbove + squareBelow));
            statistics[Asymmetry, unit] = (float)(-0.5 * (squareAbove - squareBelow));
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
            states[unit] = (float)SidesAt(unit, inputs[unit]).Draw(draws, Count, unit);
        }
    }

    /// <inheritdoc/>
    internal override void Curvatures(Span<double> curvatures)
    {
        for (int unit = 0; unit < Count; unit++)
        {
            curvatures[unit] = Math.Min(Precision(unit, true), Precision(unit, false));
        }
    }

    /// <inheritdoc/>
    internal override bool IsScale(int row) => row == LogPrecision;

    private double LogPrecisionOf(int unit, bool above)
    {
        double asymmetry = Parameter(Asymmetry)[unit];
        return Parameter(LogPrecision)[unit] + (above ? asymmetry : -asymmetry);
    }

    private double Precision(int unit, bool above) => DoubleMath.Exp(LogPrecisionOf(unit, above));

    private HalfLinePair SidesAt(int unit, double input)
    {
        double threshold = Parameter(Threshold)[unit];
        return new HalfLinePair(input + threshold, LogPrecisionOf(unit, true), threshold - input, LogPrecisionOf(unit, false));
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        // Without threshold and asymmetry the unit is Gaussian.
        Span<float> bias = MutableParameter(0);
        Span<float> logPrecision = MutableParameter(LogPrecision);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double variance = variances[unit] > 0 ? variances[unit] : 1;
            logPrecision[unit] = (float)-DoubleMath.Log(variance);
            bias[unit] = (float)(means[unit] / variance);
        }
    }
}
