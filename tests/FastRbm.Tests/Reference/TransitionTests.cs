using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Reference;

public sealed class TransitionTests
{
    [Fact]
    public void Every_row_of_every_transition_matrix_sums_to_one()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            AssertStochastic(model.HiddenConditionals());
            AssertStochastic(model.VisibleConditionals());
            AssertStochastic(model.VisibleTransitions());
            AssertStochastic(model.HiddenTransitions());
        });
        Properties.Hold(RandomModels.TinyRbm(4, 3), model => AssertStochastic(model.JointTransitions()), 100);
    }

    [Fact]
    public void Gibbs_sampling_leaves_the_distribution_in_place()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            AssertStationary(model.VisibleProbabilities(), model.VisibleTransitions());
            AssertStationary(model.HiddenProbabilities(), model.HiddenTransitions());
        });
        Properties.Hold(RandomModels.TinyRbm(4, 3), model => AssertStationary(JointVector(model), model.JointTransitions()), 100);
    }

    [Fact]
    public void The_chains_over_one_side_are_in_detailed_balance()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            AssertBalanced(model.VisibleProbabilities(), model.VisibleTransitions());
            AssertBalanced(model.HiddenProbabilities(), model.HiddenTransitions());
        });
    }

    [Fact]
    public void Conditionals_are_the_joint_table_over_its_marginals()
    {
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            double[,] joint = model.JointProbabilities();
            double[] visible = model.VisibleProbabilities();
            double[] hidden = model.HiddenProbabilities();
            double[,] hiddenGivenVisible = model.HiddenConditionals();
            double[,] visibleGivenHidden = model.VisibleConditionals();
            for (int v = 0; v < visible.Length; v++)
            {
                for (int h = 0; h < hidden.Length; h++)
                {
                    Assert.Equal(joint[v, h], visible[v] * hiddenGivenVisible[v, h], 1e-13);
                    Assert.Equal(joint[v, h], hidden[h] * visibleGivenHidden[h, v], 1e-13);
                }
            }
        });
    }

    [Fact]
    public void The_joint_step_forgets_the_hidden_state_and_moves_the_visible_one_as_its_own_chain_does()
    {
        ReferenceRbm model = TutorialMachine.Create();
        double[,] joint = model.JointTransitions();
        double[,] visible = model.VisibleTransitions();
        for (int v = 0; v < 8; v++)
        {
            for (int next = 0; next < 8; next++)
            {
                for (int h = 0; h < 4; h++)
                {
                    double sum = Enumerable.Range(0, 4).Sum(nextH => joint[model.JointIndex(v, h), model.JointIndex(next, nextH)]);
                    Assert.Equal(visible[v, next], sum, 1e-15);
                }
            }
        }
    }

    [Fact]
    public void Propagation_is_multiplication_by_the_transition_matrix()
    {
        ReferenceRbm model = TutorialMachine.Create();
        double[,] transitions = model.VisibleTransitions();
        double[] start = [0, 1, 0, 0, 0, 0, 0, 0];
        Assert.Equal(start, model.PropagateVisible(start, 0));
        double[] twice = new double[8];
        for (int middle = 0; middle < 8; middle++)
        {
            for (int end = 0; end < 8; end++)
            {
                twice[end] += transitions[1, middle] * transitions[middle, end];
            }
        }

        double[] propagated = model.PropagateVisible(start, 2);
        for (int v = 0; v < 8; v++)
        {
            Assert.Equal(transitions[1, v], model.PropagateVisible(start, 1)[v], 1e-15);
            Assert.Equal(twice[v], propagated[v], 1e-15);
        }
    }

    private static double[] JointVector(ReferenceRbm model)
    {
        double[,] table = model.JointProbabilities();
        double[] vector = new double[table.Length];
        for (int v = 0; v < table.GetLength(0); v++)
        {
            for (int h = 0; h < table.GetLength(1); h++)
            {
                vector[model.JointIndex(v, h)] = table[v, h];
            }
        }

        return vector;
    }

    private static void AssertStochastic(double[,] matrix)
    {
        for (int from = 0; from < matrix.GetLength(0); from++)
        {
            Assert.Equal(1, Enumerable.Range(0, matrix.GetLength(1)).Sum(to => matrix[from, to]), 1e-12);
        }
    }

    private static void AssertStationary(double[] distribution, double[,] matrix)
    {
        for (int to = 0; to < distribution.Length; to++)
        {
            Assert.Equal(distribution[to], Enumerable.Range(0, distribution.Length).Sum(from => distribution[from] * matrix[from, to]), 1e-12);
        }
    }

    private static void AssertBalanced(double[] distribution, double[,] matrix)
    {
        for (int from = 0; from < distribution.Length; from++)
        {
            for (int to = 0; to < from; to++)
            {
                Assert.Equal(distribution[from] * matrix[from, to], distribution[to] * matrix[to, from], 1e-13);
            }
        }
    }
}
