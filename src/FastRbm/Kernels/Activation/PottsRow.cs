using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Means and samples of a row of one-hot groups from float inputs.</summary>
/// <remarks>
/// <code>
///   weight of column k of a group of n = round(exp(I_k - largest I) 2^b), b = the most that keeps n 2^b below 2^31
///   chosen: the first column whose weights up to it sum to more than (draw x total) / 2^32; draw = draw number (group) of the stream
/// </code>
/// Weights and sums are integers, so the choice doesn't depend on their order.
/// </remarks>
internal static unsafe class PottsRow
{
    /// <summary>means = softmax of the inputs, group by group.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="inputs">One input a column.</param>
    /// <param name="starts">The first column of each group, and the number of columns.</param>
    /// <param name="means">One mean a column, written; may be the inputs.</param>
    public static void Means(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, Span<float> means)
    {
        for (int group = 0; group < starts.Length - 1; group++)
        {
            int first = starts[group];
            int count = starts[group + 1] - first;
            float largest = Largest(inputs.Slice(first, count));
            float sum = 0;
            for (int k = first; k < first + count; k++)
            {
                means[k] = FloatFunctions.Exp<float, int, ScalarSimd>(inputs[k] - largest);
                sum += means[k];
            }

            for (int k = first; k < first + count; k++)
            {
                means[k] /= sum;
            }
        }
    }

    /// <summary>fixedMeans[tile][row][64] = round(softmax * scale) for one row; units past the end get 0.</summary>
    public static void FixedMeans(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, float scale, int* means, int rows, int row)
    {
        Span<float> floats = new float[inputs.Length];
        Means(level, inputs, starts, floats);
        for (int first = 0; first < inputs.Length; first += Tile.Width)
        {
            int width = Math.Min(Tile.Width, inputs.Length - first);
            int* target = means + ((((nint)(first / Tile.Width) * rows) + row) * Tile.Width);
            for (int unit = 0; unit < width; unit++)
            {
                target[unit] = ScalarSimd.RoundToInt(floats[first + unit] * scale);
            }

            new Span<int>(target + width, Tile.Width - width).Clear();
        }
    }

    /// <summary>states = a one-hot draw of each group.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, in RandomStream draws, Span<float> states)
    {
        for (int group = 0; group < starts.Length - 1; group++)
        {
            int first = starts[group];
            int count = starts[group + 1] - first;
            int chosen = Choose(inputs.Slice(first, count), draws.Bits(group));
            states.Slice(first, count).Clear();
            states[first + chosen] = 1f;
        }
    }

    /// <summary>The same as packed bits: pad bits are zero.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, in RandomStream draws, Span<ulong> states)
    {
        states[..((inputs.Length + 63) / 64)].Clear();
        for (int group = 0; group < starts.Length - 1; group++)
        {
            int first = starts[group];
            int unit = first + Choose(inputs[first..starts[group + 1]], draws.Bits(group));
            states[unit >> 6] |= 1UL << (unit & 63);
        }
    }

    private static int Choose(ReadOnlySpan<float> inputs, uint draw)
    {
        float largest = Largest(inputs);
        float scale = 1 << (31 - Bits(inputs.Length));
        long total = 0;
        foreach (float input in inputs)
        {
            total += Weight(input - largest, scale);
        }

        long threshold = (long)((ulong)draw * (ulong)total >> 32);
        int chosen = 0;
        for (long sum = Weight(inputs[0] - largest, scale); sum <= threshold; sum += Weight(inputs[chosen] - largest, scale))
        {
            chosen++;
        }

        return chosen;
    }

    // The smallest number with n <= 2^bits - (something): n 2^(31 - bits) stays below 2^31.
    private static int Bits(int count) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)count);

    private static int Weight(float difference, float scale) =>
        ScalarSimd.RoundToInt(FloatFunctions.ExpNegativeOfAbs<float, int, ScalarSimd>(difference) * scale);

    private static float Largest(ReadOnlySpan<float> inputs)
    {
        float largest = inputs[0];
        foreach (float input in inputs)
        {
            largest = input > largest ? input : largest;
        }

        return largest;
    }
}
