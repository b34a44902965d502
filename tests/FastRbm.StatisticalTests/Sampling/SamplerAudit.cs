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
            ["v after one step"] = GTest.Of(Counts.Of(v1, visibleStates), stationary).PValue,
            ["v before and after one step"] = GTest.OfPairs(Counts.Of(v0, v1, visibleStates, visibleStates), Counts.Pairs(stationary, transitions)).PValue,
            ["h and the v drawn from it"] = GTest.OfPairs(Counts.Of(v1, h1, visibleStates, hiddenStates), joint).PValue,
            ["v before and h"] = GTest.OfPairs(Counts.Of(v0, h1, visibleStates, hiddenStates), joint).PValue,
            ["v before and after two steps"] = GTest.OfPairs(
                Counts.Of(v0, visible, visibleStates, visibleStates), Counts.Pairs(stationary, Counts.Product(transitions, transitions))).PValue,
            ["v after one step and after two"] = GTest.OfPairs(Counts.Of(v1, visible, visibleStates, visibleStates), Counts.Pairs(stationary, transitions)).PValue,
            ["h after one step and after two"] = GTest.OfPairs(Counts.Of(h1, hidden, hiddenStates, hiddenStates), Counts.Pairs(model.HiddenProbabilities(), model.HiddenTransitions())).PValue,
            ["v of neighbouring chains"] = GTest.OfPairs(Counts.Neighbours(v1, visibleStates), Counts.Independent(stationary)).PValue,
        };
    }
}
