using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models;
using FastRbm.Training;

namespace FastRbm.Tests.Training;

/// <summary>Training of every pair of kinds of units: an update is the one that is written here in doubles.</summary>
public sealed class UnitTrainingTests
{
    private const ulong Seed = 11;
    private const double Rate = 0.05;

    public static TheoryData<string, string> Pairs() =>
        [.. UnitPairs.All.Select(static pair => new TheoryDataRow<string, string>(pair.Visible, pair.Hidden))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_update_moves_parameters_by_the_difference_of_the_statistics(string visible, string hidden)
    {
        foreach ((Centring centring, bool weighted) in ((Centring, bool)[])[(Centring.None, false), (Centring.Data, false), (Centring.Data, true)])
        {
            UnitPairs pair = new(visible, hidden);
            Rbm rbm = UnitPairEngine.Make(pair, Seed);
            TestRows rows = Data(rbm, 7);
            TrainingOptions options = new()
            {
                BatchSize = 7,
                Epochs = 1,
                Threads = 1,
                Centring = centring,
                LearningRate = new LearningRateSchedule { Initial = Rate, Shape = ScheduleShape.Constant },
                RowWeights = weighted ? new float[] { 1, 3, 0, 2, 2, 5, 1 } : default,
            };
            Matrix weights = new(rbm.Visible.Count, rbm.Hidden.Count);
            Matrix visibleParameters = Copy(rbm.Visible);
            Matrix hiddenParameters = Copy(rbm.Hidden);
            weights.CopyFrom(rbm.WeightMatrix);
            Expected expected = new(rbm, rows, options);
            using Trainer trainer = new(rbm, rows, options);
            trainer.Step();
            for (int i = 0; i < weights.Rows; i++)
            {
                for (int j = 0; j < weights.Columns; j++)
                {
                    Near(expected.Weights[i, j], rbm.WeightMatrix[i, j] - (double)weights[i, j], $"weight {i}, {j}, {centring}, weights {weighted}");
                }
            }

            Compare(expected.Visible, visibleParameters, rbm.Visible, centring);
            Compare(expected.Hidden, hiddenParameters, rbm.Hidden, centring);
        }
    }

    [Theory]
    [InlineData("gaussian", "binary")]
    [InlineData("binary", "gaussian")]
    [InlineData("gaussian", "relu")]
    [InlineData("mixed:gaussian[60];potts:5[60];binary[30]", "double-relu")]
    [InlineData("replicated-softmax", "binary")]
    [InlineData("spin", "potts:5")]
    [InlineData("potts:3", "spin")]
    public void Runs_are_the_same_for_any_threads_and_when_resumed(string visible, string hidden)
    {
        foreach (TrainingAlgorithm algorithm in (TrainingAlgorithm[])[TrainingAlgorithm.ContrastiveDivergence, TrainingAlgorithm.PersistentContrastiveDivergence])
        {
            TrainingOptions options = new()
            {
                Algorithm = algorithm,
                BatchSize = 64,
                Epochs = 3,
                Steps = 2,
                AveragedShare = 0.5,
                Momentum = new MomentumSchedule { Initial = 0.5, Final = 0.5 },
                LearningRate = new LearningRateSchedule { Initial = 0.01 },
            };
            byte[] whole = Train(visible, hidden, options with { Threads = 1 }, stopAfter: int.MaxValue);
            Assert.Equal(whole, Train(visible, hidden, options with { Threads = 3 }, stopAfter: int.MaxValue));
            Assert.Equal(whole, Train(visible, hidden, options with { Threads = 2 }, stopAfter: 4));
            if (visible != "replicated-softmax")
            {
                TrainingOptions partial = options with { Missing = MissingValues.Marginal, MissingSteps = 2 };
                whole = Train(visible, hidden, partial with { Threads = 1 }, stopAfter: int.MaxValue, hide: 0.4);
                Assert.Equal(whole, Train(visible, hidden, partial with { Threads = 2 }, stopAfter: 4, hide: 0.4));
            }
        }
    }

    [Fact]
    public void Variances_of_constant_columns_stay_above_a_ten_thousandth_and_everything_finite()
    {
        SplitMix64 random = new(1);
        TestRows rows = new(Enumerable.Range(0, 50).Select(_ => (float[])[3, 7, (float)random.NextDouble(), 0]));
        Rbm rbm = RbmInitializer.Normal(rows, new GaussianLayer(4), new BinaryLayer(5), seed: 1);
        using Trainer trainer = new(rbm, rows, new TrainingOptions { BatchSize = 10, Epochs = 2000, Threads = 1, LearningRate = new LearningRateSchedule { Initial = 0.1, Shape = ScheduleShape.Constant } });
        trainer.Run();
        Assert.InRange(rbm.Visible.Parameter(1)[0], 5, Math.Log(10_001));
        Assert.InRange(rbm.Visible.Parameter(1)[1], 5, Math.Log(10_001));
        Assert.All(rbm.Visible.Bias.ToArray(), static bias => Assert.True(float.IsFinite(bias)));
        float[] means = new float[4];
        rbm.Visible.Mean(rbm.Visible.Bias, means);
        Assert.InRange(means[0], 2.9, 3.1);
        Assert.InRange(means[1], 6.9, 7.1);
    }

    [Fact]
    public void What_units_cannot_be_trained_by_is_refused_by_name()
    {
        TestRows rows = new([[0.5f, 1f], [2f, 3f]]);
        Rbm rbm = new(new GaussianLayer(2), new BinaryLayer(2));
        Refused("algorithm", rows, rbm, new TrainingOptions { Algorithm = TrainingAlgorithm.ParallelTempering, BatchSize = 2 });
        Refused("centring", rows, rbm, new TrainingOptions { Centring = Centring.Enhanced, BatchSize = 2 });
        Refused("row 0, column 0", rows, new Rbm(new BinomialLayer(2, 3), new BinaryLayer(2)), new TrainingOptions { BatchSize = 2 });
        Refused("row 1", new TestRows([[1f, 0f], [1f, 1f]]), new Rbm(new PottsLayer(2), new BinaryLayer(2)), new TrainingOptions { BatchSize = 2 });
        Refused("finite", new TestRows([[1f, 0f], [1f, float.PositiveInfinity]]), rbm, new TrainingOptions { BatchSize = 2 });
        Refused("-1", new TestRows([[1f, 0f], [1f, -1f]]), new Rbm(new ReplicatedSoftmaxLayer(2), new BinaryLayer(2)), new TrainingOptions { BatchSize = 2 });
        Refused("hidden units", rows, new Rbm(new GaussianLayer(2), new ReplicatedSoftmaxLayer(2)), new TrainingOptions { BatchSize = 2 });
    }

    private static void Refused(string named, TestRows rows, Rbm rbm, TrainingOptions options)
    {
        ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => new Trainer(rbm, rows, options));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Train(string visible, string hidden, TrainingOptions options, int stopAfter, double hide = 0)
    {
        UnitLayer layer = UnitLayers.Parse(visible, 150);
        TestRows rows = Hide(layer, Data(new Rbm(layer, new BinaryLayer(1)), 150), hide);
        Rbm rbm = RbmInitializer.Normal(rows, UnitLayers.Parse(visible, 150), UnitLayers.Parse(hidden, 130), seed: 2);
        using TemporaryDirectory directory = new();
        Trainer trainer = new(rbm, rows, options);
        try
        {
            for (int update = 0; !trainer.IsFinished; update++)
            {
                trainer.Step();
                if (update == stopAfter)
                {
                    string path = directory.File("checkpoint");
                    TrainingCheckpoint.Save(path, trainer, "data");
                    trainer.Dispose();
                    trainer = TrainingCheckpoint.Resume(path, rows, "data", options);
                }
            }

            string end = directory.File("end");
            TrainingCheckpoint.Save(end, trainer, "data");
            return File.ReadAllBytes(end);
        }
        finally
        {
            trainer.Dispose();
        }
    }

    /// <summary>Columns are missing at random, in thirties so that groups of categories are missing as a whole.</summary>
    private static TestRows Hide(UnitLayer layer, TestRows rows, double share)
    {
        SplitMix64 random = new(6);
        return share == 0 ? rows : new TestRows(Enumerable.Range(0, rows.Rows).Select(row =>
        {
            float[] values = [.. rows[row]];
            for (int first = 0; first < layer.Count; first += 30)
            {
                if (random.NextBool(share))
                {
                    values.AsSpan(first, Math.Min(30, layer.Count - first)).Fill(float.NaN);
                }
            }

            return values;
        }));
    }

    /// <summary>Rows that are states of the visible layer: drawn about its biases.</summary>
    private static TestRows Data(Rbm rbm, int count)
    {
        Matrix hidden = new(count, rbm.Hidden.Count);
        Matrix rows = new(count, rbm.Visible.Count);
        for (int row = 0; row < count; row++)
        {
            rbm.Hidden.Sample(
                new float[rbm.Hidden.Count], 0, new FastRbm.Random.RandomStream(9, FastRbm.Random.StreamPurpose.SamplingStart, 0, row),
                new FastRbm.Random.RandomStream(9, FastRbm.Random.StreamPurpose.SamplingStart, 1, row), hidden.Row(row));
            rows[row, 0] = rbm.Visible.KeepsTotal ? UnitPairs.Total : 0;
        }

        rbm.SampleVisible(hidden, new RandomKey(7, 7), new RbmWorkspace(rbm), rows);
        return new TestRows([.. Enumerable.Range(0, count).Select(row => rows.Row(row).ToArray())]);
    }

    private static Matrix Copy(UnitLayer layer)
    {
        Matrix copy = new(layer.ParameterNames.Count, layer.Count);
        copy.CopyFrom(layer.Parameters);
        return copy;
    }

    private static void Compare(double[,] expected, Matrix before, UnitLayer layer, Centring centring)
    {
        for (int row = 0; row < before.Rows; row++)
        {
            for (int unit = 0; unit < before.Columns; unit++)
            {
                Near(expected[row, unit], layer.Parameter(row)[unit] - (double)before[row, unit], $"{layer.Name} {layer.ParameterNames[row]} {unit}, {centring}");
            }
        }
    }

    private static void Near(double expected, double found, string place) =>
        Assert.True(Math.Abs(expected - found) <= 3e-6 * (1 + Math.Abs(expected)), $"{place}: expected a change of {expected}, found {found}");

    /// <summary>What the first update of CD-1 changes, in doubles, from states that the model's batch operations draw.</summary>
    private sealed class Expected
    {
        private readonly Rbm _rbm;
        private readonly double _rate = Rate;
        private readonly double[] _weights;

        public Expected(Rbm rbm, TestRows rows, TrainingOptions options)
        {
            _rbm = rbm;
            RbmWorkspace workspace = new(rbm);
            int visible = rbm.Visible.Count;
            int hidden = rbm.Hidden.Count;
            int[] order = Order(rows, options);
            _weights = [.. order.Select(row => options.RowWeights.IsEmpty ? 1 : (double)options.RowWeights.Span[row])];
            Matrix data = new(rows.Rows, rows.Columns);
            for (int row = 0; row < order.Length; row++)
            {
                rows.CopyMeans(order[row], data.Row(row));
            }

            Matrix chain = new(data.Rows, visible);
            chain.CopyFrom(data);
            Matrix states = new(data.Rows, hidden);
            rbm.SampleHidden(data, new RandomKey(options.Seed, 0), workspace, states);
            rbm.SampleVisible(states, new RandomKey(options.Seed, 0), workspace, chain);
            Matrix up = new(data.Rows, hidden);
            Matrix down = new(data.Rows, hidden);
            rbm.HiddenInputs(data, workspace, up);
            rbm.HiddenInputs(chain, workspace, down);
            Weights = new double[visible, hidden];
            Visible = new double[rbm.Visible.ParameterNames.Count, visible];
            Hidden = new double[rbm.Hidden.ParameterNames.Count, hidden];
            double[] hiddenMeans = new double[hidden];
            Add(data, up, row => _weights[row] / _weights.Sum(), hiddenMeans);
            Add(chain, down, _ => -1.0 / chain.Rows, new double[hidden]);
            Finish(data, options.Centring, hiddenMeans);
        }

        public double[,] Weights { get; }

        public double[,] Visible { get; }

        public double[,] Hidden { get; }

        /// <summary>The rows in the order of the first epoch, which is that of the trainer: all of them, so only draws depend on it.</summary>
        private static int[] Order(TestRows rows, TrainingOptions options)
        {
            int[] order = [.. Enumerable.Range(0, rows.Rows)];
            FastRbm.Random.RandomStream stream = new(options.Seed, FastRbm.Random.StreamPurpose.Shuffle, 0, 0);
            for (int row = 0; row < order.Length; row++)
            {
                int other = stream.Below(row, row + 1);
                order[row] = order[other];
                order[other] = row;
            }

            return order;
        }

        private void Add(Matrix visible, Matrix inputs, Func<int, double> shareOf, double[] hiddenMeans)
        {
            for (int row = 0; row < visible.Rows; row++)
            {
                double share = shareOf(row);
                Matrix of = new(_rbm.Visible.ParameterNames.Count, visible.Columns);
                Matrix hiddenOf = new(_rbm.Hidden.ParameterNames.Count, inputs.Columns);
                _rbm.Visible.Statistics(visible.Row(row), of.AsSpan2D());
                _rbm.Hidden.MeanStatistics(inputs.Row(row), hiddenOf.AsSpan2D());
                double times = _rbm.Visible.KeepsTotal ? UnitPairs.Total : 1;
                for (int j = 0; j < inputs.Columns; j++)
                {
                    hiddenMeans[j] += share * hiddenOf[0, j];
                    for (int p = 0; p < hiddenOf.Rows; p++)
                    {
                        Hidden[p, j] += share * (p == 0 ? times : 1) * hiddenOf[p, j];
                    }

                    for (int i = 0; i < visible.Columns; i++)
                    {
                        Weights[i, j] += share * visible[row, i] * hiddenOf[0, j];
                    }
                }

                for (int i = 0; i < visible.Columns; i++)
                {
                    for (int p = 0; p < of.Rows; p++)
                    {
                        Visible[p, i] += share * of[p, i];
                    }
                }
            }
        }

        private void Finish(Matrix rows, Centring centring, double[] hiddenMeans)
        {
            int visible = Weights.GetLength(0);
            int hidden = Weights.GetLength(1);
            double[] means = new double[visible];
            double[] variances = new double[visible];
            double[] curvatures = new double[visible];
            _rbm.Visible.Curvatures(curvatures);
            for (int i = 0; i < visible; i++)
            {
                double mean = Enumerable.Range(0, rows.Rows).Sum(row => _weights[row] * rows[row, i]) / _weights.Sum();
                means[i] = mean;
                variances[i] = Enumerable.Range(0, rows.Rows).Sum(row => _weights[row] * Math.Pow(rows[row, i] - mean, 2)) / _weights.Sum();
            }

            bool centred = centring == Centring.Data;
            double[] scales = [.. variances.Select((variance, i) => curvatures[i] > 0 && variance > 0 ? 1 / variance : 1)];
            double[] field = [.. Enumerable.Range(0, visible).Select(i => Visible[0, i])];
            double[] hiddenField = [.. Enumerable.Range(0, hidden).Select(j => Hidden[0, j])];
            double[] visibleShift = new double[visible];
            double[] hiddenShift = new double[hidden];
            for (int i = 0; i < visible; i++)
            {
                for (int j = 0; j < hidden; j++)
                {
                    double gradient = Weights[i, j] - (centred ? (means[i] * hiddenField[j]) + (field[i] * hiddenMeans[j]) : 0);
                    Weights[i, j] = _rate * scales[i] * gradient;
                    visibleShift[i] += centred ? Weights[i, j] * hiddenMeans[j] : 0;
                    hiddenShift[j] += centred ? Weights[i, j] * means[i] : 0;
                }
            }

            for (int i = 0; i < visible; i++)
            {
                Visible[0, i] = (_rate * scales[i] * field[i]) - visibleShift[i];
            }

            for (int j = 0; j < hidden; j++)
            {
                Hidden[0, j] = (_rate * hiddenField[j]) - hiddenShift[j];
                for (int p = 1; p < Hidden.GetLength(0); p++)
                {
                    Hidden[p, j] = _rbm.Hidden.IsScale(p) ? 0 : Clip(_rate * Hidden[p, j]);
                }
            }

            for (int p = 1; p < Visible.GetLength(0); p++)
            {
                for (int i = 0; i < visible; i++)
                {
                    double precision = Math.Exp(_rbm.Visible.Parameter(p)[i]);
                    bool shifted = centred && _rbm.Visible.Kind == UnitKind.Gaussian;
                    double gradient = Visible[p, i] + (shifted ? precision * means[i] * field[i] : 0);
                    double largest = Math.Log(10_000 * scales[i]);
                    double after = _rbm.Visible.Parameter(p)[i] + Clip(_rate * gradient);
                    after = _rbm.Visible.IsScale(p) ? Math.Min(after, largest) : after;
                    Visible[p, i] = after - _rbm.Visible.Parameter(p)[i];
                    Visible[0, i] += shifted ? means[i] * (Math.Exp(after) - precision) : 0;
                }
            }
        }

        private static double Clip(double step) => Math.Clamp(step, -0.1, 0.1);
    }
}
