using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Testing;
using FastRbm.Tests.Testing;

namespace FastRbm.Tests.Models;

[Collection(AllocationGroup.Name)]
public sealed class RbmTests
{
    [Fact]
    public void Energies_equal_the_reference() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            Rbm rbm = Translate.Engine(model);
            foreach (bool[] v in BinaryStates.All(model.Visible))
            {
                bool[][] hidden = BinaryStates.All(model.Hidden);
                double[] energies = new double[hidden.Length];
                rbm.Energy(Translate.Bits([.. hidden.Select(_ => v)]), Translate.Bits(hidden), new RbmWorkspace(rbm), energies);
                for (int h = 0; h < hidden.Length; h++)
                {
                    Near(model.Energy(v, hidden[h]), energies[h], 1e-12 * Scale(model));
                }
            }
        });

    [Fact]
    public void The_free_energy_is_minus_the_log_of_the_sum_over_hidden_states() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            Rbm rbm = Translate.Engine(model);
            bool[][] visible = BinaryStates.All(model.Visible);
            double[] free = new double[visible.Length];
            rbm.FreeEnergy(Translate.Bits(visible), new RbmWorkspace(rbm), free);
            for (int v = 0; v < visible.Length; v++)
            {
                double[] scores = [.. BinaryStates.All(model.Hidden).Select(h => -model.Energy(visible[v], h))];
                Near(-ReferenceMath.LogSumExp(scores), free[v], 1e-12 * Scale(model));
            }

            double logPartition = model.LogPartitionFunction();
            Near(1, free.Sum(f => Math.Exp(-f - logPartition)), 1e-10);
        });

    [Fact]
    public void Conditional_means_equal_joint_ratios_in_both_directions() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            Rbm rbm = Translate.Engine(model);
            RbmWorkspace workspace = new(rbm);
            double[,] joint = model.JointProbabilities();
            bool[][] visible = BinaryStates.All(model.Visible);
            bool[][] hidden = BinaryStates.All(model.Hidden);
            Matrix hiddenMeans = new(visible.Length, model.Hidden);
            Matrix visibleMeans = new(hidden.Length, model.Visible);
            rbm.MeanHidden(Translate.Bits(visible), workspace, hiddenMeans);
            rbm.MeanVisible(Translate.Bits(hidden), workspace, visibleMeans);

            // An input is off by at most half a unit of fixed point an addend; sigmoid has slope 1/4; two ULP for the function.
            double tolerance = (Math.Max(model.Visible, model.Hidden) + 1) * Math.Pow(2, -rbm.FixedPointBits - 3)
                + (Scale(model) * Math.Pow(2, -25)) + Math.Pow(2, -22);
            for (int v = 0; v < visible.Length; v++)
            {
                double total = Enumerable.Range(0, hidden.Length).Sum(h => joint[v, h]);
                for (int j = 0; j < model.Hidden && total > 1e-250; j++)
                {
                    double on = Enumerable.Range(0, hidden.Length).Where(h => hidden[h][j]).Sum(h => joint[v, h]);
                    Near(on / total, hiddenMeans[v, j], tolerance + 1e-9);
                }
            }

            for (int h = 0; h < hidden.Length; h++)
            {
                double total = Enumerable.Range(0, visible.Length).Sum(v => joint[v, h]);
                for (int i = 0; i < model.Visible && total > 1e-250; i++)
                {
                    double on = Enumerable.Range(0, visible.Length).Where(v => visible[v][i]).Sum(v => joint[v, h]);
                    Near(on / total, visibleMeans[h, i], tolerance + 1e-9);
                }
            }
        });

    [Fact]
    public void Modes_are_the_more_likely_states() =>
        Properties.Hold(RandomModels.TinyRbm(), model =>
        {
            Rbm rbm = Translate.Engine(model);
            bool[][] visible = BinaryStates.All(model.Visible);
            BitMatrix modes = new(visible.Length, model.Hidden);
            rbm.ModeHidden(Translate.Bits(visible), new RbmWorkspace(rbm), modes);
            for (int v = 0; v < visible.Length; v++)
            {
                double[] inputs = model.HiddenInputs(visible[v]);
                for (int j = 0; j < model.Hidden; j++)
                {
                    if (Math.Abs(inputs[j]) > 1e-5)
                    {
                        Assert.Equal(inputs[j] > 0, modes[v, j]);
                    }
                }
            }

            bool[][] hidden = BinaryStates.All(model.Hidden);
            BitMatrix visibleModes = new(hidden.Length, model.Visible);
            rbm.ModeVisible(Translate.Bits(hidden), new RbmWorkspace(rbm), visibleModes);
            for (int h = 0; h < hidden.Length; h++)
            {
                double[] inputs = model.VisibleInputs(hidden[h]);
                Assert.All(Enumerable.Range(0, model.Visible), i => Assert.True(Math.Abs(inputs[i]) <= 1e-5 || (inputs[i] > 0) == visibleModes[h, i]));
            }
        });

    [Fact]
    public void A_gibbs_step_is_the_two_half_steps_and_a_function_of_its_key()
    {
        Rbm rbm = Large();
        RbmWorkspace workspace = new(rbm);
        BitMatrix start = Bits(90, rbm.Visible.Count, 1);
        BitMatrix visible = Copy(start);
        BitMatrix hidden = new(90, rbm.Hidden.Count);
        rbm.GibbsStep(visible, hidden, new RandomKey(5, 8), workspace);

        BitMatrix otherHidden = new(90, rbm.Hidden.Count);
        BitMatrix otherVisible = new(90, rbm.Visible.Count);
        rbm.SampleHidden(start, new RandomKey(5, 8), workspace, otherHidden);
        rbm.SampleVisible(otherHidden, new RandomKey(5, 8), workspace, otherVisible);
        Assert.Equal(Words(hidden), Words(otherHidden));
        Assert.Equal(Words(visible), Words(otherVisible));

        rbm.SampleHidden(start, new RandomKey(5, 8).Next(), workspace, otherHidden);
        Assert.NotEqual(Words(hidden), Words(otherHidden));
        rbm.SampleHidden(start, new RandomKey(6, 8), workspace, otherHidden);
        Assert.NotEqual(Words(hidden), Words(otherHidden));
    }

    [Fact]
    public void Batch_operations_allocate_nothing()
    {
        Rbm rbm = Large();
        RbmWorkspace workspace = new(rbm);
        BitMatrix visible = Bits(40, rbm.Visible.Count, 2);
        BitMatrix hidden = new(40, rbm.Hidden.Count);
        Matrix hiddenMeans = new(40, rbm.Hidden.Count);
        Matrix visibleMeans = new(40, rbm.Visible.Count);
        double[] energies = new double[40];
        long step = 0;
        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            rbm.GibbsStep(visible, hidden, new RandomKey(1, step++), workspace);
            rbm.MeanHidden(visible, workspace, hiddenMeans);
            rbm.MeanVisible(hidden, workspace, visibleMeans);
            rbm.ModeHidden(visible, workspace, hidden);
            rbm.ModeVisible(hidden, workspace, visible);
            rbm.Energy(visible, hidden, workspace, energies);
            rbm.FreeEnergy(visible, workspace, energies);
        }));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_by_name()
    {
        Rbm rbm = Rbm.Binary(5, 3);
        RbmWorkspace workspace = new(rbm);
        Refused("visible", () => rbm.FreeEnergy(new BitMatrix(2, 4), workspace, new double[2]));
        Refused("freeEnergies", () => rbm.FreeEnergy(new BitMatrix(2, 5), workspace, new double[3]));
        Refused("hidden", () => rbm.Energy(new BitMatrix(2, 5), new BitMatrix(2, 4), workspace, new double[2]));
        Refused("hidden", () => rbm.Energy(new BitMatrix(2, 5), new BitMatrix(3, 3), workspace, new double[2]));
        Refused("inputs", () => rbm.HiddenInputs(new BitMatrix(2, 5), workspace, new Matrix(2, 4)));
        Refused("inputs", () => rbm.HiddenInputs(new BitMatrix(2, 5), workspace, new Matrix(1, 3)));
        Refused("target", () => rbm.SampleHidden(new BitMatrix(2, 5), default, workspace, new BitMatrix(3, 3)));
        Refused("workspace", () => rbm.FreeEnergy(new BitMatrix(2, 5), new RbmWorkspace(Rbm.Binary(2, 2)), new double[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rbm.Binary(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rbm.Binary(3, -1));
        Assert.Throws<ArgumentException>(() => new RbmParameters(new double[5], new double[3], new double[2]));
        Assert.Contains("row 1, column 0", Assert.Throws<ArgumentException>(() => new RbmParameters([0, 0, double.NaN, 0], new double[2], new double[2])).Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_parameter_that_is_not_finite_is_refused_with_its_place(float value)
    {
        Rbm rbm = Rbm.Binary(5, 3);
        Assert.Contains("row 4, column 2", Assert.Throws<ArgumentException>(() => rbm.Edit((weights, _, _) => weights[4, 2] = value)).Message);
        Assert.Contains("unit 1", Assert.Throws<ArgumentException>(() => Rbm.Binary(5, 3).Edit((_, visible, _) => visible[1] = value)).Message);
        Assert.Throws<ArgumentException>(() => Rbm.Binary(5, 3).Edit((weights, _, _) => weights[0, 0] = 3e9f));
    }

    private static void Refused(string argument, Action action)
    {
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Contains(argument, refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expected", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("found", refusal.Message, StringComparison.Ordinal);
    }

    private static void Near(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"expected {expected}, found {actual}, tolerance {tolerance}");

    /// <summary>A bound on any energy.</summary>
    private static double Scale(ReferenceRbm model) =>
        1 + model.CopyWeights().Cast<double>().Sum(Math.Abs) + model.VisibleBias.ToArray().Sum(Math.Abs) + model.HiddenBias.ToArray().Sum(Math.Abs);

    private static Rbm Large()
    {
        Rbm rbm = Rbm.Binary(130, 70);
        rbm.Edit((weights, _, _) =>
        {
            SplitMix64 random = new(3);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -0.5f, 0.5f).CopyTo(weights.GetRowSpan(i));
            }
        });
        return rbm;
    }

    private static BitMatrix Bits(int rows, int columns, ulong seed)
    {
        SplitMix64 random = new(seed);
        return Translate.Bits([.. Enumerable.Range(0, rows).Select(_ => random.NextBits(columns))]);
    }

    private static BitMatrix Copy(BitMatrix bits) => Translate.Bits([.. Enumerable.Range(0, bits.Rows).Select(row => Translate.Row(bits, row))]);

    private static ulong[] Words(BitMatrix bits) => [.. Enumerable.Range(0, bits.Rows).SelectMany(row => bits.Row(row).ToArray())];
}
