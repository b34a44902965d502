using FastRbm.Kernels.Elementary;

namespace FastRbm.Models.Networks;

/// <summary>The softmax of a row of outputs, in doubles.</summary>
internal static class SoftmaxRow
{
    /// <summary>probabilities[y] = exp(outputs[y] - log sum_y exp(outputs[y])) times a scale.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="probabilities">As many, written.</param>
    /// <returns>log sum_y exp(outputs[y]).</returns>
    public static double Run(ReadOnlySpan<float> outputs, double scale, Span<float> probabilities)
    {
        double total = LogSum(outputs);
        for (int y = 0; y < outputs.Length; y++)
        {
            probabilities[y] = (float)(scale * DoubleMath.Exp(outputs[y] - total));
        }

        return total;
    }

    /// <summary>logarithms[y] = outputs[y] - log sum_y exp(outputs[y]).</summary>
    public static void Logarithms(ReadOnlySpan<float> outputs, Span<float> logarithms)
    {
        double total = LogSum(outputs);
        for (int y = 0; y < outputs.Length; y++)
        {
            logarithms[y] = (float)(outputs[y] - total);
        }
    }

    /// <summary>log sum_y exp(outputs[y]).</summary>
    public static double LogSum(ReadOnlySpan<float> outputs)
    {
        double largest = double.NegativeInfinity;
        foreach (float output in outputs)
        {
            if (!float.IsFinite(output))
            {
                return double.NaN;
            }

            largest = Math.Max(largest, output);
        }

        double sum = 0;
        foreach (float output in outputs)
        {
            sum += DoubleMath.Exp(output - largest);
        }

        return largest + DoubleMath.Log(sum);
    }
}
