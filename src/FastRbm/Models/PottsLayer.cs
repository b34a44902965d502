using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>
/// Groups of columns of which exactly one is 1: U(x) = 0, G(I) = sum over groups of log sum over its columns of exp(I), mean softmax(I).
/// </summary>
/// <remarks>A unit is a column. The categories of a group lie side by side.</remarks>
public sealed class PottsLayer : UnitLayer
{
    private readonly int[] _categories;
    private readonly int[] _starts;

    /// <summary>Makes a layer with biases 0.</summary>
    /// <param name="categories">The number of categories of each group, at least 2.</param>
    /// <exception cref="ArgumentException">There is no group, a group has less than two categories, or there are more than 2^24 columns.</exception>
    public PottsLayer(params ReadOnlySpan<int> categories)
        : base(Columns(categories), "bias")
    {
        _categories = categories.ToArray();
        _starts = new int[_categories.Length + 1];
        for (int group = 0; group < _categories.Length; group++)
        {
            _starts[group + 1] = _starts[group] + _categories[group];
        }

        Name = "potts:" + Runs(_categories);
    }

    /// <summary>The number of categories of each group.</summary>
    public IReadOnlyList<int> Categories => _categories;

    /// <inheritdoc/>
    public override UnitKind Kind => UnitKind.Potts;

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override bool StatesAreBits => true;

    /// <summary>The first column of each group, and the number of columns.</summary>
    internal ReadOnlySpan<int> Starts => _starts;

    /// <inheritdoc/>
    public override double Energy(ReadOnlySpan<float> states) => LinearEnergy(states);

    /// <inheritdoc/>
    public override double CumulantGenerating(ReadOnlySpan<double> inputs)
    {
        CheckRow(inputs.Length, nameof(inputs));
        double sum = 0;
        for (int group = 0; group < _categories.Length; group++)
        {
            sum += DoubleMath.LogSumExp(inputs.Slice(_starts[group], _categories[group]));
        }

        return sum;
    }

    /// <inheritdoc/>
    public override void Mean(ReadOnlySpan<float> inputs, Span<float> means)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(means.Length, nameof(means));
        PottsRow.Means(Level, inputs, _starts, means);
    }

    /// <inheritdoc/>
    public override void Variance(ReadOnlySpan<float> inputs, Span<float> variances)
    {
        Mean(inputs, variances);
        for (int group = 0; group < _categories.Length; group++)
        {
            SoftmaxVariance.FromMeans(variances.Slice(_starts[group], _categories[group]));
        }
    }

    /// <inheritdoc/>
    public override void Mode(ReadOnlySpan<float> inputs, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        for (int group = 0; group < _categories.Length; group++)
        {
            int first = _starts[group];
            int largest = SoftmaxVariance.Largest(inputs.Slice(first, _categories[group]));
            states.Slice(first, _categories[group]).Clear();
            states[first + largest] = 1f;
        }
    }

    /// <inheritdoc/>
    internal override void CheckStates(ReadOnlySpan<float> states, string name, string place, int column)
    {
        for (int group = 0; group < _categories.Length; group++)
        {
            int ones = 0;
            for (int unit = _starts[group]; unit < _starts[group + 1]; unit++)
            {
                if (states[unit] is not (0f or 1f))
                {
                    Refuse(name, "0 or 1", states[unit], place, column + unit);
                }

                ones += (int)states[unit];
            }

            if (ones != 1)
            {
                Throw.Argument(name, "exactly one 1 in each group of columns", string.Create(
                    CultureInfo.InvariantCulture, $"{ones} at {place}, columns {column + _starts[group]} to {column + _starts[group + 1] - 1}"));
            }
        }
    }

    /// <inheritdoc/>
    internal override double JointStates
    {
        get
        {
            double product = 1;
            foreach (int categories in _categories)
            {
                product *= categories;
            }

            return product;
        }
    }

    /// <inheritdoc/>
    internal override void JointState(long number, Span<float> states)
    {
        states.Clear();
        for (int group = 0; group < _categories.Length; group++)
        {
            (number, long category) = Math.DivRem(number, _categories[group]);
            states[_starts[group] + (int)category] = 1f;
        }
    }

    /// <inheritdoc/>
    internal override void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        CheckRow(inputs.Length, nameof(inputs));
        CheckRow(states.Length, nameof(states));
        PottsRow.Sample(Level, inputs, _starts, draws, states);
    }

    /// <inheritdoc/>
    internal override void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits)
    {
        CheckRow(inputs.Length, nameof(inputs));
        PottsRow.Sample(Level, inputs, _starts, draws, bits);
    }

    private static int Columns(ReadOnlySpan<int> categories)
    {
        if (categories.IsEmpty)
        {
            Throw.Argument(nameof(categories), "at least one group", "none");
        }

        long sum = 0;
        for (int group = 0; group < categories.Length; group++)
        {
            if (categories[group] < 2)
            {
                Throw.Argument(nameof(categories), "at least 2 categories a group", string.Create(
                    CultureInfo.InvariantCulture, $"{categories[group]} in group {group}"));
            }

            sum += categories[group];
        }

        if (sum > 1 << 24)
        {
            Throw.Argument(nameof(categories), "at most 16777216 columns", sum.ToString(CultureInfo.InvariantCulture));
        }

        return (int)sum;
    }

    private static string Runs(int[] categories)
    {
        StringBuilder text = new();
        for (int group = 0; group < categories.Length;)
        {
            int end = group;
            while (end < categories.Length && categories[end] == categories[group])
            {
                end++;
            }

            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{categories[group]}");
            if (end - group > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"x{end - group}");
            }

            group = end;
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    internal override unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row) =>
        PottsRow.FixedMeans(Level, inputs, _starts, scale, means, rows, row);

    /// <inheritdoc/>
    internal override void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows)
    {
        Span<float> bias = MutableParameter(0);
        for (int group = 0; group < _categories.Length; group++)
        {
            double mean = 0;
            for (int unit = _starts[group]; unit < _starts[group + 1]; unit++)
            {
                mean += DoubleMath.Log((means[unit] * rows) + 1) / _categories[group];
            }

            for (int unit = _starts[group]; unit < _starts[group + 1]; unit++)
            {
                bias[unit] = (float)(DoubleMath.Log((means[unit] * rows) + 1) - mean);
            }
        }
    }
}
