using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Multinomial draws of a row.</summary>
/// <remarks>
/// D uniform numbers in ascending order are made one from the other, the i-th distance to 1 being the one before times U^(1/(D - i)),
/// and are merged with the cumulative probabilities in one pass: no memory, D + words steps.
/// Source: Bentley and Saxe, "Generating sorted lists of random numbers" (ACM TOMS 6, 1980).
/// </remarks>
internal static class MultinomialRow
{
    /// <summary>states = counts of D draws with probabilities softmax(inputs).</summary>
    /// <param name="inputs">One input a word.</param>
    /// <param name="total">D, 0 or more.</param>
    /// <param name="draws">Word i takes uniform i.</param>
    /// <param name="states">One count a word, written; may be the inputs.</param>
    public static void Sample(ReadOnlySpan<float> inputs, long total, in RandomStream draws, Span<float> states)
    {
        double largest = inputs[0];
        foreach (float input in inputs)
        {
            largest = input > largest ? input : largest;
        }

        double sum = 0;
        int last = 0;
        for (int k = 0; k < inputs.Length; k++)
        {
            double weight = DoubleMath.Exp(inputs[k] - largest);
            sum += weight;
            last = weight > 0 ? k : last;
        }

        long drawn = 0;
        double distance = Next(1, drawn, total, draws);
        double cumulative = 0;
        for (int k = 0; k < inputs.Length; k++)
        {
            cumulative += DoubleMath.Exp(inputs[k] - largest);
            long count = 0;
            while (drawn < total && (k == last || (1 - distance) * sum < cumulative))
            {
                count++;
                drawn++;
                distance = Next(distance, drawn, total, draws);
            }

            states[k] = count;
        }
    }

    // 1 minus the next larger of the uniform numbers.
    private static double Next(double distance, long drawn, long total, in RandomStream draws) =>
        drawn >= total ? 0 : distance * DoubleMath.Exp(DoubleMath.Log(1 - draws.Uniform(drawn)) / (total - drawn));
}
