using FastRbm.Reference;

namespace FastRbm.Tests.Reference;

public sealed class ReferenceSgdTests
{
    [Fact]
    public void A_step_follows_the_formula_with_momentum_and_decay()
    {
        ReferenceRbm model = new(new double[,] { { 2, -1, 0 } }, [0.5], [1, 1, 1]);
        ReferenceMoments positive = new(1, 3);
        positive.Add(1, [1], [0.5, 0.5, 0.5]);
        ReferenceMoments negative = new(1, 3);
        negative.Add(1, [0.5], [0.5, 0.5, 0.25]);
        ReferenceSgd sgd = new(1, 3) { Rate = 0.1, Momentum = 0.5, L2 = 0.01, L1 = 0.02 };

        ReferenceRbm once = sgd.Step(model, positive, negative);
        double first = 0.1 * (0.25 - 0.02 - 0.02);
        Assert.Equal(2 + first, once.Weight(0, 0), 1e-15);
        Assert.Equal(-1 + (0.1 * (0.25 + 0.01 + 0.02)), once.Weight(0, 1), 1e-15);
        Assert.Equal(0.1 * 0.375, once.Weight(0, 2), 1e-15);
        Assert.Equal(0.55, once.VisibleBias[0], 1e-15);
        Assert.Equal([1.0, 1.0, 1.025], once.HiddenBias.ToArray());
        Assert.Equal(2, model.Weight(0, 0));

        ReferenceRbm twice = sgd.Step(once, positive, negative);
        double second = (0.5 * first) + (0.1 * (0.25 - (0.01 * once.Weight(0, 0)) - 0.02));
        Assert.Equal(once.Weight(0, 0) + second, twice.Weight(0, 0), 1e-15);
        Assert.Equal(0.55 + 0.075, twice.VisibleBias[0], 1e-15);
        Assert.Equal(1.025 + 0.0375, twice.HiddenBias[2], 1e-15);
    }

    [Fact]
    public void Small_steps_up_the_likelihood_gradient_raise_the_likelihood()
    {
        ReferenceRbm model = TutorialMachine.Create();
        bool[][] rows = [TutorialMachine.Visible("AB"), TutorialMachine.Visible("C")];
        ReferenceSgd sgd = new(3, 2) { Rate = 0.05 };
        double last = model.LogLikelihood(rows);
        for (int step = 0; step < 50; step++)
        {
            model = sgd.Step(model, model.DataMoments(rows), model.ExpectedMoments(model.VisibleProbabilities()));
            double next = model.LogLikelihood(rows);
            Assert.True(next > last);
            last = next;
        }
    }
}
