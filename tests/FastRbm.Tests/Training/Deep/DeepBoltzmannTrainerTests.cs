using FastRbm.Data;
using FastRbm.Data.Generators;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Deep;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Tests.Models.Deep;
using FastRbm.Training;
using FastRbm.Training.Deep;

namespace FastRbm.Tests.Training.Deep;

public sealed class DeepBoltzmannTrainerTests
{
    private const int Chains = 1000;
    private const int Updates = 200;

    [Theory]
    [InlineData(0, Centring.None)]
    [InlineData(1, Centring.None)]
    [InlineData(1, Centring.Data)]
    [InlineData(0, Centring.Enhanced)]
    public void The_mean_gradient_is_that_of_mean_field_minus_the_model(int shape, Centring centring)
    {
        int[] layers = shape == 0 ? [4, 3, 2] : [3, 2, 3, 2];
        DeepCase tiny = new(31, 2, layers);
        int[] rows = [.. Enumerable.Range(0, 1 << layers[0]).Where(static v => v % 3 != 1)];
        DeepBoltzmannOptions options = new()
        {
            Epochs = Updates,
            BatchSize = rows.Length,
            Chains = Chains,
            MeanFieldSweeps = 4,
            Centring = centring,
            OffsetRate = 1,
            LearningRate = LearningRateSchedule.Constant(1e-12),
            Threads = 1,
        };
        using DeepBoltzmannTrainer trainer = new(tiny.Machine, new DeepCase.States(rows, layers[0]), options);
        int even = tiny.Machine.Joined.Visible.Count;
        int odd = tiny.Machine.Joined.Hidden.Count;
        double[,] sums = new double[even, odd];
        for (int update = 0; update < Updates; update++)
        {
            trainer.Step();
            for (int i = 0; update >= 20 && i < even; i++)
            {
                for (int j = 0; j < odd; j++)
                {
                    sums[i, j] += trainer.Gradient[i, j] / (Updates - 20);
                }
            }
        }

        (double[,] gradient, _, _) = Expected(tiny, rows, centring);

        // 5 standard errors of 180,000 correlated draws of values from -1 to 1.
        double bound = 5 * 2 / Math.Sqrt(180.0 * Chains);
        for (int i = 0; i < even; i++)
        {
            for (int j = 0; j < odd; j++)
            {
                Assert.True(Math.Abs(gradient[i, j] - sums[i, j]) < bound, $"{i}, {j}: expected {gradient[i, j]}, found {sums[i, j]} +- {bound}");
            }
        }

        // What a mistake would give is further away than that: means without what comes from above, or offsets left out.
        if (centring != Centring.Enhanced)
        {
            Assert.True(Distance(gradient, Expected(tiny, rows, centring, withoutTop: true).Gradient) > 3 * bound);
        }
    }

    [Fact]
    public void The_machine_is_the_same_to_the_bit_for_any_number_of_threads()
    {
        float[] one = Trained(threads: 1);
        Assert.Equal(one, Trained(threads: 3));
    }

    [Fact]
    public void A_run_that_went_on_from_its_saved_state_ends_with_the_same_bits()
    {
        float[] whole = Trained(threads: 1);
        DeepBoltzmannMachine machine = Start();
        double[] counters;
        List<float[]> floats = [];
        List<ulong[]> bits = [];
        using (DeepBoltzmannTrainer first = new(machine, Data(), Options(1)))
        {
            for (int update = 0; update < 3; update++)
            {
                first.Step();
            }

            counters = first.SaveCounters();
            floats.AddRange(first.FloatState.SelectMany(static state => Rows(state.Values)));
            foreach ((_, BitMatrix states) in first.BitState)
            {
                for (int row = 0; row < states.Rows; row++)
                {
                    bits.Add(states.Row(row).ToArray());
                }
            }
        }

        using DeepBoltzmannTrainer second = new(machine, Data(), Options(1));
        int line = 0;
        foreach ((_, Matrix values) in second.FloatState)
        {
            for (int row = 0; row < values.Rows; row++)
            {
                floats[line++].CopyTo(values.Row(row));
            }
        }

        line = 0;
        foreach ((_, BitMatrix states) in second.BitState)
        {
            for (int row = 0; row < states.Rows; row++)
            {
                bits[line++].CopyTo(states.Row(row));
            }
        }

        second.RestoreCounters(counters);
        second.Run();
        Assert.Equal(whole, Parameters(machine));
        Assert.Throws<ArgumentException>(() => second.RestoreCounters([0, 7, 3, 0, 0]));
    }

