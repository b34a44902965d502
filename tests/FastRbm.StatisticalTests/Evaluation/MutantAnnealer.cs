using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Evaluation;

/// <summary>Annealed importance sampling in plain doubles with one mistake, or none.</summary>
internal static class MutantAnnealer
{
    /// <summary>Runs' own estimates of log Z: log Z_0 + log weight.</summary>
    public static double[] Run(ReferenceRbm model, double[] bias, double[] betas, int runs, AnnealingMistake mistake, ulong seed)
    {
        SplitMix64 random = new(seed);
        ReferenceRbm[] machines = [.. betas.Select(beta => model.Annealed(mistake == AnnealingMistake.BaseBiasNotSampled ? new double[bias.Length] : bias, beta))];
        double[] weighed = mistake == AnnealingMistake.BaseBiasNotWeighed ? new double[bias.Length] : bias;
        double start = mistake switch
        {
            AnnealingMistake.BaseLogPartitionFunctionForgotten => (model.Visible + model.Hidden) * Math.Log(2),
            AnnealingMistake.HiddenUnitsOfBaseForgotten => model.BaseLogPartitionFunction(bias) - (model.Hidden * Math.Log(2)),
            _ => model.BaseLogPartitionFunction(bias),
        };
        double[] estimates = new double[runs];
        for (int run = 0; run < runs; run++)
        {
            bool[] visible = [.. bias.Select(odds => random.NextBool(mistake == AnnealingMistake.StartedAtRandom ? 0.5 : ReferenceMath.Sigmoid(odds)))];
            double weight = start;
            int last = betas.Length - (mistake == AnnealingMistake.LastStepForgotten ? 2 : 1);
            for (int step = 1; step <= last; step++)
            {
                bool[] next = Sweep(machines[mistake == AnnealingMistake.SampledAtTheBetaBefore ? step - 1 : step], visible, random);
                bool[] at = mistake == AnnealingMistake.WeighedAfterSampling ? next : visible;
                int to = mistake == AnnealingMistake.WeighedAtTheStepBefore ? step - 1 : step;
                weight += to == 0 ? 0 : model.LogAnnealed(at, weighed, betas[to]) - model.LogAnnealed(at, weighed, betas[to - 1]);
                visible = next;
            }

            estimates[run] = weight;
        }

        return estimates;
    }

    private static bool[] Sweep(ReferenceRbm machine, bool[] visible, SplitMix64 random) =>
        machine.GibbsStep(visible, random.NextDoubles(machine.Hidden), random.NextDoubles(machine.Visible)).Visible;
}
