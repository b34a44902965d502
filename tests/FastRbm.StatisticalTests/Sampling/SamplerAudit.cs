using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>What a sampler's states must look like when the chains start at exact draws.</summary>
internal static class SamplerAudit
{
    /// <summary>The number of chains.</summary>
    public const int Chains = 200_000;

    /// <summary>Runs two steps from a stationary start.</summary>
    /// <returns>The p-value of each check.</returns>
    public static Dictionary<string, double> Run(ReferenceRbm model, IStepSampler sampler, ulong seed)
    {
        int visibleStates = 1 << model.Visible;
        int hiddenStates = 1 << model.Hidden;
        double[,] joint = model.JointProbabilities();
        double[] start = new double[visibleStates * hiddenStates];
        for (int cell = 0; cell < start.Length; cell++)
        {
            start[cell] = joint[cell / hiddenStates, cell % hiddenStates];
        }

        SplitMix64 random = new(seed);
        int[] visible = new int[Chains];
        int[] hidden = new int[Chains];
        for (int chain = 0; chain < Chains; chain++)
        {
            int cell = random.NextCell(start);
            visible[chain] = cell / hiddenStates;
            hidden[chain] = cell % hiddenStates;
        }

        int[] v0 = [.. visible];
        sampler.Step(visible, hidden, 0);
        int[] v1 = [.. visible];
        int[] h1 = [.. hidden];
        sampler.Step(visible, hidden, 1);

        double[] stationary = model.VisibleProbabilities();
        double[,] transitions = model.VisibleTransitions();
        return new Dictionary<string, double>
        {
            ["v after one step"] = GTest.Of(Count(v1, visibleStates), stationary).PValue,
            ["v before and after one step"] = GTest.OfPairs(Count(v0, v1, visibleStates, visibleStates), Pairs(stationary, transitions)).PValue,
            ["h and the v drawn from it"] = GTest.OfPairs(Count(v1, h1, visibleStates, hiddenStates), joint).PValue,
            ["v before and h"] = GTest.OfPairs(Count(v0, h1, visibleStates, hiddenStates), joint).PValue,
            ["v before and after two steps"] = GTest.OfPairs(
                Count(v0, visible, visibleStates, visibleStates), Pairs(stationary, Product(transitions, transitions))).PValue,
            ["v after one step and after two"] = GTest.OfPairs(Count(v1, visible, visibleStates, visibleStates), Pairs(stationary, transitions)).PValue,
            ["h after one step and after two"] = GTest.OfPairs(Count(h1, hidden, hiddenStates, hiddenStates), Pairs(model.HiddenProbabilities(), model.HiddenTransitions())).PValue,
            ["v of neighbouring chains"] = GTest.OfPairs(Neighbours(v1, visibleStates), Independent(stationary)).PValue,
        };
    }

    private static long[] Count(int[] states, int cells)
    {
        long[] counts = new long[cells];
        foreach (int state in states)
        {
            counts[state]++;
        }

        return counts;
    }

    private static long[,] Count(int[] first, int[] second, int rows, int columns)
    {
        long[,] counts = new long[rows, columns];
        for (int chain = 0; chain < first.Length; chain++)
        {
            counts[first[chain], second[chain]]++;
        }

        return counts;
    }

    private static long[,] Neighbours(int[] states, int cells)
    {
        long[,] counts = new long[cells, cells];
        for (int chain = 0; chain + 1 < states.Length; chain += 2)
        {
            counts[states[chain], states[chain + 1]]++;
        }

        return counts;
    }

    private static double[,] Pairs(double[] first, double[,] transitions)
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

    private static double[,] Independent(double[] distribution)
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

    private static double[,] Product(double[,] left, double[,] right)
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
