using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class SamplingTests
{
    [Fact]
    public void A_unit_is_on_only_below_its_probability()
    {
        ReferenceRbm model = new(new double[2, 2], [0, 0], [0, 0]);
        double justBelow = Math.BitDecrement(0.5);
        Assert.Equal([false, true], model.SampleHidden([true, false], [0.5, justBelow]));
        Assert.Equal([true, false], model.SampleVisible([true, false], [justBelow, 0.5]));
    }

    [Fact]
    public void Each_unit_uses_its_own_uniform_and_its_own_mean()
    {
        ReferenceRbm model = TutorialMachine.Create();
        bool[] visible = TutorialMachine.Visible("AC");
        double[] means = model.MeanHidden(visible);
        Assert.Equal([true, false], model.SampleHidden(visible, [means[0] - 1e-9, means[1] + 1e-9]));
        Assert.Equal([false, true], model.SampleHidden(visible, [means[0] + 1e-9, means[1] - 1e-9]));
    }

    [Fact]
    public void A_Gibbs_step_draws_the_hidden_units_first()
    {
        ReferenceRbm model = TutorialMachine.Create();
        (bool[] hidden, bool[] visible) = model.GibbsStep(TutorialMachine.Visible("AC"), [0.5, 0.5], [0.5, 0.5, 0.5]);
        Assert.Equal(TutorialMachine.Hidden("D"), hidden);
        Assert.Equal(TutorialMachine.Visible("AC"), visible);
    }

    [Fact]
    public void Gibbs_steps_move_as_the_joint_transition_matrix_says()
    {
        const int Draws = 200_000;
        ReferenceRbm model = new(new double[,] { { 1, -0.5 }, { -2, 0.75 } }, [0.25, 0.5], [-0.5, 0.125]);
        double[,] transitions = model.JointTransitions();
        SplitMix64 random = new(99);
        int start = 2;
        long[] counts = new long[16];
        for (int draw = 0; draw < Draws; draw++)
        {
            (bool[] hidden, bool[] visible) = model.GibbsStep(BinaryStates.FromMask(start, 2), random.NextDoubles(2), random.NextDoubles(2));
            counts[model.JointIndex(BinaryStates.ToMask(visible), BinaryStates.ToMask(hidden))]++;
        }

        double[] expected = [.. Enumerable.Range(0, 16).Select(to => transitions[model.JointIndex(start, 3), to])];
        Assert.InRange(GTest.Of(counts, expected).PValue, 1e-6, 1);
        Assert.InRange(GTest.Of(counts, [.. expected[4..], .. expected[..4]]).PValue, 0, 1e-9);
    }

    [Fact]
    public void A_wrong_number_of_uniforms_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TutorialMachine.Create().SampleHidden(new bool[3], new double[3]));
    }
}
