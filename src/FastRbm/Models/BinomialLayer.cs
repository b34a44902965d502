using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Units that count the successes of n trials: U(x) = -log(n over x), G(I) = n softplus(I), mean n sigmoid(I).
/// </summary>
public sealed class BinomialLayer : UnitLayer
{
    /// <summary>The most trials of a unit.</summary>
    public const int MaxTrials = 65535;

    // log(n over x), x = 0..n.
    private readonly double[] _logCombinations;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="count">The number of units, at least 1.</param>
    /// <param name="trials">n, 1 to <see cref="MaxTrials"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public BinomialLayer(int count, int trials)
        : base(count, "bias")
    {
        Throw.IfOutside(trials, 1, MaxTrials);
        Trials = trials;
        Name = string.Create(CultureInfo.InvariantCulture, $"binomial:{trials}");
        _logCombinations = new double[trials + 1];
        for (int x = 1; x < trials; x++)
        {
            _logCombinations[x] = LogFactorial.Of(trials) - LogFactorial.Of(x) - LogFactorial.Of(trials - x);
        }
    }

    /// <summary>n.</summary>
    public int Trials { get; }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Binomial;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        foreach (float state in states)
        {
            energy -= _logCombinations[(int)state];
        }

        return energy;
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        foreach (double input in inputs)
        {
            sum += DoubleMath.Softplus(input);
        }

        return Trials * sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        ElementaryKernels.Sigmoid(Level, inputs, means);
        Multiply(means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(variances.Length, nameof(variances));
        ElementaryKernels.SigmoidSlope(Level, inputs, variances);
        Multiply(variances);
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = Mode(inputs[unit]);
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (!(states[unit] >= 0 && states[unit] <= Trials && states[unit] == MathF.Floor(states[unit])))
            {
                Refuse(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from 0 to {Trials}"), states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override double JointStates
    {
        get
        {
            double product = 1;
            for (int unit = 0; unit < Count; unit++)
            {
                product *= Trials + 1.0;
            }

            return product;
        }
    }

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            (number, long state) = Math.DivRem(number, Trials + 1);
            states[unit] = state;
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = Draw(inputs[unit], draws.Uniform(unit));
        }
    }

    // Inversion, from the mode outwards: about as many steps as the standard deviation.
    private int Draw(double input, double uniform)
    {
        int mode = Mode(input);
        double largest = DoubleMath.Exp(_logCombinations[mode] + (mode * input) - (Trials * DoubleMath.Softplus(input)));
        double odds = DoubleMath.Exp(Math.Clamp(input, -700.0, 700.0));
        double rest = uniform - largest;
        double below = largest;
        double above = largest;
        for (int step = 1; rest >= 0 && step <= Trials; step++)
        {
            int up = mode + step;
            if (up <= Trials)
            {
                above *= odds * (Trials - up + 1) / up;
                rest -= above;
                if (rest < 0)
                {
                    return up;
                }
            }

            int down = mode - step;
            if (down >= 0)
            {
                below *= (down + 1) / (odds * (Trials - down));
                rest -= below;
                if (rest < 0)
                {
                    return down;
                }
            }
        }

        return mode;
    }

    // The first x with (x + 1) / (n - x) >= odds: of two equally likely counts the lower one.
    private int Mode(double input) => Math.Max(0, (int)Math.Ceiling((Trials + 1) * DoubleMath.Sigmoid(input)) - 1);

    private void Multiply(Span<float> values)
    {
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] *= Trials;
        }
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double sum = means[unit] * rows;
            bias[unit] = (float)(DoubleMath.Log(sum + 1) - DoubleMath.Log((Trials * rows) - sum + 1));
        }
    }
}