    [Fact]
    public void Layers_that_are_not_neighbours_stay_uncoupled()
    {
        DeepBoltzmannMachine machine = Start();
        using DeepBoltzmannTrainer trainer = new(machine, Data(), Options(1) with { WeightDecay = 0.01, Momentum = MomentumSchedule.Constant(0.5) });
        trainer.Run();
        for (int i = 0; i < machine.Visible; i++)
        {
            for (int j = machine.StartOf(3); j < machine.Joined.Hidden.Count; j++)
            {
                Assert.Equal(0, machine.Joined.Weights[i, j]);
            }
        }

        Assert.NotEqual(0, machine.Joined.Weights[machine.StartOf(2), machine.StartOf(3)]);
    }

    [Fact]
    public void Bars_and_stripes_are_learned_without_a_layer_wise_start()
    {
        Dataset bars = BarsAndStripes.Create(3);
        DeepBoltzmannMachine machine = DeepInitializer.Normal(bars, [8, 6], seed: 1, deviation: 0.1);
        DeepBoltzmannOptions options = new()
        {
            Epochs = 6000,
            BatchSize = bars.Rows,
            Chains = 100,
            LearningRate = new LearningRateSchedule { Initial = 0.2, Final = 0, Shape = ScheduleShape.Linear },
            Threads = 1,
        };
        double before = Likelihood(machine, bars);
        using DeepBoltzmannTrainer trainer = new(machine, bars, options);
        trainer.Run();
        double after = Likelihood(machine, bars);

        // Independent pixels have -6.24, the best that there is -log 14 = -2.64; the figure is a lower bound.
        Assert.True(before < -6 && after > -3.6, $"{before} then {after}");
    }

    [Fact]
    public void A_run_that_diverges_stops_with_the_last_good_machine()
    {
        DeepBoltzmannMachine machine = Start();
        float[] start = Parameters(machine);
        using DeepBoltzmannTrainer trainer = new(machine, Data(), Options(1) with { LearningRate = LearningRateSchedule.Constant(900), DivergenceLimit = 100 });
        DivergenceException stopped = Assert.Throws<DivergenceException>(() => trainer.Run());
        Assert.Equal(0, stopped.LastGoodUpdate);
        Assert.Equal(start, Parameters(machine));
    }

