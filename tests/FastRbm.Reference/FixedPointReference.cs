namespace FastRbm.Reference;

/// <summary>Fixed-point numbers in 64-bit integers: the value q stands for q / 2^scaleBits. Sums are exact, or throw.</summary>
public static class FixedPointReference
{
    /// <summary>q = the integer nearest to value * 2^scaleBits, a tie going to the even one.</summary>
    /// <exception cref="OverflowException">The result doesn't fit, or the value isn't a number.</exception>
    public static long Quantize(double value, int scaleBits) =>
        checked((long)Math.Round(Math.ScaleB(value, scaleBits), MidpointRounding.ToEven));

    /// <inheritdoc cref="Quantize(double, int)"/>
    public static long[] Quantize(ReadOnlySpan<double> values, int scaleBits)
    {
        long[] quantized = new long[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            quantized[i] = Quantize(values[i], scaleBits);
        }

        return quantized;
    }

    /// <inheritdoc cref="Quantize(double, int)"/>
    public static long[,] Quantize(double[,] values, int scaleBits)
    {
        long[,] quantized = new long[values.GetLength(0), values.GetLength(1)];
        for (int i = 0; i < values.GetLength(0); i++)
        {
            for (int j = 0; j < values.GetLength(1); j++)
            {
                quantized[i, j] = Quantize(values[i, j], scaleBits);
            }
        }

        return quantized;
    }

    /// <summary>bias_j + the sum of weights[i, j] over the active visible units i.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="bias">One for each hidden unit.</param>
    /// <param name="visible">v.</param>
    public static long[] HiddenInputs(long[,] weights, long[] bias, bool[] visible)
    {
        long[] inputs = (long[])bias.Clone();
        for (int j = 0; j < inputs.Length; j++)
        {
            for (int i = 0; i < visible.Length; i++)
            {
                inputs[j] = checked(inputs[j] + (visible[i] ? weights[i, j] : 0));
            }
        }

        return inputs;
    }

    /// <summary>bias_i + the sum of weights[i, j] over the active hidden units j.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="bias">One for each visible unit.</param>
    /// <param name="hidden">h.</param>
    public static long[] VisibleInputs(long[,] weights, long[] bias, bool[] hidden)
    {
        long[] inputs = (long[])bias.Clone();
        for (int i = 0; i < inputs.Length; i++)
        {
            for (int j = 0; j < hidden.Length; j++)
            {
                inputs[i] = checked(inputs[i] + (hidden[j] ? weights[i, j] : 0));
            }
        }

        return inputs;
    }
}
