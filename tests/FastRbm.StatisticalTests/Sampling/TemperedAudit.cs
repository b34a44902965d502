using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>What tempered chains must look like when all their levels start at exact draws.</summary>
internal static class TemperedAudit
{
    /// <summary>The number of chains.</summary>
    public const int Chains = 60_000;

    /// <summary>Runs two sweeps, one of each parity, from a stationary start.</summary>
    /// <returns>The p-value of each check.</returns>
    public static Dictionary<string, double> Run(TemperedCase audited, ITemperedSampler sampler, ulong seed)
    {
        ReferenceTempering reference = audited.Reference;
        int[][] visible = States(audited);
        int[][] hidden = States(audited);
        Draw(audited, seed, visible, hidden);
        sampler.Start(visible, hidden);
        int[] v0 = Product(visible, reference.VisibleStates);
        sampler.Step(visible, hidden);
        int[] v1 = Product(visible, reference.VisibleStates);
        int[] joint = Joint(visible, hidden, reference);
        sampler.Step(visible, hidden);
        int[] v2 = Product(visible, reference.VisibleStates);

        double[] stationary = reference.VisibleProbabilities();
        double[,] even = reference.VisibleTransitions(0);
        double[,] odd = reference.VisibleTransitions(1);
        int count = stationary.Length;
        return new Dictionary<string, double>
        {
            ["v of all levels after one sweep"] = GTest.Of(Counts.Of(v1, count), stationary).PValue,
            ["v and h of all levels after one sweep"] = GTest.Of(Counts.Of(joint, reference.States), reference.Probabilities()).PValue,
            ["v before and after an even sweep"] = GTest.OfPairs(Counts.Of(v0, v1, count, count), Counts.Pairs(stationary, even)).PValue,
            ["v before and after an odd sweep"] = GTest.OfPairs(Counts.Of(v1, v2, count, count), Counts.Pairs(stationary, odd)).PValue,
            ["v before and after both sweeps"] = GTest.OfPairs(
                Counts.Of(v0, v2, count, count), Counts.Pairs(stationary, Counts.Product(even, odd))).PValue,
            ["v of neighbouring chains"] = GTest.OfPairs(Counts.Neighbours(v1, count), Counts.Independent(stationary)).PValue,
        };
    }

    private static int[][] States(TemperedCase audited) => [.. Enumerable.Range(0, audited.Levels).Select(_ => new int[Chains])];

    private static void Draw(TemperedCase audited, ulong seed, int[][] visible, int[][] hidden)
    {
        SplitMix64 random = new(seed);
        for (int level = 0; level < audited.Levels; level++)
        {
            double[,] table = audited.Reference.Level(level).JointProbabilities();
            int hiddenStates = table.GetLength(1);
            double[] cells = [.. table.Cast<double>()];
            for (int chain = 0; chain < Chains; chain++)
            {
                int cell = random.NextCell(cells);
                visible[level][chain] = cell / hiddenStates;
                hidden[level][chain] = cell % hiddenStates;
            }
        }
    }

    private static int[] Product(int[][] states, int ofOne)
    {
        int[] product = new int[Chains];
        for (int level = states.Length - 1; level >= 0; level--)
        {
            for (int chain = 0; chain < Chains; chain++)
            {
                product[chain] = (product[chain] * ofOne) + states[level][chain];
            }
        }

        return product;
    }

    private static int[] Joint(int[][] visible, int[][] hidden, ReferenceTempering reference) => Product(
        [.. visible.Select((states, level) => states.Select((v, chain) => reference.Model.JointIndex(v, hidden[level][chain])).ToArray())],
        reference.LevelStates);
}
