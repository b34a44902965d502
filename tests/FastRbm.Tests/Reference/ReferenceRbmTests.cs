using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class ReferenceRbmTests
{
    [Theory]
    [InlineData("ACD", 8)]
    [InlineData("BE", 7)]
    [InlineData("ACE", -1)]
    [InlineData("BD", -2)]
    [InlineData("", 0)]
    [InlineData("ABCDE", 5)]
    public void The_energies_of_the_tutorial_machine_are_those_worked_out_by_hand(string units, double score)
    {
        ReferenceRbm model = TutorialMachine.Create();
        Assert.Equal(-score, model.Energy(TutorialMachine.Visible(units), TutorialMachine.Hidden(units)));
    }

    [Theory]
    [InlineData("ACD", 0.4495)]
    [InlineData("BE", 0.1654)]
    public void The_probabilities_of_the_tutorial_machine_are_the_published_ones(string units, double expected)
    {
        double[,] table = TutorialMachine.Create().JointProbabilities();
        double probability = table[BinaryStates.ToMask(TutorialMachine.Visible(units)), BinaryStates.ToMask(TutorialMachine.Hidden(units))];
        Assert.Equal(expected, Math.Round(probability, 4));
        Assert.Equal(1, table.Cast<double>().Sum(), 1e-12);
    }

    [Fact]
    public void The_inputs_of_the_tutorial_machine_are_those_worked_out_by_hand()
    {
        ReferenceRbm model = TutorialMachine.Create();
        Assert.Equal([6.0, -3.0], model.HiddenInputs(TutorialMachine.Visible("AC")));
        Assert.Equal([0.0, 6.0, -2.0], model.VisibleInputs(TutorialMachine.Hidden("E")));
        Assert.Equal([2 + (0.5 * 2) - (0.25 * 6), 1 - 0.5 + (0.25 * 4)], model.HiddenInputs([0.5, 0.25, 0]));
        Assert.Equal([ReferenceMath.Sigmoid(6), ReferenceMath.Sigmoid(-3)], model.MeanHidden(TutorialMachine.Visible("AC")));
        Assert.Equal([0.5, ReferenceMath.Sigmoid(6), ReferenceMath.Sigmoid(-2)], model.MeanVisible(TutorialMachine.Hidden("E")));
    }

    [Fact]
    public void The_free_energy_is_the_log_of_the_sum_over_hidden_states()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            foreach (bool[] visible in BinaryStates.All(model.Visible))
            {
                double[] terms = [.. BinaryStates.All(model.Hidden).Select(hidden => -model.Energy(visible, hidden))];
                AssertClose(-ReferenceMath.LogSumExp(terms), model.FreeEnergy(visible), 1e-13);
            }
        });
    }

    [Fact]
    public void The_free_energy_of_a_hidden_state_is_the_log_of_the_sum_over_visible_states()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            foreach (bool[] hidden in BinaryStates.All(model.Hidden))
            {
                double[] terms = [.. BinaryStates.All(model.Visible).Select(visible => -model.Energy(visible, hidden))];
                AssertClose(-ReferenceMath.LogSumExp(terms), model.FreeEnergyOfHidden(hidden), 1e-13);
            }
        });
    }

    [Fact]
    public void The_free_energy_of_real_visible_values_sums_over_hidden_states_too()
    {
        SplitMix64 random = new(7);
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double[] visible = random.NextDoubles(model.Visible);
            List<double> terms = [];
            foreach (bool[] hidden in BinaryStates.All(model.Hidden))
            {
                double score = 0;
                for (int i = 0; i < model.Visible; i++)
                {
                    score += visible[i] * model.VisibleBias[i];
                    for (int j = 0; j < model.Hidden; j++)
                    {
                        score += hidden[j] ? visible[i] * model.Weight(i, j) : 0;
                    }
                }

                for (int j = 0; j < model.Hidden; j++)
                {
                    score += hidden[j] ? model.HiddenBias[j] : 0;
                }

                terms.Add(score);
            }

            AssertClose(-ReferenceMath.LogSumExp(terms.ToArray()), model.FreeEnergy(visible), 1e-13);
        });
    }

    [Fact]
    public void Energies_are_linear_in_each_unit_with_the_input_as_slope()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            foreach (bool[] visible in BinaryStates.All(model.Visible))
            {
                double[] inputs = model.HiddenInputs(visible);
                for (int j = 0; j < model.Hidden; j++)
                {
                    bool[] off = new bool[model.Hidden];
                    bool[] on = new bool[model.Hidden];
                    on[j] = true;
                    AssertClose(inputs[j], model.Energy(visible, off) - model.Energy(visible, on), 1e-13);
                }
            }
        });
    }

    [Fact]
    public void The_model_copies_what_it_is_given()
    {
        double[,] weights = { { 1 } };
        double[] visibleBias = [2];
        double[] hiddenBias = [3];
        ReferenceRbm model = new(weights, visibleBias, hiddenBias);
        weights[0, 0] = visibleBias[0] = hiddenBias[0] = 9;
        model.CopyWeights()[0, 0] = 9;
        Assert.Equal((1.0, 2.0, 3.0), (model.Weight(0, 0), model.VisibleBias[0], model.HiddenBias[0]));
    }

    [Fact]
    public void Parameters_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ReferenceRbm(new double[2, 3], new double[3], new double[3]));
        Assert.Throws<ArgumentException>(() => new ReferenceRbm(new double[2, 3], new double[2], new double[2]));
        Assert.Throws<ArgumentException>("weights", () => new ReferenceRbm(new double[,] { { double.NaN } }, [0], [0]));
        Assert.Throws<ArgumentException>("visibleBias", () => new ReferenceRbm(new double[1, 1], [double.PositiveInfinity], [0]));
        Assert.Throws<ArgumentException>("hiddenBias", () => new ReferenceRbm(new double[1, 1], [0], [double.NaN]));
        Assert.Throws<ArgumentException>(() => TutorialMachine.Create().Energy(new bool[2], new bool[2]));
        Assert.Throws<ArgumentException>(() => TutorialMachine.Create().HiddenInputs(new bool[4]));
    }

    private static void AssertClose(double expected, double actual, double relative) =>
        Assert.Equal(expected, actual, relative * Math.Max(1, Math.Abs(expected) + 100));
}
