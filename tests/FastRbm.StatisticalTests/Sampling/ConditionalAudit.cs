using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>What the states of a sampler of p(v | evidence) must look like when the chains start at exact draws from it.</summary>
internal static class ConditionalAudit
{
    /// <summary>The number of chains: they take turns at the kinds of evidence.</summary>
    public const int Chains = 120_000;

    /// <summary>Runs two steps from a stationary start, with other evidence for each chain in the second.</summary>
    /// <returns>The p-value of each check.</returns>
    public static Dictionary<string, double> Run(ReferenceRbm model, IConditionalSampler sampler, ulong seed)
    {
        ReferenceEvidence[] kinds = Kinds(model.Visible);
        Dictionary<string, double> results = [];
        for (int step = 0; step < 2; step++)
        {
            SplitMix64 random = new(seed + (ulong)step);
            int shift = step;
            ReferenceEvidence[] evidence = [.. Enumerable.Range(0, Chains).Select(chain => kinds[(chain + shift) % kinds.Length])];
            double[][] posteriors = [.. kinds.Select(model.VisibleProbabilities)];
            int[] before = [.. Enumerable.Range(0, Chains).Select(chain => random.NextCell(posteriors[(chain + shift) % kinds.Length]))];
            int[] visible = [.. before];
            int[] hidden = new int[Chains];
            sampler.Step(evidence, visible, hidden, step);
            for (int kind = 0; kind < kinds.Length; kind++)
            {
                int[] v0 = Of(before, kind, step, kinds.Length);
                int[] v1 = Of(visible, kind, step, kinds.Length);
                int[] h1 = Of(hidden, kind, step, kinds.Length);
                int states = 1 << model.Visible;
                double[,] joint = model.JointProbabilities(kinds[kind]);
                string name = $"evidence {kind}, step {step}: ";
                results[name + "v after"] = GTest.Of(Counts.Of(v1, states), posteriors[kind]).PValue;
                results[name + "v before and after"] = GTest.OfPairs(
                    Counts.Of(v0, v1, states, states), Counts.Pairs(posteriors[kind], model.VisibleTransitions(kinds[kind]))).PValue;
                results[name + "v before and h"] = GTest.OfPairs(Counts.Of(v0, h1, states, 1 << model.Hidden), joint).PValue;
                results[name + "h and the v drawn from it"] = GTest.OfPairs(Counts.Of(v1, h1, states, 1 << model.Hidden), joint).PValue;
            }
        }

        return results;
    }

    private static int[] Of(int[] states, int kind, int shift, int kinds) =>
        [.. states.Where((_, chain) => (chain + shift) % kinds == kind)];

    /// <summary>Nothing known, one unit clamped, all but one, all, all seen through a channel, and a mixture.</summary>
    private static ReferenceEvidence[] Kinds(int units)
    {
        bool[] none = new bool[units];
        bool[] all = [.. Enumerable.Repeat(true, units)];
        bool[] first = [.. Enumerable.Range(0, units).Select(static i => i == 0)];
        bool[] rest = [.. first.Select(static on => !on)];
        bool[] odd = [.. Enumerable.Range(0, units).Select(static i => i % 2 == 1)];
        return
        [
            new ReferenceEvidence(none, none, none, 0.1),
            new ReferenceEvidence(first, none, first, 0.1),
            new ReferenceEvidence(rest, none, odd, 0.1),
            new ReferenceEvidence(all, none, odd, 0.1),
            new ReferenceEvidence(none, all, odd, 0.1),
            new ReferenceEvidence(first, rest, rest, 0.3),
        ];
    }
}
