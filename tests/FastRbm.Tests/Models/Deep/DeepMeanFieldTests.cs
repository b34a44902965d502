using FastRbm.Models.Deep;
using FastRbm.Reference;

namespace FastRbm.Tests.Models.Deep;

public sealed class DeepMeanFieldTests
{
    private static readonly int[][] _shapes = [[4, 3, 2], [3, 4, 3, 2], [3, 2, 3, 2, 2]];

    public static TheoryData<int, int> Cases() => new MatrixTheoryData<int, int>([0, 1, 2], [0, 1, 7]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Means_after_any_number_of_sweeps_are_those_of_the_reference(int shape, int sweeps)
    {
        DeepCase tiny = new(21, 1.5, _shapes[shape]);
        using DeepMeanField field = new(tiny.Machine, 1 << tiny.Machine.Visible);
        field.Start(tiny.AllVisible(), 0, 1 << tiny.Machine.Visible);
        field.Run(sweeps);
        for (int v = 0; v < 1 << tiny.Machine.Visible; v++)
        {
            double[][] expected = tiny.Reference.MeanField(tiny.Reference.Split(v)[0], sweeps);
            for (int l = 0; l < expected.Length; l++)
            {
                for (int unit = 0; unit < expected[l].Length; unit++)
                {
                    float found = ((l & 1) == 0 ? field.Even : field.Odd)[v, tiny.Machine.StartOf(l) + unit];
                    Assert.Equal(expected[l][unit], found, 2e-6);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_bound_is_that_of_the_reference_and_below_the_exact_likelihood(int shape, int sweeps)
    {
        DeepCase tiny = new(22, 1.5, _shapes[shape]);
        int rows = 1 << tiny.Machine.Visible;
        using DeepMeanField field = new(tiny.Machine, rows);
        field.Start(tiny.AllVisible(), 0, rows);
        field.Run(sweeps);
        double[] bounds = new double[rows];
        field.Bounds(bounds);
        for (int v = 0; v < rows; v++)
        {
            Assert.Equal(tiny.Reference.Bound(tiny.Reference.MeanField(tiny.Reference.Split(v)[0], sweeps)), bounds[v], 2e-5);
            Assert.True(bounds[v] - tiny.Reference.LogPartitionFunction <= tiny.Reference.LogLikelihood(v) + 1e-5);
        }
    }

    [Fact]
    public void The_bound_never_falls_and_the_end_is_a_stationary_point()
    {
        DeepCase tiny = new(23, 2.5, 5, 4, 4, 3);
        int rows = 1 << tiny.Machine.Visible;
        using DeepMeanField field = new(tiny.Machine, rows);
        field.Start(tiny.AllVisible(), 0, rows);
        double[] before = new double[rows];
        double[] after = new double[rows];
        field.Bounds(before);
        for (int sweep = 0; sweep < 20; sweep++)
        {
            field.Run(1);
            field.Bounds(after);
            for (int row = 0; row < rows; row++)
            {
                Assert.True(after[row] >= before[row] - 1e-5, $"sweep {sweep}, row {row}: {before[row]} then {after[row]}");
            }

            after.CopyTo(before, 0);
        }

        field.Run(2000);
        Assert.True(field.Change() < 1e-5);
        for (int v = 0; v < rows; v += 5)
        {
            double[][] means = [.. tiny.Machine.Layers.Select(static units => new double[units])];
            for (int l = 0; l < means.Length; l++)
            {
                for (int unit = 0; unit < means[l].Length; unit++)
                {
                    means[l][unit] = ((l & 1) == 0 ? field.Even : field.Odd)[v, tiny.Machine.StartOf(l) + unit];
                }
            }

            double best = tiny.Reference.Bound(means);
            for (int l = 1; l < means.Length; l++)
            {
                for (int unit = 0; unit < means[l].Length; unit++)
                {
                    double mean = means[l][unit];
                    means[l][unit] = mean + (1e-3 * mean * (1 - mean));
                    double slope = (tiny.Reference.Bound(means) - best) / 1e-3;
                    means[l][unit] = mean;
                    Assert.Equal(0, slope, 1e-3);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Seeded_mistakes_give_other_means(int mistake)
    {
        // 0: nothing from above; 1: a start that isn't doubled; 2: the even layers last.
        DeepCase tiny = new(24, 1.5, 4, 3, 3);
        double[] visible = [1, 0, 1, 1];
        double[][] right = tiny.Reference.MeanField(visible, 1);
        DeepCase other = new(24, 1.5, 4, 3, 3);
        using DeepMeanField field = new(other.Machine, 1);
        field.Start(other.AllVisible(), 0b1101, 1);
        field.Run(1);
        for (int unit = 0; unit < 3; unit++)
        {
            Assert.Equal(right[1][unit], field.Odd[0, unit], 2e-6);
        }

        double[][] wrong = mistake switch
        {
            0 => [visible, Sigmoids(tiny.Reference.Inputs([visible, new double[3], new double[3]], 1)), right[2]],
            1 => Undoubled(tiny, visible),
            _ => [visible, tiny.Reference.MeanField(visible, 0)[1], right[2]],
        };
        Assert.True(wrong[1].Zip(right[1], static (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void Slopes_of_the_bound_by_differences_are_products_of_means_less_those_of_the_machine()
    {
        // At its stationary point the bound changes with the parameters alone, not with the means.
        const double Step = 1.0 / 64;
        const int Sweeps = 3000;
        DeepCase tiny = new(26, 1, 3, 3, 2, 2);
        for (int l = 0; l + 1 < tiny.Machine.Layers.Count; l++)
        {
            double[,] correlations = tiny.Reference.Correlations()[l];
            for (int i = 0; i < correlations.GetLength(0); i++)
            {
                double slope = (Mean(tiny, l, i, 1, Step, Sweeps) - Mean(tiny, l, i, 1, -Step, Sweeps)) / (2 * Step);
                double product = 0;
                for (int v = 0; v < 8; v++)
                {
                    double[][] means = tiny.Reference.MeanField(tiny.Reference.Split(v)[0], Sweeps);
                    product += means[l][i] * means[l + 1][1] / 8;
                }

                Assert.Equal(product - correlations[i, 1], slope, 5e-4);
                Assert.True(Math.Abs(slope - product) > 1e-3);
            }
        }
    }

    [Fact]
    public void Means_are_the_same_bits_for_any_number_of_threads()
    {
        DeepBoltzmannMachine machine = new([100, 90, 80]);
        machine.Joined.Edit(static (weights, _, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                for (int j = 0; j < weights.Width; j++)
                {
                    weights[i, j] = ((((i * 31) + (j * 17)) % 13) - 6) * 0.05f;
                }
            }
        });
        float[] first = Run(machine, 1);
        Assert.Equal(first, Run(machine, 3));
    }

    [Fact]
    public void Rows_that_do_not_fit_are_refused()
    {
        DeepCase tiny = new(25, 1, 4, 3, 2);
        using DeepMeanField field = new(tiny.Machine, 4);
        Assert.Throws<ArgumentException>(() => field.Start(new DeepCase.States([1], 5), 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => field.Start(tiny.AllVisible(), 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => field.Start(tiny.AllVisible(), 15, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepMeanField(tiny.Machine, 0));
    }

    private static float[] Run(DeepBoltzmannMachine machine, int threads)
    {
        using DeepMeanField field = new(machine, 700, threads);
        for (int row = 0; row < 700; row++)
        {
            for (int unit = 0; unit < 100; unit++)
            {
                field.Even[row, unit] = ((row * 7) + (unit * 3)) % 5 < 2 ? 1 : 0;
            }
        }

        field.Start(700);
        field.Run(3);
        double[] bounds = new double[700];
        field.Bounds(bounds);
        return [.. field.Odd.Row(699), .. field.Even.Row(350), .. bounds.Select(static bound => (float)bound)];
    }

    /// <summary>The mean bound on the log-likelihood of all visible states, one weight changed: the library's bound, the reference's log Z.</summary>
    private static double Mean(DeepCase tiny, int layer, int i, int j, double change, int sweeps)
    {
        DeepBoltzmannMachine machine = new([.. tiny.Machine.Layers]);
        double[][,] weights = new double[machine.Layers.Count - 1][,];
        for (int l = 0; l < machine.Layers.Count; l++)
        {
            machine.SetBias(l, tiny.Machine.Bias(l));
            if (l + 1 < machine.Layers.Count)
            {
                FastRbm.Memory.Matrix w = new(machine.Layers[l], machine.Layers[l + 1]);
                tiny.Machine.CopyWeights(l, w);
                weights[l] = (double[,])tiny.Reference.Weights(l).Clone();
                if (l == layer)
                {
                    w[i, j] += (float)change;
                    weights[l][i, j] += change;
                }

                machine.SetWeights(l, w);
            }
        }

        int rows = 1 << machine.Visible;
        using DeepMeanField field = new(machine, rows);
        field.Start(tiny.AllVisible(), 0, rows);
        field.Run(sweeps);
        double[] bounds = new double[rows];
        field.Bounds(bounds);
        ReferenceDeep changed = new(weights, [.. Enumerable.Range(0, machine.Layers.Count).Select(tiny.Reference.Bias)]);
        return bounds.Average() - changed.LogPartitionFunction;
    }

    private static double[] Sigmoids(double[] inputs) => Array.ConvertAll(inputs, ReferenceMath.Sigmoid);

    private static double[][] Undoubled(DeepCase tiny, double[] visible)
    {
        double[][] means = [visible, new double[3], new double[3]];
        means[1] = Sigmoids(tiny.Reference.Inputs(means, 1));
        means[2] = Sigmoids(tiny.Reference.Inputs(means, 2));
        means[1] = Sigmoids(tiny.Reference.Inputs(means, 1));
        return means;
    }
}
