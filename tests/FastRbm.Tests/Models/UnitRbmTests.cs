using CommunityToolkit.HighPerformance;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

/// <summary>Models between layers of every kind against sums and integrals by brute force.</summary>
public sealed class UnitRbmTests
{
    private const ulong Seed = 11;

    public static TheoryData<string, string> Pairs() =>
        [.. UnitPairs.All.Select(static pair => new TheoryDataRow<string, string>(pair.Visible, pair.Hidden))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_free_energy_is_the_sum_or_integral_over_hidden_states(string visible, string hidden)
    {
        UnitPairs pair = new(visible, hidden);
        Rbm rbm = UnitPairEngine.Make(pair, Seed);
        ReferenceGroup group = pair.VisibleGroup(Seed);
        ReferencePair reference = pair.Reference(Seed);
        Matrix rows = Rows(group, out int[] numbers);
        double[] free = new double[rows.Rows];
        rbm.FreeEnergy(rows, new RbmWorkspace(rbm), free);
        for (int row = 0; row < rows.Rows; row++)
        {
            // The grid's own spacing belongs to its probability, not to the density.
            double density = rbm.Visible.Energy(rows.Row(row));
            double spacing = group.LogWeights[numbers[row]] + density;
            Assert.InRange(free[row] - reference.FreeEnergy(numbers[row], spacing), -1e-8, 1e-8);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_partition_function_is_that_of_all_pairs_of_states(string visible, string hidden)
    {
        UnitPairs pair = new(visible, hidden);
        Rbm rbm = UnitPairEngine.Make(pair, Seed);
        if (!UnitPartitionFunction.IsFeasible(rbm))
        {
            Assert.Throws<ArgumentException>(() => UnitPartitionFunction.Compute(rbm));
            return;
        }

        double expected = pair.Reference(Seed).LogPartitionFunction;
        Assert.InRange(UnitPartitionFunction.Compute(rbm, UnitPairs.Total) - expected, -1e-8, 1e-8);
        Assert.Equal(UnitPartitionFunction.Compute(rbm, UnitPairs.Total), UnitPartitionFunction.Compute(rbm, UnitPairs.Total, threads: 2));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Means_and_statistics_are_derivatives_of_the_free_energy(string visible, string hidden)
    {
        UnitPairs pair = new(visible, hidden);
        Rbm rbm = UnitPairEngine.Make(pair, Seed);
        Matrix rows = Rows(pair.VisibleGroup(Seed), out _);
        RbmWorkspace workspace = new(rbm);
        Matrix inputs = new(rows.Rows, rbm.Hidden.Count);
        rbm.HiddenInputs(rows, workspace, inputs);
        for (int row = 0; row < rows.Rows; row++)
        {
            Matrix of = new(rbm.Visible.ParameterNames.Count, rbm.Visible.Count);
            Matrix hiddenOf = new(rbm.Hidden.ParameterNames.Count, rbm.Hidden.Count);
            rbm.Visible.Statistics(rows.Row(row), of.AsSpan2D());
            rbm.Hidden.MeanStatistics(inputs.Row(row), hiddenOf.AsSpan2D());
            float times = rbm.Visible.KeepsTotal ? UnitPairs.Total : 1;
            Matrix one = new(1, rbm.Visible.Count);
            rows.Row(row).CopyTo(one.Row(0));
            for (int i = 0; i < rbm.Visible.Count; i++)
            {
                for (int p = 0; p < of.Rows; p++)
                {
                    Near(of[p, i], Slope(rbm, workspace, one, () => ref rbm.Visible.MutableParameter(p)[i]));
                }

                for (int j = 0; j < rbm.Hidden.Count; j++)
                {
                    Near(one[0, i] * hiddenOf[0, j], Slope(rbm, workspace, one, () => ref rbm.WeightMatrix[i, j]));
                }
            }

            for (int j = 0; j < rbm.Hidden.Count; j++)
            {
                for (int p = 0; p < hiddenOf.Rows; p++)
                {
                    Near((p == 0 ? times : 1) * hiddenOf[p, j], Slope(rbm, workspace, one, () => ref rbm.Hidden.MutableParameter(p)[j]));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_saved_model_is_the_model(string visible, string hidden)
    {
        Rbm rbm = UnitPairEngine.Make(new UnitPairs(visible, hidden), Seed);
        using TemporaryDirectory directory = new();
        ModelFile.Save(directory.File("a"), rbm);
        Rbm loaded = ModelFile.Load(directory.File("a"));
        ModelFile.Save(directory.File("b"), loaded);
        Assert.Equal(File.ReadAllBytes(directory.File("a")), File.ReadAllBytes(directory.File("b")));
        Assert.Equal((visible, hidden), (loaded.Visible.Name.Replace("x1", string.Empty, StringComparison.Ordinal), loaded.Hidden.Name.Replace("x1", string.Empty, StringComparison.Ordinal)));
        for (int row = 0; row < rbm.Visible.ParameterNames.Count; row++)
        {
            Assert.Equal(rbm.Visible.Parameter(row), loaded.Visible.Parameter(row));
        }

        for (int row = 0; row < rbm.Hidden.ParameterNames.Count; row++)
        {
            Assert.Equal(rbm.Hidden.Parameter(row), loaded.Hidden.Parameter(row));
        }
    }

    [Theory]
    [InlineData("spin", "binary")]
    [InlineData("binary", "spin")]
    [InlineData("spin", "spin")]
    [InlineData("potts:3", "spin")]
    [InlineData("spin", "potts:5")]
    [InlineData("potts:4x30,30", "potts:5")]
    public void Bits_and_floats_of_a_row_give_the_same_bits(string visible, string hidden)
    {
        Rbm rbm = Large(visible, hidden);
        RbmWorkspace workspace = new(rbm);
        Matrix states = new(9, rbm.Visible.Count);
        BitMatrix bits = new(9, rbm.Visible.Count);
        SplitMix64 random = new(3);
        for (int row = 0; row < states.Rows; row++)
        {
            rbm.Visible.Mode(random.NextFloats(rbm.Visible.Count, -1, 1), states.Row(row));
            rbm.Visible.ToBits(states.Row(row), bits.Row(row));
        }

        Matrix fromFloats = new(9, rbm.Hidden.Count);
        Matrix fromBits = new(9, rbm.Hidden.Count);
        rbm.HiddenInputs(states, workspace, fromFloats);
        rbm.HiddenInputs(bits, workspace, fromBits);
        Equal(fromFloats, fromBits);
        double bound = (rbm.Visible.Count + 3) * Math.ScaleB(0.5, -rbm.FixedPointBits);
        for (int row = 0; row < 9; row++)
        {
            for (int j = 0; j < rbm.Hidden.Count; j++)
            {
                double exact = rbm.Hidden.Bias[j];
                for (int i = 0; i < rbm.Visible.Count; i++)
                {
                    exact += (double)states[row, i] * rbm.Weights[i, j];
                }

                double rounding = Math.Abs(exact) * Math.ScaleB(1, -24);
                Assert.InRange(fromBits[row, j] - exact, -bound - rounding, bound + rounding);
            }
        }

        rbm.MeanHidden(states, workspace, fromFloats);
        rbm.MeanHidden(bits, workspace, fromBits);
        Equal(fromFloats, fromBits);
        double[] free = new double[9];
        double[] freeOfBits = new double[9];
        rbm.FreeEnergy(states, workspace, free);
        rbm.FreeEnergy(bits, workspace, freeOfBits);
        Assert.Equal(free, freeOfBits);
        BitMatrix hiddenBits = new(9, rbm.Hidden.Count);
        rbm.SampleHidden(states, new RandomKey(1, 2), workspace, fromFloats);
        rbm.SampleHidden(bits, new RandomKey(1, 2), workspace, hiddenBits);
        Equal(rbm.Hidden, fromFloats, hiddenBits);
        rbm.Energy(states, fromFloats, workspace, free);
        rbm.Energy(bits, hiddenBits, workspace, freeOfBits);
        Assert.Equal(free, freeOfBits);
        rbm.ModeHidden(states, workspace, fromFloats);
        rbm.ModeHidden(bits, workspace, hiddenBits);
        Equal(rbm.Hidden, fromFloats, hiddenBits);
        rbm.SampleVisible(fromFloats, new RandomKey(1, 3), workspace, states);
        rbm.SampleVisible(hiddenBits, new RandomKey(1, 3), workspace, bits);
        Equal(rbm.Visible, states, bits);
    }

    [Fact]
    public void A_potts_layer_of_pairs_is_a_binary_layer()
    {
        // One of two categories is a bit: W of the second column less that of the first, and its bias.
        Rbm potts = Large("potts:2", "binary");
        int units = potts.Visible.Count / 2;
        Rbm binary = Rbm.Binary(units, potts.Hidden.Count);
        double shift = 0;
        binary.Edit((weights, visibleBias, hiddenBias) =>
        {
            potts.Hidden.Bias.CopyTo(hiddenBias);
            for (int i = 0; i < units; i++)
            {
                visibleBias[i] = potts.Visible.Bias[(2 * i) + 1] - potts.Visible.Bias[2 * i];
                shift += potts.Visible.Bias[2 * i];
                for (int j = 0; j < hiddenBias.Length; j++)
                {
                    weights[i, j] = potts.Weights[(2 * i) + 1, j] - potts.Weights[2 * i, j];
                    hiddenBias[j] += potts.Weights[2 * i, j];
                }
            }
        });
        SplitMix64 random = new(8);
        for (int row = 0; row < 20; row++)
        {
            BitMatrix bits = new(1, units);
            BitMatrix oneHot = new(1, 2 * units);
            for (int i = 0; i < units; i++)
            {
                bits[0, i] = random.NextBool();
                oneHot[0, (2 * i) + (bits[0, i] ? 1 : 0)] = true;
            }

            double[] one = new double[1];
            double[] other = new double[1];
            binary.FreeEnergy(bits, new RbmWorkspace(binary), one);
            potts.FreeEnergy(oneHot, new RbmWorkspace(potts), other);

            // The binary model's parameters are rounded sums of the other's.
            Assert.InRange(one[0] - shift - other[0], -1e-3, 1e-3);
        }
    }

    [Fact]
    public void Two_unbounded_layers_with_too_large_weights_are_refused_with_the_singular_value()
    {
        Rbm rbm = new(new GaussianLayer(2), new GaussianLayer(2));
        rbm.Edit(static (weights, _, _) =>
        {
            weights[0, 0] = 0.8f;
            weights[0, 1] = 0.8f;
        });
        ArgumentException refusal = Assert.Throws<ArgumentException>(rbm.CheckProper);
        Assert.Contains("1.13137", refusal.Message, StringComparison.Ordinal);
        rbm.Visible.SetParameter(1, [0.5f, 0f]);
        rbm.CheckProper();
        using TemporaryDirectory directory = new();
        ModelFile.Save(directory.File("good"), rbm);
        rbm.Visible.SetParameter(1, [0f, 0f]);
        ModelFile.Save(directory.File("bad"), rbm);
        Assert.Equal(0.5f, ModelFile.Load(directory.File("good")).Visible.Parameter(1)[0]);
        Assert.Throws<FastRbm.Errors.InvalidInputException>(() => ModelFile.Load(directory.File("bad")));
    }

    [Fact]
    public void Bits_of_real_units_are_refused()
    {
        Rbm rbm = new(new GaussianLayer(2), new BinaryLayer(2));
        Assert.Throws<ArgumentException>(() => rbm.FreeEnergy(new BitMatrix(1, 2), new RbmWorkspace(rbm), new double[1]));
        Assert.Throws<ArgumentException>(() => rbm.HiddenInputs(new BitMatrix(1, 2), new RbmWorkspace(rbm), new Matrix(1, 2)));
    }

    internal static Rbm Large(string visible, string hidden)
    {
        Rbm rbm = new(UnitLayers.Parse(visible, 150), UnitLayers.Parse(hidden, 130));
        SplitMix64 random = new(4);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            random.NextFloats(visibleBias.Length, -1, 1).CopyTo(visibleBias);
            random.NextFloats(hiddenBias.Length, -1, 1).CopyTo(hiddenBias);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -0.2f, 0.2f).CopyTo(weights.GetRowSpan(i));
            }
        });
        return rbm;
    }

    private static void Equal(Matrix one, Matrix other)
    {
        for (int row = 0; row < one.Rows; row++)
        {
            Assert.Equal(one.Row(row), other.Row(row));
        }
    }

    private static void Equal(UnitLayer layer, Matrix states, BitMatrix bits)
    {
        float[] row = new float[layer.Count];
        for (int r = 0; r < states.Rows; r++)
        {
            layer.FromBits(bits.Row(r), row);
            Assert.Equal(states.Row(r).ToArray(), row);
        }
    }

    private delegate ref float Place();

    /// <summary>The central difference of -F, over floats that are exactly apart.</summary>
    private static double Slope(Rbm rbm, RbmWorkspace workspace, Matrix row, Place place)
    {
        const float Half = 1f / 512;
        float before = place();
        double[] free = new double[1];
        float above = before + Half;
        float below = before - Half;
        place() = above;
        rbm.FreeEnergy(row, workspace, free);
        double high = free[0];
        place() = below;
        rbm.FreeEnergy(row, workspace, free);
        place() = before;
        return (free[0] - high) / ((double)above - below);
    }

    private static void Near(double value, double slope) =>
        Assert.InRange(value - slope, -2e-5 * (1 + Math.Abs(slope)), 2e-5 * (1 + Math.Abs(slope)));

    private static Matrix Rows(ReferenceGroup group, out int[] numbers)
    {
        int last = group.States.Length - 1;

        // Not far out, where the free energy is that of states nobody sees.
        numbers = last < 30 ? [.. Enumerable.Range(0, last + 1)] : [.. Enumerable.Range(0, last + 1).Where(i => Math.Abs(group.States[i][0]) < 4 && i % 37 == 5)];
        Matrix rows = new(numbers.Length, group.States[0].Length);
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int unit = 0; unit < rows.Columns; unit++)
            {
                rows[row, unit] = (float)group.States[numbers[row]][unit];
            }
        }

        return rows;
    }
}