    [Fact]
    public void What_can_not_be_trained_on_is_refused()
    {
        DeepBoltzmannMachine machine = Start();
        Assert.Contains("60", Assert.Throws<ArgumentException>(() => new DeepBoltzmannTrainer(machine, new DeepCase.States([1], 4), new() { BatchSize = 1 })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBoltzmannTrainer(machine, Data(), new() { BatchSize = 1000 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBoltzmannTrainer(machine, Data(), Options(1) with { MeanFieldSweeps = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBoltzmannTrainer(machine, Data(), Options(1) with { LearningRate = LearningRateSchedule.Constant(double.NaN) }));
    }

    private static double Likelihood(DeepBoltzmannMachine machine, Dataset rows)
    {
        double logZ = ExactPartitionFunction.LogPartitionFunction(RbmParameters.From(machine.Joined));
        return DeepLikelihood.Bounds(machine, rows).Average() - logZ;
    }

    private static DeepBoltzmannMachine Start() => DeepInitializer.Normal(Data(), [40, 50, 20], seed: 5, deviation: 0.05);

    private static DeepBoltzmannOptions Options(int threads) => new()
    {
        Epochs = 3,
        BatchSize = 140,
        Chains = 150,
        Steps = 2,
        MeanFieldSweeps = 2,
        LearningRate = LearningRateSchedule.Constant(0.05),
        Centring = Centring.Enhanced,
        AveragedShare = 0.5,
        Threads = threads,
    };

    private static BitDataset Data() =>
        BitDataset.FromBytes("bits", 280, 60, [.. Enumerable.Range(0, 280 * 60).Select(static i => (byte)(i * 7 % 11 < 4 ? 1 : 0))]);

    private static float[] Trained(int threads)
    {
        DeepBoltzmannMachine machine = Start();
        using DeepBoltzmannTrainer trainer = new(machine, Data(), Options(threads));
        trainer.Run();
        return Parameters(machine);
    }

    private static float[] Parameters(DeepBoltzmannMachine machine) =>
        [.. machine.Joined.Weights.ToArray().Cast<float>(), .. machine.Joined.Visible.Bias, .. machine.Joined.Hidden.Bias];

    private static IEnumerable<float[]> Rows(Matrix values) => Enumerable.Range(0, values.Rows).Select(row => values.Row(row).ToArray());

    private static double Distance(double[,] a, double[,] b) => a.Cast<double>().Zip(b.Cast<double>(), static (x, y) => Math.Abs(x - y)).Max();

    /// <summary>The expected gradient of the joined weights, offsets taken off as asked, and the means of data and model.</summary>
    private static (double[,] Gradient, double[][] Data, double[][] Model) Expected(DeepCase tiny, int[] rows, Centring centring, bool withoutTop = false)
    {
        int count = tiny.Machine.Layers.Count;
        double[][,] positive = [.. Enumerable.Range(0, count - 1).Select(l => new double[tiny.Machine.Layers[l], tiny.Machine.Layers[l + 1]])];
        double[][] data = [.. tiny.Machine.Layers.Select(static units => new double[units])];
        foreach (int row in rows)
        {
            double[][] means = tiny.Reference.MeanField(tiny.Reference.Split(row)[0], 4);
            if (withoutTop)
            {
                double[][] below = [means[0], means[1], .. means.Skip(2).Select(static layer => new double[layer.Length])];
                means[1] = Array.ConvertAll(tiny.Reference.Inputs(below, 1), FastRbm.Reference.ReferenceMath.Sigmoid);
            }

            for (int l = 0; l < count; l++)
            {
                for (int i = 0; i < means[l].Length; i++)
                {
                    data[l][i] += means[l][i] / rows.Length;
                    for (int j = 0; l + 1 < count && j < means[l + 1].Length; j++)
                    {
                        positive[l][i, j] += means[l][i] * means[l + 1][j] / rows.Length;
                    }
                }
            }
        }

        double[][,] negative = tiny.Reference.Correlations();
        double[][] model = tiny.Reference.Means();
        double[,] gradient = new double[tiny.Machine.Joined.Visible.Count, tiny.Machine.Joined.Hidden.Count];
        for (int l = 0; l + 1 < count; l++)
        {
            for (int i = 0; i < tiny.Machine.Layers[l]; i++)
            {
                for (int j = 0; j < tiny.Machine.Layers[l + 1]; j++)
                {
                    double g = positive[l][i, j] - negative[l][i, j];
                    if (centring != Centring.None)
                    {
                        double m = centring == Centring.Data ? data[l][i] : 0.5 * (data[l][i] + model[l][i]);
                        double n = centring == Centring.Data ? data[l + 1][j] : 0.5 * (data[l + 1][j] + model[l + 1][j]);
                        g -= (m * (data[l + 1][j] - model[l + 1][j])) + ((data[l][i] - model[l][i]) * n);
                    }

                    (int row, int column) = (l & 1) == 0 ? (i, j) : (j, i);
                    gradient[tiny.Machine.StartOf((l & 1) == 0 ? l : l + 1) + row, tiny.Machine.StartOf((l & 1) == 0 ? l + 1 : l) + column] = g;
                }
            }
        }

        return (gradient, data, model);
    }
}
