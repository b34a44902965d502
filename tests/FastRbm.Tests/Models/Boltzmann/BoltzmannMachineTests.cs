using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Reference;

namespace FastRbm.Tests.Models.Boltzmann;

public sealed class BoltzmannMachineTests
{
    [Theory]
    [InlineData("dense6", UnitKind.Binary)]
    [InlineData("dense6", UnitKind.Spin)]
    [InlineData("star7", UnitKind.Spin)]
    [InlineData("edges5", UnitKind.Binary)]
    [InlineData("torus3x3", UnitKind.Spin)]
    public void Energies_are_the_sum_over_ordered_pairs(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 1);
        ReferenceBoltzmann reference = BoltzmannModels.Reference(machine);
        for (int state = 0; state < reference.States; state++)
        {
            Assert.Equal(reference.Energy(state), machine.Energy([(ulong)state]), 1e-12);
        }
    }

    [Theory]
    [InlineData("dense6", UnitKind.Binary)]
    [InlineData("dense6", UnitKind.Spin)]
    [InlineData("star7", UnitKind.Spin)]
    [InlineData("edges5", UnitKind.Binary)]
    public void The_integer_copy_has_the_same_energies(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 2);
        FixedPointCouplings integers = machine.FixedPoint;
        for (int state = 0; state < 1 << machine.Units; state++)
        {
            long sum = 0;
            for (int i = 0; i < machine.Units; i++)
            {
                for (int j = 0; j < i && (state >> i & 1) != 0; j++)
                {
                    sum += (state >> j & 1) != 0 ? (long)Math.Round(machine.Coupling(i, j) * Math.ScaleB(1, integers.ScaleBits)) : 0;
                }

                sum += (state >> i & 1) != 0 ? integers.Bias.Span[i] : 0;
            }

            Assert.Equal(machine.Energy([(ulong)state]), -Math.ScaleB((double)sum, -integers.BitScaleBits) - integers.Shift, 1e-7);
        }
    }

    [Fact]
    public void Inputs_never_overflow_and_use_the_bits_there_are()
    {
        foreach (UnitKind kind in (UnitKind[])[UnitKind.Binary, UnitKind.Spin])
        {
            foreach (double size in (double[])[1e-3, 0.4, 30, 1e4])
            {
                BoltzmannMachine machine = BoltzmannModels.Random("dense70", kind, 3, size);
                FixedPointCouplings integers = machine.FixedPoint;
                long worst = 0;
                for (int i = 0; i < 70; i++)
                {
                    long sum = Math.Abs((long)integers.Bias.Span[i]);
                    foreach (int value in integers.Couplings.Span.Slice(i * integers.Stride, 70))
                    {
                        sum += Math.Abs((long)value);
                    }

                    worst = Math.Max(worst, sum);
                }

                Assert.InRange(worst, integers.ScaleBits == 30 ? 0 : 1L << 29, int.MaxValue);
            }
        }
    }

    [Fact]
    public void Matrices_that_are_not_symmetric_are_refused_or_symmetrised_as_asked()
    {
        float[,] weights = { { 0, 1, 2 }, { 1, 0, 3 }, { 2, 3.5f, 0 } };
        float[,] diagonal = { { 0, 1 }, { 1, 7 } };
        Assert.Contains("row 1, column 2", Assert.Throws<ArgumentException>(() => BoltzmannMachine.FromWeights(weights, [0, 0, 0])).Message, StringComparison.Ordinal);
        Assert.Contains("row 1, column 1", Assert.Throws<ArgumentException>(() => BoltzmannMachine.FromWeights(diagonal, [0, 0])).Message, StringComparison.Ordinal);
        Assert.Equal(3.25f, BoltzmannMachine.FromWeights(weights, [0, 0, 0], rule: SymmetryRule.Symmetrise).Weight(2, 1));
        Assert.Equal(6.5f, BoltzmannMachine.FromWeights(weights, [0, 0, 0], rule: SymmetryRule.Symmetrise).Coupling(2, 1));
        foreach (UnitKind kind in (UnitKind[])[UnitKind.Binary, UnitKind.Spin])
        {
            // The distribution stays: differences of energies do.
            BoltzmannMachine machine = BoltzmannMachine.FromWeights(diagonal, [0.5f, 0.25f], kind, SymmetryRule.Symmetrise);
            ReferenceBoltzmann asked = new(new double[,] { { 0, 1 }, { 1, 7 } }, [0.5, 0.25], kind == UnitKind.Spin);
            for (int state = 1; state < 4; state++)
            {
                Assert.Equal(asked.Energy(state) - asked.Energy(0), machine.Energy([(ulong)state]) - machine.Energy([0]), 1e-6);
            }
        }
    }

    [Fact]
    public void Weights_outside_of_the_graph_are_refused()
    {
        CouplingGraph graph = CouplingGraph.FromEdges(3, [(0, 1)]);
        float[,] weights = { { 0, 1, 2 }, { 1, 0, 0 }, { 2, 0, 0 } };
        Assert.Contains("row 0, column 2", Assert.Throws<ArgumentException>(() => BoltzmannMachine.FromWeights(graph, weights, [0, 0, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_are_not_finite_are_refused_and_change_nothing()
    {
        float[,] weights = { { 0, float.NaN }, { float.NaN, 0 } };
        Assert.Contains("row 0, column 1", Assert.Throws<ArgumentException>(() => BoltzmannMachine.FromWeights(weights, [0, 0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BoltzmannMachine.FromWeights(new float[2, 3], [0, 0]));
        BoltzmannMachine machine = BoltzmannModels.Random("dense6", UnitKind.Spin, 4);
        float before = machine.Weights[3];
        int integer = machine.FixedPoint.Couplings.Span[1];
        Assert.Throws<ArgumentException>(() => machine.Edit(static (w, _) => w[3] = float.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => machine.Edit(static (w, _) => w.Fill(1e30f)));
        Assert.Equal(before, machine.Weights[3]);
        Assert.Equal(integer, machine.FixedPoint.Couplings.Span[1]);
        Assert.Throws<ArgumentException>(() => new BoltzmannMachine(CouplingGraph.Complete(2), UnitKind.Gaussian));
    }
}
