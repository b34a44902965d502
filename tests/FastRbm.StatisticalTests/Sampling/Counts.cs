namespace FastRbm.StatisticalTests.Sampling;

/// <summary>Counts of states and pairs of states, and the probabilities that they are held to.</summary>
internal static class Counts
{
    /// <summary>How often each state was seen.</summary>
    public static long[] Of(int[] states, int cells)
    {
        long[] counts = new long[cells];
        foreach (int state in states)
        {
            counts[state]++;
        }

        return counts;
    }

    /// <summary>How often each pair of states of a chain was seen.</summary>
    public static long[,] Of(int[] first, int[] second, int rows, int columns)
    {
        long[,] counts = new long[rows, columns];
        for (int chain = 0; chain < first.Length; chain++)
        {
            counts[first[chain], second[chain]]++;
        }

        return counts;
    }

    /// <summary>How often each pair of states of chains 0 and 1, 2 and 3... was seen.</summary>
    public static long[,] Neighbours(int[] states, int cells)
    {
        long[,] counts = new long[cells, cells];
        for (int chain = 0; chain + 1 < states.Length; chain += 2)
        {
            counts[states[chain], states[chain + 1]]++;
        }

        return counts;
    }

    /// <summary>p(first) K(first, second).</summary>
    public static double[,] Pairs(double[] first, double[,] transitions)
    {
        double[,] pairs = (double[,])transitions.Clone();
        for (int row = 0; row < first.Length; row++)
        {
            for (int column = 0; column < pairs.GetLength(1); column++)
            {
                pairs[row, column] *= first[row];
            }
        }

        return pairs;
    }

    /// <summary>p(first) p(second).</summary>
    public static double[,] Independent(double[] distribution)
    {
        double[,] pairs = new double[distribution.Length, distribution.Length];
        for (int row = 0; row < distribution.Length; row++)
        {
            for (int column = 0; column < distribution.Length; column++)
            {
                pairs[row, column] = distribution[row] * distribution[column];
            }
        }

        return pairs;
    }

    /// <summary>The product of two matrices.</summary>
    public static double[,] Product(double[,] left, double[,] right)
    {
        double[,] product = new double[left.GetLength(0), right.GetLength(1)];
        for (int row = 0; row < product.GetLength(0); row++)
        {
            for (int column = 0; column < product.GetLength(1); column++)
            {
                for (int middle = 0; middle < left.GetLength(1); middle++)
                {
                    product[row, column] += left[row, middle] * right[middle, column];
                }
            }
        }

        return product;
    }
}
