using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class EnumerationTests
{
    [Fact]
    public void Both_routes_to_the_log_partition_function_agree()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double joint = model.LogPartitionFunctionOverJointStates();
            Assert.Equal(joint, model.LogPartitionFunction(), 1e-12 * Math.Max(1, Math.Abs(joint)));
        });
    }

    [Fact]
    public void A_machine_with_one_small_side_needs_only_that_side()
    {
        ReferenceRbm wide = new(new double[50, 2], new double[50], [3, -1]);
        ReferenceRbm tall = new(new double[2, 50], [3, -1], new double[50]);
        double expected = (50 * Math.Log(2)) + ReferenceMath.Softplus(3) + ReferenceMath.Softplus(-1);
        Assert.Equal(expected, wide.LogPartitionFunction(), 1e-12);
        Assert.Equal(expected, tall.LogPartitionFunction(), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => wide.LogPartitionFunctionOverJointStates());
    }

    [Fact]
    public void A_machine_without_parameters_is_uniform()
    {
        ReferenceRbm model = new(new double[3, 5], new double[3], new double[5]);
        Assert.Equal(8 * Math.Log(2), model.LogPartitionFunction(), 1e-14);
        Assert.All(model.VisibleProbabilities(), p => Assert.Equal(1.0 / 8, p, 1e-15));
        Assert.All(model.HiddenProbabilities(), p => Assert.Equal(1.0 / 32, p, 1e-15));
        Assert.Equal(-3 * Math.Log(2), model.LogLikelihood([[true, false, true]]), 1e-14);
        Assert.Equal(-3 * Math.Log(2), model.LogPseudoLikelihood([[true, false, true]]), 1e-14);
    }

    [Fact]
    public void Marginals_are_the_sums_of_the_joint_table_and_sum_to_one()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double[,] joint = model.JointProbabilities();
            double[] visible = model.VisibleProbabilities();
            double[] hidden = model.HiddenProbabilities();
            Assert.Equal(1, joint.Cast<double>().Sum(), 1e-12);
            Assert.Equal(1, visible.Sum(), 1e-12);
            Assert.Equal(1, hidden.Sum(), 1e-12);
            for (int v = 0; v < visible.Length; v++)
            {
                Assert.Equal(Enumerable.Range(0, hidden.Length).Sum(h => joint[v, h]), visible[v], 1e-12);
            }

            for (int h = 0; h < hidden.Length; h++)
            {
                Assert.Equal(Enumerable.Range(0, visible.Length).Sum(v => joint[v, h]), hidden[h], 1e-12);
            }
        });
    }

    [Fact]
    public void Conditional_means_are_ratios_of_the_joint_table()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double[,] joint = model.JointProbabilities();
            double[] visible = model.VisibleProbabilities();
            for (int v = 0; v < visible.Length; v++)
            {
                double[] means = model.MeanHidden(BinaryStates.FromMask(v, model.Visible));
                for (int j = 0; j < model.Hidden; j++)
                {
                    double on = Enumerable.Range(0, joint.GetLength(1)).Where(h => (h >> j & 1) == 1).Sum(h => joint[v, h]);
                    Assert.Equal(on, means[j] * visible[v], 1e-13);
                }
            }

            double[] hidden = model.HiddenProbabilities();
            for (int h = 0; h < hidden.Length; h++)
            {
                double[] means = model.MeanVisible(BinaryStates.FromMask(h, model.Hidden));
                for (int i = 0; i < model.Visible; i++)
                {
                    double on = Enumerable.Range(0, joint.GetLength(0)).Where(v => (v >> i & 1) == 1).Sum(v => joint[v, h]);
                    Assert.Equal(on, means[i] * hidden[h], 1e-13);
                }
            }
        });
    }

    [Fact]
    public void The_log_likelihood_is_the_weighted_mean_of_log_probabilities()
    {
        ReferenceRbm model = TutorialMachine.Create();
        double[] probabilities = model.VisibleProbabilities();
        bool[][] rows = [BinaryStates.FromMask(5, 3), BinaryStates.FromMask(2, 3), BinaryStates.FromMask(5, 3)];
        double expected = ((2 * Math.Log(probabilities[5])) + Math.Log(probabilities[2])) / 3;
        Assert.Equal(expected, model.LogLikelihood(rows), 1e-13);
        Assert.Equal(expected, model.LogLikelihood(rows[..2], [6, 3]), 1e-13);
    }

    [Fact]
    public void The_pseudo_likelihood_is_that_of_the_table_of_probabilities()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            bool[][] rows = BinaryStates.All(model.Visible);
            double[] logs = Array.ConvertAll(rows, row => -model.FreeEnergy(row));
            for (int v = 0; v < rows.Length; v++)
            {
                double expected = 0;
                for (int i = 0; i < model.Visible; i++)
                {
                    expected += logs[v] - ReferenceMath.LogSumExp([logs[v], logs[v ^ 1 << i]]);
                }

                Assert.Equal(expected, model.LogPseudoLikelihood([rows[v]]), 1e-11);
            }

            double mean = rows.Average(row => model.LogPseudoLikelihood([row]));
            Assert.Equal(mean, model.LogPseudoLikelihood(rows), 1e-11);
        });
    }

    [Fact]
    public void Without_hidden_influence_the_pseudo_likelihood_is_the_likelihood()
    {
        ReferenceRbm model = new(new double[3, 2], [0.5, -2, 1], [1, -1]);
        bool[][] rows = BinaryStates.All(3);
        Assert.Equal(model.LogLikelihood(rows), model.LogPseudoLikelihood(rows), 1e-13);
    }

    [Fact]
    public void No_rows_and_missing_weights_are_refused()
    {
        ReferenceRbm model = TutorialMachine.Create();
        Assert.Throws<ArgumentException>(() => model.LogLikelihood([]));
        Assert.Throws<ArgumentException>(() => model.LogLikelihood([new bool[3]], [1, 2]));
    }
}
