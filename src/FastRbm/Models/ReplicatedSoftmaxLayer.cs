using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Word counts of a document of D words: U(x) = -log(D! / product of x_k!), so that given the inputs the counts are multinomial with
/// D draws and probabilities softmax(I), and G(I) = D log sum exp(I).
/// </summary>
/// <remarks>
/// The length D is given with each row and kept. Source: Salakhutdinov and Hinton, "Replicated softmax: an undirected topic model"
/// (NIPS 2009); there the hidden biases are multiplied by D, too.
/// </remarks>
public sealed class ReplicatedSoftmaxLayer : UnitLayer
{
    // Counts are floats: whole numbers are exact up to here.
    private const double MaxTotal = 16777216;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="words">The size of the vocabulary, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="words"/> is below 1.</exception>
    public ReplicatedSoftmaxLayer(int words)
        : base(words, "bias")
    {
    }

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.ReplicatedSoftmax;

    /// <inheritdoc/>
    public override string Name => "replicated-softmax";

    /// <inheritdoc/>
    public override bool StatesAreBits => false;

    /// <inheritdoc/>
    public override bool KeepsTotal => true;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states)
    {
        double energy = LinearEnergy(states);
        double total = 0;
        foreach (float state in states)
        {
            energy += LogFactorial.Of(state);
            total += state;
        }

        return energy - LogFactorial.Of(total);
    }

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        return DoubleMath.LogSumExp(inputs);
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        PottsRow.Means(Level, inputs, [0, Count], means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        Mean(inputs, variances);
        SoftmaxVariance.FromMeans(variances);
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        int largest = SoftmaxVariance.Largest(inputs);
        states.Clear();
        states[largest] = 1f;
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if (!(states[unit] >= 0 && states[unit] <= MaxTotal && states[unit] == MathF.Floor(states[unit])))
            {
                Refuse(name, "a count: a whole number from 0 to 16777216", states[unit], place, column + unit);
            }
        }
    }

    /// <inheritdoc/>
    internal override double CumulantGenerating(ReadOnlySpan<double> inputs, double total) => total * CumulantGenerating(inputs);

    /// <inheritdoc/>
    internal override void Mean(ReadOnlySpan<float> inputs, double total, Span<float> means)
    {
        Mean(inputs, means);
        for (int unit = 0; unit < means.Length; unit++)
        {
            means[unit] = (float)(total * means[unit]);
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        MultinomialRow.Sample(inputs, (long)total, draws, states);
    }

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        double mean = 0;
        for (int unit = 0; unit < bias.Length; unit++)
        {
            mean += DoubleMath.Log((means[unit] * rows) + 1) / bias.Length;
        }

        for (int unit = 0; unit < bias.Length; unit++)
        {
            bias[unit] = (float)(DoubleMath.Log((means[unit] * rows) + 1) - mean);
        }
    }
}
