using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;
using FastRbm.Tests.Models.Boltzmann;

namespace FastRbm.Tests.Evaluation.Boltzmann;

public sealed class BoltzmannEnumerationTests
{
    [Theory]
    [InlineData("dense6", UnitKind.Binary)]
    [InlineData("dense6", UnitKind.Spin)]
    [InlineData("star7", UnitKind.Spin)]
    [InlineData("edges5", UnitKind.Binary)]
    public void Moments_are_those_of_the_reference(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 21);
        ReferenceBoltzmann reference = BoltzmannModels.Reference(machine);
        BoltzmannMoments moments = BoltzmannEnumeration.Moments(machine);
        Assert.Equal(reference.LogPartitionFunction(), moments.LogPartitionFunction, 1e-12);
        Assert.Equal(moments.LogPartitionFunction, BoltzmannEnumeration.LogPartitionFunction(machine));
        for (int i = 0; i < machine.Units; i++)
        {
            Assert.Equal(reference.Mean(i), moments.Means[i], 1e-12);
            for (int j = 0; j < machine.Units; j++)
            {
                Assert.Equal(reference.Pair(i, j), moments.Pairs[i, j], 1e-12);
            }
        }
    }

    [Fact]
    public void Upper_units_are_summed_as_lower_ones_are_and_threads_change_nothing()
    {
        // 16 units: 12 lower, 4 upper; large couplings, so that chunks have other scales.
        BoltzmannMachine machine = new(CouplingGraph.Complete(16), UnitKind.Spin);
        FastRbm.Testing.SplitMix64 random = new(4);
        machine.Edit((weights, biases) =>
        {
            foreach (ref float weight in weights)
            {
                weight = (float)(3 * (random.NextDouble() - 0.5));
            }

            foreach (ref float bias in biases)
            {
                bias = (float)(4 * (random.NextDouble() - 0.5));
            }
        });
        BoltzmannMoments one = BoltzmannEnumeration.Moments(machine, 1);
        BoltzmannMoments two = BoltzmannEnumeration.Moments(machine, 3);
        Assert.Equal(one.LogPartitionFunction, two.LogPartitionFunction);
        Assert.Equal(one.Pairs, two.Pairs);

        // The same machine with units in the opposite order.
        float[,] turned = new float[16, 16];
        float[] biasesTurned = new float[16];
        for (int i = 0; i < 16; i++)
        {
            biasesTurned[15 - i] = machine.Biases[i];
            for (int j = 0; j < 16; j++)
            {
                turned[15 - i, 15 - j] = machine.Weight(i, j);
            }
        }

        BoltzmannMoments other = BoltzmannEnumeration.Moments(BoltzmannMachine.FromWeights(turned, biasesTurned, UnitKind.Spin));
        Assert.Equal(one.LogPartitionFunction, other.LogPartitionFunction, 1e-10);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(one.Means[i], other.Means[15 - i], 1e-10);
            for (int j = 0; j < 16; j++)
            {
                Assert.Equal(one.Pairs[i, j], other.Pairs[15 - i, 15 - j], 1e-10);
            }
        }

        // d log Z / d b = mean.
        double step = 1.0 / 256;
        float bias = machine.Biases[14];
        machine.Edit((_, biases) => biases[14] = (float)(bias + step));
        double above = BoltzmannEnumeration.LogPartitionFunction(machine);
        machine.Edit((_, biases) => biases[14] = (float)(bias - step));
        double below = BoltzmannEnumeration.LogPartitionFunction(machine);
        Assert.Equal(one.Means[14], (above - below) / (2 * step), 1e-4);
    }

    [Theory]
    [InlineData("dense6", UnitKind.Binary)]
    [InlineData("grid2x3", UnitKind.Spin)]
    public void Likelihoods_are_those_of_the_reference(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 22);
        ReferenceBoltzmann reference = BoltzmannModels.Reference(machine);
        int[] data = [0, 5, 5, 63, 17];
        BitDataset rows = Rows(data, 6);
        Assert.Equal(reference.LogLikelihood(data), BoltzmannEnumeration.Evaluate(machine, rows).LogLikelihood, 1e-12);
        PseudoLikelihoodReport report = BoltzmannPseudoLikelihood.Evaluate(machine, rows);
        Assert.Equal(reference.LogPseudoLikelihood(data), report.LogPseudoLikelihood, 1e-6);
        double[] values = [.. data.Select(state => reference.LogPseudoLikelihood([state]))];
        double mean = values.Average();
        Assert.Equal(Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / 20), report.StandardError!.Value, 1e-6);
    }

    [Fact]
    public void Machines_that_are_too_large_are_refused()
    {
        BoltzmannMachine machine = new(CouplingGraph.Complete(29));
        Assert.Contains("at most 28", Assert.Throws<ArgumentOutOfRangeException>(() => BoltzmannEnumeration.Moments(machine)).Message, StringComparison.Ordinal);
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => BoltzmannEnumeration.LogPartitionFunction(new BoltzmannMachine(CouplingGraph.Complete(20)), 1, null, stopped.Token));
    }

    internal static BitDataset Rows(int[] states, int units) =>
        BitDataset.FromBytes("states", states.Length, units, [.. states.SelectMany(state => Enumerable.Range(0, units).Select(unit => (byte)(state >> unit & 1)))]);
}
