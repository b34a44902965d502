using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Deep;

public sealed class DeepBoltzmannMachineTests
{
    private static readonly int[][] _shapes = [[3, 2, 2], [2, 2, 2, 2], [2, 1, 2, 1, 1]];

    public static TheoryData<int> Shapes() => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_joined_machine_has_the_energies_of_the_deep_one(int shape)
    {
        DeepCase tiny = new(7, 1.5, _shapes[shape]);
        DeepBoltzmannMachine machine = tiny.Machine;
        RbmWorkspace workspace = new(machine.Joined);
        double[] energies = new double[1];
        for (int state = 0; state < 1 << tiny.Reference.Units; state++)
        {
            (BitMatrix even, BitMatrix odd) = Sides(machine, tiny.Reference.Split(state));
            machine.Joined.Energy(even, odd, workspace, energies);
            Assert.Equal(tiny.Reference.Energy(tiny.Reference.Split(state)), energies[0], 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Each_half_of_a_sweep_has_the_inputs_from_both_neighbours(int shape)
    {
        DeepCase tiny = new(8, 1.5, _shapes[shape]);
        DeepBoltzmannMachine machine = tiny.Machine;
        RbmWorkspace workspace = new(machine.Joined);
        Matrix evenInputs = new(1, machine.Joined.Visible.Count);
        Matrix oddInputs = new(1, machine.Joined.Hidden.Count);
        for (int state = 0; state < 1 << tiny.Reference.Units; state += 3)
        {
            double[][] layers = tiny.Reference.Split(state);
            (BitMatrix even, BitMatrix odd) = Sides(machine, layers);
            machine.Joined.HiddenInputs(even, workspace, oddInputs);
            machine.Joined.VisibleInputs(odd, workspace, evenInputs);
            for (int l = 0; l < machine.Layers.Count; l++)
            {
                double[] expected = tiny.Reference.Inputs(layers, l);
                ReadOnlySpan<float> found = ((l & 1) == 0 ? evenInputs : oddInputs).Row(0).Slice(machine.StartOf(l), machine.Layers[l]);
                Assert.Equal(expected, DeepCase.Doubles(found));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_sweep_leaves_the_joint_distribution_as_it_is(int shape)
    {
        DeepCase tiny = new(9, 1.2, _shapes[shape]);
        double[,] sweep = tiny.Reference.Transitions();
        int states = 1 << tiny.Reference.Units;
        for (int to = 0; to < states; to++)
        {
            double after = 0;
            double row = 0;
            for (int from = 0; from < states; from++)
            {
                after += tiny.Reference.Probability(from) * sweep[from, to];
                row += sweep[to, from];
            }

            Assert.Equal(tiny.Reference.Probability(to), after, 1e-12);
            Assert.Equal(1, row, 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_transitions_of_the_joined_machine_are_those_of_alternate_layers(int shape)
    {
        DeepCase tiny = new(10, 1.2, _shapes[shape]);
        double[,] sweep = tiny.Reference.Transitions();
        double[,] joined = tiny.Joined().VisibleTransitions();
        int states = 1 << tiny.Reference.Units;
        for (int from = 0; from < states; from++)
        {
            double[] toEven = new double[joined.GetLength(0)];
            for (int to = 0; to < states; to++)
            {
                toEven[EvenMask(tiny, to)] += sweep[from, to];
            }

            for (int to = 0; to < toEven.Length; to++)
            {
                Assert.Equal(joined[EvenMask(tiny, from), to], toEven[to], 1e-12);
            }
        }
    }

    [Fact]
    public void Parameters_come_back_as_they_were_set()
    {
        DeepCase tiny = new(11, 1.5, 5, 4, 3, 2);
        for (int l = 0; l + 1 < 4; l++)
        {
            Matrix weights = new(tiny.Machine.Layers[l], tiny.Machine.Layers[l + 1]);
            tiny.Machine.CopyWeights(l, weights);
            for (int i = 0; i < weights.Rows; i++)
            {
                for (int j = 0; j < weights.Columns; j++)
                {
                    Assert.Equal(tiny.Reference.Weights(l)[i, j], weights[i, j]);
                }
            }
        }

        for (int l = 0; l < 4; l++)
        {
            Assert.Equal(tiny.Reference.Bias(l), DeepCase.Doubles(tiny.Machine.Bias(l)));
        }
    }

    [Fact]
    public void Layers_go_into_a_side_and_out_of_it_at_any_place()
    {
        DeepBoltzmannMachine machine = new([70, 3, 131, 5, 60]);
        SplitMix64 random = new(3);
        BitMatrix side = new(2, machine.Joined.Visible.Count);
        foreach (int layer in new[] { 0, 2, 4 })
        {
            BitMatrix states = new(2, machine.Layers[layer]);
            for (int row = 0; row < 2; row++)
            {
                for (int unit = 0; unit < states.Columns; unit++)
                {
                    states[row, unit] = random.NextBool();
                }
            }

            machine.SetLayer(layer, states, side);
            BitMatrix copy = new(2, states.Columns);
            machine.CopyLayer(layer, side, copy);
            for (int row = 0; row < 2; row++)
            {
                Assert.Equal(states.Row(row).ToArray(), copy.Row(row).ToArray());
                for (int unit = 0; unit < states.Columns; unit++)
                {
                    Assert.Equal(states[row, unit], side[row, machine.StartOf(layer) + unit]);
                }
            }
        }
    }

    [Fact]
    public void A_stack_gives_its_weights_halved_between_and_biases_by_their_mean()
    {
        Rbm[] stack = [Filled(4, 3, 1), Filled(3, 5, 2), Filled(5, 2, 3)];
        DeepBoltzmannMachine machine = DeepBoltzmannMachine.FromStack(stack);
        Assert.Equal([4, 3, 5, 2], machine.Layers);
        for (int l = 0; l < 3; l++)
        {
            Matrix weights = new(machine.Layers[l], machine.Layers[l + 1]);
            machine.CopyWeights(l, weights);
            Assert.Equal((l == 1 ? 0.5f : 1f) * stack[l].Weights[1, 1], weights[1, 1]);
        }

        Assert.Equal(stack[0].Visible.Bias[2], machine.Bias(0)[2]);
        Assert.Equal(0.5f * (stack[0].Hidden.Bias[2] + stack[1].Visible.Bias[2]), machine.Bias(1)[2]);
        Assert.Equal(stack[2].Hidden.Bias[1], machine.Bias(3)[1]);
    }

    [Fact]
    public void What_is_no_deep_machine_is_refused()
    {
        Assert.Contains("2 hidden layers", Assert.Throws<ArgumentException>(() => new DeepBoltzmannMachine([5, 4])).Message, StringComparison.Ordinal);
        Assert.Contains("layer 1", Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBoltzmannMachine([5, 0, 4])).Message, StringComparison.Ordinal);
        ArgumentException chain = Assert.Throws<ArgumentException>(() => DeepBoltzmannMachine.FromStack([Rbm.Binary(4, 3), Rbm.Binary(2, 3)]));
        Assert.Contains("3 visible units in machine 1", chain.Message, StringComparison.Ordinal);
        DeepBoltzmannMachine machine = new([4, 3, 2]);
        Assert.Throws<ArgumentException>(() => machine.SetWeights(0, new Matrix(3, 4)));
        Assert.Throws<ArgumentOutOfRangeException>(() => machine.SetWeights(2, new Matrix(2, 2)));
        Assert.Throws<ArgumentException>(() => machine.SetBias(1, [0, float.NaN, 0]));
    }

    private static Rbm Filled(int visible, int hidden, ulong seed)
    {
        SplitMix64 random = new(seed);
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, a, b) =>
        {
            for (int i = 0; i < visible; i++)
            {
                random.NextFloats(hidden, -1, 1).CopyTo(weights.GetRowSpan(i));
            }

            random.NextFloats(visible, -1, 1).CopyTo(a);
            random.NextFloats(hidden, -1, 1).CopyTo(b);
        });
        return rbm;
    }

    private static int EvenMask(DeepCase tiny, int state)
    {
        int mask = 0;
        for (int l = 0; l < tiny.Machine.Layers.Count; l += 2)
        {
            mask |= tiny.Reference.Part(state, l) << tiny.Machine.StartOf(l);
        }

        return mask;
    }

    private static (BitMatrix Even, BitMatrix Odd) Sides(DeepBoltzmannMachine machine, double[][] layers)
    {
        BitMatrix even = new(1, machine.Joined.Visible.Count);
        BitMatrix odd = new(1, machine.Joined.Hidden.Count);
        for (int l = 0; l < layers.Length; l++)
        {
            for (int unit = 0; unit < layers[l].Length; unit++)
            {
                ((l & 1) == 0 ? even : odd)[0, machine.StartOf(l) + unit] = layers[l][unit] > 0.5;
            }
        }

        return (even, odd);
    }
}
