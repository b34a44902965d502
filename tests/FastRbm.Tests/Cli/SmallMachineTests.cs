using FastRbm.Cli.Commands;
using FastRbm.Cli.Demos;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Testing;

namespace FastRbm.Tests.Cli;

public sealed class SmallMachineTests
{
    [Fact]
    public void A_step_keeps_the_distribution_and_its_relaxation_is_that_of_powers()
    {
        SmallMachine machine = new(TutorialMachine.Parameters);
        Assert.Equal(1, machine.Probabilities.Sum(), 1e-12);
        foreach (int visible in Enumerable.Range(0, 8))
        {
            Assert.Equal(
                StateTable.Enumerate(TutorialMachine.Parameters).Where(state => state.Visible == visible).Sum(static state => state.Probability), machine.Probabilities[visible], 1e-14);
        }

        Assert.Equal(0, SmallMachine.TotalVariation(machine.Step(machine.Probabilities), machine.Probabilities), 1e-12);
        double early = SmallMachine.TotalVariation(machine.AfterRandomStart(60), machine.Probabilities);
        double late = SmallMachine.TotalVariation(machine.AfterRandomStart(61), machine.Probabilities);
        Assert.Equal(-1 / Math.Log(late / early), machine.RelaxationSteps(), 1e-3 * machine.RelaxationSteps());
    }

    [Fact]
    public void The_engines_chains_follow_the_steps_matrix()
    {
        const int chains = 40_000;
        SmallMachine machine = new(TutorialMachine.Parameters);
        using ChainSet set = new(new Rbm(TutorialMachine.Parameters), chains, 3);
        set.StartFrom(BitDataset.FromBytes("start", 1, 3, [0, 1, 1]));
        double[] expected = new double[8];
        expected[6] = 1;
        for (int step = 1; step <= 3; step++)
        {
            set.Run(1);
            expected = machine.Step(expected);
            for (int state = 0; state < 8; state++)
            {
                int count = Enumerable.Range(0, chains).Count(chain => (int)set.Visible.Row(chain)[0] == state);

                // Five standard errors of a binomial count: 24 comparisons fail by chance less than once in 70,000 seeds.
                double error = 5 * Math.Sqrt(expected[state] * (1 - expected[state]) / chains);
                Assert.InRange((double)count / chains, expected[state] - error, expected[state] + error);
            }
        }
    }

    [Fact]
    public void Eigenvectors_are_orthonormal_and_rebuild_their_matrix()
    {
        SplitMix64 random = new(4);
        foreach (int size in new[] { 1, 2, 3, 8 })
        {
            double[] matrix = new double[size * size];
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    matrix[(i * size) + j] = matrix[(j * size) + i] = random.NextDouble(-1, 1);
                }
            }

            SymmetricEigen eigen = SymmetricEigen.Compute(matrix, size);
            Assert.Equal(eigen.Values.OrderDescending(), eigen.Values);
            for (int i = 0; i < size * size; i++)
            {
                Assert.Equal(i / size == i % size ? 1 : 0, Enumerable.Range(0, size).Sum(k => eigen.Vectors[i / size][k] * eigen.Vectors[i % size][k]), 1e-12);
                Assert.Equal(matrix[i], Enumerable.Range(0, size).Sum(k => eigen.Values[k] * eigen.Vectors[k][i / size] * eigen.Vectors[k][i % size]), 1e-12);
            }
        }
    }
}
