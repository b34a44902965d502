namespace FastRbm.Models;

/// <summary>What Potts units and word counts share beside the kernels.</summary>
internal static class SoftmaxVariance
{
    /// <summary>The first of the largest values.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] ? i : largest;
        }

        return largest;
    }

    /// <summary>Replaces the means p of one group by the variances p (1 - p).</summary>
    /// <remarks>1 - p loses the digits of the others' sum where p is nearly 1, which only the largest can be.</remarks>
    public static void FromMeans(Span<float> means)
    {
        int largest = Largest(means);
        double others = 0;
        for (int i = 0; i < means.Length; i++)
        {
            others += i == largest ? 0 : means[i];
        }

        for (int i = 0; i < means.Length; i++)
        {
            means[i] = (float)(means[i] * (i == largest ? others : 1.0 - means[i]));
        }
    }
}
