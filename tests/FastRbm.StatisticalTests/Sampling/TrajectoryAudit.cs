using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>What the states of a ladder must look like when the chains start at exact draws.</summary>
internal static class TrajectoryAudit
{
    /// <summary>The number of chains.</summary>
    public const int Chains = 60_000;

    /// <summary>Runs two steps from a stationary start.</summary>
    /// <returns>The p-value of each check.</returns>
    public static Dictionary<string, double> Run(ReferenceRbm[] models, ITrajectorySampler sampler, ulong seed)
    {
        ReferenceTrajectory trajectory = new(models);
        double[] stationary = trajectory.Probabilities();
        double[,] once = Pairs(stationary, trajectory.Transitions());
        SplitMix64 random = new(seed);
        int[] first = new int[Chains];
        int[][] states = [.. models.Select(static _ => new int[Chains])];
        for (int chain = 0; chain < Chains; chain++)
        {
            first[chain] = random.NextCell(stationary);
            for (int model = 0; model < models.Length; model++)
            {
                states[model][chain] = trajectory.MaskOf(first[chain], model);
            }
        }

        sampler.Step(states, 0);
        int[] second = Joint(states, models[0].Visible);
        sampler.Step(states, 1);
        int[] third = Joint(states, models[0].Visible);
        double[] top = models[^1].VisibleProbabilities();
        return new Dictionary<string, double>
        {
            ["all models after one step"] = GTest.Of(Count(second, stationary.Length), stationary).PValue,
            ["all models before and after one step"] = GTest.OfPairs(Count(first, second, stationary.Length), once).PValue,
            ["all models after one step and after two"] = GTest.OfPairs(Count(second, third, stationary.Length), once).PValue,
            ["the top of neighbouring chains"] = GTest.OfPairs(Neighbours(states[^1], top.Length), Pairs(top, top)).PValue,
        };
    }

    private static int[] Joint(int[][] states, int units)
    {
        int[] joint = new int[Chains];
        for (int model = 0; model < states.Length; model++)
        {
            for (int chain = 0; chain < Chains; chain++)
            {
                joint[chain] |= states[model][chain] << (model * units);
            }
        }

        return joint;
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

    private static long[,] Count(int[] before, int[] after, int cells)
    {
        long[,] counts = new long[cells, cells];
        for (int chain = 0; chain < Chains; chain++)
        {
            counts[before[chain], after[chain]]++;
        }

        return counts;
    }

    private static long[,] Neighbours(int[] states, int cells)
    {
        long[,] counts = new long[cells, cells];
        for (int chain = 0; chain + 1 < Chains; chain += 2)
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
            for (int column = 0; column < first.Length; column++)
            {
                pairs[row, column] *= first[row];
            }
        }

        return pairs;
    }

    private static double[,] Pairs(double[] first, double[] second)
    {
        double[,] pairs = new double[first.Length, second.Length];
        for (int row = 0; row < first.Length; row++)
        {
            for (int column = 0; column < second.Length; column++)
            {
                pairs[row, column] = first[row] * second[column];
            }
        }

        return pairs;
    }
}
