using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Sampling.Classification;
using FastRbm.StatisticalTests.Sampling;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Classification;

/// <summary>Chains that start at exact draws stay there, move by the exact matrix, and seeded mistakes are found by the same tests.</summary>
public sealed class ClassChainsTests
{
    private const int Chains = 60_000;

    [Fact]
    public void The_matrix_leaves_the_distribution_as_it_is_with_the_class_free_and_held()
    {
        ReferenceClassification model = new ClassificationCase(1).Reference;
        double[] joint = model.Joint();
        Assert.Equal(1, joint.Sum(), 1e-12);
        foreach (bool held in (bool[])[false, true])
        {
            double[,] transitions = model.Transitions(held);
            for (int to = 0; to < joint.Length; to++)
            {
                Assert.Equal(1, Enumerable.Range(0, joint.Length).Sum(other => transitions[to, other]), 1e-12);
                Assert.Equal(joint[to], Enumerable.Range(0, joint.Length).Sum(from => joint[from] * transitions[from, to]), 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chains_move_by_the_exact_matrix(bool held)
    {
        ClassificationCase one = new(1);
        ClassificationRbm model = one.Model();
        Dictionary<string, double> p = PValues(one.Reference, held, seed: 2, (states, step) =>
        {
            int?[] labels = [.. states.Select(state => held ? (int?)(state % ClassificationCase.Classes) : null)];
            using ClassChains chains = new(model, labels, seed: 3 + (ulong)step);
            chains.StartFrom(ClassificationCase.Rows(states));
            chains.Run(1);
            float[] values = new float[ClassificationCase.Visible];
            for (int chain = 0; chain < states.Length; chain++)
            {
                chains.CopyVisible(chain, values);
                int v = Enumerable.Range(0, values.Length).Sum(i => (int)values[i] << i);
                states[chain] = (v * ClassificationCase.Classes) + chains.Label(chain);
            }
        });
        Assert.All(p, static check => Assert.True(check.Value > Budget.PerCheck, $"{check.Key}: p = {check.Value}"));
    }

    [Theory]
    [InlineData((int)ClassMistake.None)]
    [InlineData((int)ClassMistake.ClassBiasForgotten)]
    [InlineData((int)ClassMistake.WeightsOfNextClass)]
    [InlineData((int)ClassMistake.ClassesNotNormalised)]
    [InlineData((int)ClassMistake.HeldClassRedrawn)]
    [InlineData((int)ClassMistake.ClassIgnoredGoingUp)]
    [InlineData((int)ClassMistake.MostLikelyClass)]
    [InlineData((int)ClassMistake.StaleHidden)]
    public void Mutants_are_caught(int number)
    {
        ClassMistake mistake = (ClassMistake)number;
        ReferenceClassification model = new ClassificationCase(1).Reference;
        double least = 1;
        foreach (bool held in (bool[])[false, true])
        {
            ClassMutant mutant = new(model, mistake, seed: 4);
            least = Math.Min(least, PValues(model, held, seed: 5, (states, _) => mutant.Step(states, held)).Values.Min());
        }

        Assert.True(mistake == ClassMistake.None ? least > Budget.PerCheck : least < Budget.Caught, $"{mistake}: p = {least}");
    }

    private static Dictionary<string, double> PValues(ReferenceClassification model, bool held, ulong seed, Action<int[], int> step)
    {
        double[] joint = model.Joint();
        SplitMix64 random = new(seed);
        int[] first = [.. Enumerable.Range(0, Chains).Select(_ => random.NextCell(joint))];
        int[] second = [.. first];
        step(second, 0);
        int[] third = [.. second];
        step(third, 1);
        double[,] transitions = model.Transitions(held);
        return new Dictionary<string, double>
        {
            ["after one step"] = GTest.Of(Counts.Of(second, joint.Length), joint).PValue,
            ["before and after one step"] = GTest.OfPairs(Counts.Of(first, second, joint.Length, joint.Length), Counts.Pairs(joint, transitions)).PValue,
            ["before and after the second step"] = GTest.OfPairs(Counts.Of(second, third, joint.Length, joint.Length), Counts.Pairs(joint, transitions)).PValue,
        };
    }
}
