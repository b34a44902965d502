using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>A dense associative memory of spins: E(s) = -sum_p F(x^p . s).</summary>
/// <remarks>
/// A unit goes to the side with the lower energy and keeps its state on a tie. With the overlap m_p = x^p . s, a flip of unit i changes E by
/// sum over patterns that agree with it of F(m_p) - F(m_p - 2), less the sum over the others of F(m_p + 2) - F(m_p). Powers are exact integers, which is why
/// 2 P N^n must be below 2^126; exponentials are scaled by the largest overlap and summed in double from the nearest distance on. Immutable, thread-safe.
/// Sources: Krotov and Hopfield, "Dense associative memory for pattern recognition" (NIPS 2016); Demircigil et al., "On a model of associative memory with huge
/// storage capacity" (J. Stat. Phys. 2017).
/// </remarks>
public sealed class DenseHopfieldNetwork
{
    private const int MostBits = 126;

    /// <summary>Stores patterns.</summary>
    /// <param name="patterns">A row a pattern, at least one; kept, not to be changed. Repeated ones count as often as they are there.</param>
    /// <param name="interaction">F.</param>
    /// <exception cref="ArgumentException">There are no patterns or units, or powers don't fit into 128 bits.</exception>
    public DenseHopfieldNetwork(BitMatrix patterns, DenseInteraction interaction)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(interaction);
        Throw.IfLess(patterns.Rows, 1, "number of patterns");
        Throw.IfLess(patterns.Columns, 1, "number of units");
        if (patterns.Columns > ushort.MaxValue)
        {
            Throw.Argument(nameof(patterns), $"at most {ushort.MaxValue} units", $"{patterns.Columns}");
        }

        Patterns = patterns;
        Interaction = interaction;
        if (interaction.IsExponential)
        {
            return;
        }

        double bits = 1 + Math.Log2(patterns.Rows) + (interaction.Degree * Math.Log2(patterns.Columns));
        if (bits >= MostBits)
        {
            Throw.Argument(
                nameof(interaction),
                $"a degree n with 2 P N^n below 2^{MostBits} for {patterns.Rows} patterns of {patterns.Columns} units",
                interaction.ToString());
        }

        Powers = new Int128[patterns.Columns + 1];
        for (int distance = 0; distance < Powers.Length; distance++)
        {
            Powers[distance] = Power(patterns.Columns - (2 * distance), interaction.Degree);
        }
    }

    /// <summary>The number of units, N.</summary>
    public int Units => Patterns.Columns;

    /// <summary>The stored patterns.</summary>
    public BitMatrix Patterns { get; }

    /// <summary>F.</summary>
    public DenseInteraction Interaction { get; }

    /// <summary>m^n for m = N - 2 d at place d; null for the exponential.</summary>
    internal Int128[]? Powers { get; }

    /// <summary>The energy of a state.</summary>
    /// <param name="state">ceil(N / 64) words of bits.</param>
    /// <returns>-N sum_p (m_p / N)^n for powers, which is E / N^(n-1); -1/beta log sum_p exp(beta m_p) for the exponential, which falls with E.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public double Energy(ReadOnlySpan<ulong> state)
    {
        Throw.IfLengthDiffers(state.Length, Patterns.WordsPerRow, nameof(state));
        long[] counts = new long[Units + 1];
        for (int pattern = 0; pattern < Patterns.Rows; pattern++)
        {
            counts[BitCounts.Different(state, Patterns.Row(pattern))]++;
        }

        return EnergyOf(counts);
    }

    /// <summary>The energy by how many patterns lie at each distance.</summary>
    internal double EnergyOf(ReadOnlySpan<long> counts)
    {
        if (Powers is not null)
        {
            Int128 exact = ExactEnergy(counts);
            return (double)exact / Math.Pow(Units, Interaction.Degree - 1);
        }

        int first = counts.IndexOfAnyExcept(0L);
        double sum = 0;
        for (int distance = first; distance < counts.Length; distance++)
        {
            sum += counts[distance] == 0 ? 0 : counts[distance] * DoubleMath.Exp(-2 * Interaction.Beta * (distance - first));
        }

        return -(Units - (2 * first)) - (DoubleMath.Log(sum) / Interaction.Beta);
    }

    /// <summary>-sum_p m_p^n.</summary>
    internal Int128 ExactEnergy(ReadOnlySpan<long> counts)
    {
        Int128 sum = 0;
        for (int distance = 0; distance < counts.Length; distance++)
        {
            sum -= counts[distance] * Powers![distance];
        }

        return sum;
    }

    private static Int128 Power(int value, int degree)
    {
        Int128 power = 1;
        for (int k = 0; k < degree; k++)
        {
            power *= value;
        }

        return power;
    }
}
