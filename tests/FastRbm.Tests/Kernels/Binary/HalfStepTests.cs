using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Kernels.Binary;

public sealed unsafe class HalfStepTests
{
    [Fact]
    public void Integer_inputs_equal_the_reference_exactly_at_every_level_in_both_directions() =>
        Properties.Hold(Cases(), sample =>
        {
            (Matrix weights, Matrix visibleBias, Matrix hiddenBias) = Parameters(sample);
            FixedPointWeights copy = new(sample.Visible, sample.Hidden);
            foreach (SimdLevel level in Levels.All)
            {
                Assert.True(copy.Rebuild(level, weights, visibleBias, hiddenBias));
                Check(sample, copy, weights, hiddenBias, level, toHidden: true);
                Check(sample, copy, weights, visibleBias, level, toHidden: false);
            }
        });

    [Fact]
    public void States_and_means_are_those_of_the_inputs_at_every_level() =>
        Properties.Hold(Cases(), sample =>
        {
            (Matrix weights, Matrix visibleBias, Matrix hiddenBias) = Parameters(sample);
            FixedPointWeights copy = new(sample.Visible, sample.Hidden);
            Assert.True(copy.Rebuild(SimdLevel.Scalar, weights, visibleBias, hiddenBias));
            BitMatrix source = RandomBits(sample.Seed, sample.Rows, sample.Visible);
            float[][] inputs = Inputs(copy, source, SimdLevel.Scalar, toHidden: true);
            int words = BitMatrix.WordsFor(sample.Hidden);
            int meanRows = sample.Rows + 3;
            foreach (SimdLevel level in Levels.All)
            {
                using GuardedBuffer<ulong> states = GuardedBuffer<ulong>.EndingAtGuard(sample.Rows * words);
                using GuardedBuffer<int> means = GuardedBuffer<int>.EndingAtGuard(words * meanRows * 64);
                HalfStepArguments arguments = Arguments(copy, source, toHidden: true);
                arguments.States = states.Pointer;
                arguments.FixedMeans = means.Pointer;
                arguments.FixedMeanRows = meanRows;
                arguments.FixedMeanScale = 1 << 20;
                arguments.Draws = new RandomStream(sample.Seed, StreamPurpose.HiddenSample, 2, 0);
                arguments.Ties = new RandomStream(sample.Seed, StreamPurpose.HiddenTie, 2, 0);
                arguments.FirstChain = 40;
                Run(level, arguments, 0, sample.Rows, sample.Visible);
                ulong[] expectedStates = new ulong[words];
                int[] expectedMeans = new int[words * 64];
                for (int row = 0; row < sample.Rows; row++)
                {
                    BernoulliRow.Sample(SimdLevel.Scalar, inputs[row], arguments.Draws.ForChain(40 + row), arguments.Ties.ForChain(40 + row), expectedStates);
                    Assert.Equal(expectedStates, states.Span.Slice(row * words, words).ToArray());
                    fixed (int* expected = expectedMeans)
                    {
                        BernoulliRow.FixedMeans(SimdLevel.Scalar, inputs[row], 1 << 20, expected, 1, 0);
                    }

                    for (int word = 0; word < words; word++)
                    {
                        Assert.Equal(expectedMeans[(word * 64)..((word + 1) * 64)], means.Span.Slice(((word * meanRows) + row) * 64, 64).ToArray());
                    }
                }
            }
        }, count: 60);

    [Fact]
    public void Any_split_of_the_rows_gives_the_same_states()
    {
        Case sample = new(70, 65, 150, 3, 4);
        (Matrix weights, Matrix visibleBias, Matrix hiddenBias) = Parameters(sample);
        FixedPointWeights copy = new(sample.Visible, sample.Hidden);
        Assert.True(copy.Rebuild(SimdLevel.Scalar, weights, visibleBias, hiddenBias));
        BitMatrix source = RandomBits(1, sample.Rows, sample.Visible);
        BitMatrix whole = new(sample.Rows, sample.Hidden);
        BitMatrix parts = new(sample.Rows, sample.Hidden);
        HalfStepArguments arguments = Arguments(copy, source, toHidden: true);
        arguments.Draws = new RandomStream(1, StreamPurpose.HiddenSample, 0, 0);
        arguments.Ties = new RandomStream(1, StreamPurpose.HiddenTie, 0, 0);
        arguments.States = whole.DangerousGetPointer();
        Run(SimdSelection.Current, arguments, 0, sample.Rows, sample.Visible);
        arguments.States = parts.DangerousGetPointer();
        foreach ((int first, int end) in new[] { (0, 1), (1, 64), (64, 65), (65, 150) })
        {
            Run(SimdSelection.Current, arguments, first, end, sample.Visible);
        }

        for (int row = 0; row < sample.Rows; row++)
        {
            Assert.Equal(whole.Row(row).ToArray(), parts.Row(row).ToArray());
        }
    }

    [Theory]
    [InlineData(300, 130, 47, 0.5)]
    [InlineData(300, 130, 48, 0.5)]
    [InlineData(600, 65, 100, 0.95)]
    [InlineData(1030, 70, 600, 0.3)]
    [InlineData(5, 3, 700, 1)]
    public void Large_batches_of_dense_states_give_what_single_rows_give(int visible, int hidden, int rows, double density)
    {
        // Single rows are summed row by row of weights, large batches by tables of four: over segments, blocks and the rest of both.
        Case sample = new(visible, hidden, rows, 4, 17);
        (Matrix weights, Matrix visibleBias, Matrix hiddenBias) = Parameters(sample);
        FixedPointWeights copy = new(visible, hidden);
        Assert.True(copy.Rebuild(SimdLevel.Scalar, weights, visibleBias, hiddenBias));
        SplitMix64 random = new(6);
        BitMatrix source = Translate.Bits([.. Enumerable.Range(0, rows).Select(_ => random.NextBits(visible, density))]);
        float[][] expected = Inputs(copy, source, SimdSelection.Current, toHidden: true);
        foreach (SimdLevel level in Levels.All)
        {
            foreach (bool keep in new[] { false, true })
            {
                Matrix inputs = new(rows, hidden);
                RunningSums kept = new(rows, visible, hidden);
                HalfStepArguments arguments = Arguments(copy, source, toHidden: true);
                arguments.Inputs = inputs.DangerousGetPointer();
                arguments.InputStride = inputs.Stride;
                arguments.Path = HalfStepPath.Lookup;
                if (keep)
                {
                    kept.Keep(ref arguments, hold: false);
                }

                Run(level, arguments, 0, rows, visible);
                for (int row = 0; row < rows; row++)
                {
                    Assert.Equal(expected[row], inputs.Row(row).ToArray());
                }

                if (keep)
                {
                    // The sums and states that were kept serve a step in which nothing flips.
                    kept.Keep(ref arguments, hold: true);
                    arguments.Path = HalfStepPath.FlippedUnits;
                    new Span<float>(arguments.Inputs, rows * inputs.Stride).Clear();
                    Run(level, arguments, 0, rows, visible);
                    for (int row = 0; row < rows; row++)
                    {
                        Assert.Equal(expected[row], inputs.Row(row).ToArray());
                    }
                }
            }
        }
    }

    [Fact]
    public void The_cheapest_path_is_chosen_from_counted_bits()
    {
        FixedPointWeights copy = new(800, 10);
        SplitMix64 random = new(7);
        foreach ((int rows, double density, bool expected) in new[] { (512, 0.5, true), (512, 0.02, false), (47, 0.9, false), (48, 0.9, true), (100, 0.05, false) })
        {
            BitMatrix source = Translate.Bits([.. Enumerable.Range(0, rows).Select(_ => random.NextBits(800, density))]);
            HalfStepArguments arguments = Arguments(copy, source, toHidden: true);
            Assert.Equal(expected, LookupLists.Pay(arguments, 8, 0, rows));
            RunningSums kept = new(rows, 800, 10);
            kept.Keep(ref arguments, hold: true);
            source.Row(0).CopyTo(new Span<ulong>(arguments.Summed, source.WordsPerRow));
            int[] scratch = new int[HalfStep.ScratchLength(800, rows)];
            fixed (int* memory = scratch)
            {
                SourceLists lists = default;
                lists.Make(arguments, 0, Math.Min(rows, SourceLists.Rows), memory);
                Assert.True(lists.GoesOn(0));
                Assert.False(lists.GoesOn(1));
            }
        }
    }

    [Fact]
    public void Going_on_from_earlier_sums_gives_what_sums_from_nothing_give()
    {
        // Rows of which nothing, little, much or all has flipped, on both sides of the choice, over short and long segments.
        Case sample = new(300, 130, 150, 4, 11);
        (Matrix weights, Matrix visibleBias, Matrix hiddenBias) = Parameters(sample);
        FixedPointWeights copy = new(sample.Visible, sample.Hidden);
        Assert.True(copy.Rebuild(SimdLevel.Scalar, weights, visibleBias, hiddenBias));
        foreach (double density in new[] { 0.02, 0.15, 0.5, 0.9 })
        {
            foreach (SimdLevel level in Levels.All)
            {
                SplitMix64 random = new(5);
                RunningSums kept = new(sample.Rows, sample.Visible, sample.Hidden);
                bool[][] rows = [.. Enumerable.Range(0, sample.Rows).Select(_ => random.NextBits(sample.Visible, density))];
                for (int step = 0; step < 4; step++)
                {
                    BitMatrix source = Translate.Bits(rows);
                    Matrix fresh = new(sample.Rows, sample.Hidden);
                    Matrix goneOn = new(sample.Rows, sample.Hidden);
                    BitMatrix freshStates = new(sample.Rows, sample.Hidden);
                    BitMatrix goneOnStates = new(sample.Rows, sample.Hidden);
                    foreach ((Matrix inputs, BitMatrix states, bool keep) in new[] { (fresh, freshStates, false), (goneOn, goneOnStates, true) })
                    {
                        HalfStepArguments arguments = Arguments(copy, source, toHidden: true);
                        arguments.Inputs = inputs.DangerousGetPointer();
                        arguments.InputStride = inputs.Stride;
                        arguments.States = states.DangerousGetPointer();
                        arguments.Draws = new RandomStream(1, StreamPurpose.HiddenSample, step, 0);
                        arguments.Ties = new RandomStream(1, StreamPurpose.HiddenTie, step, 0);
                        arguments.Path = HalfStepPath.ActiveUnits;
                        if (keep)
                        {
                            kept.Keep(ref arguments, hold: step > 0);
                            arguments.Path = step == 3 ? HalfStepPath.FlippedUnits : HalfStepPath.Cheapest;
                        }

                        // Two calls that split the rows as two threads would.
                        Run(level, arguments, 0, 70, sample.Visible);
                        Run(level, arguments, 70, sample.Rows, sample.Visible);
                    }

                    for (int row = 0; row < sample.Rows; row++)
                    {
                        Assert.Equal(fresh.Row(row).ToArray(), goneOn.Row(row).ToArray());
                        Assert.Equal(freshStates.Row(row).ToArray(), goneOnStates.Row(row).ToArray());
                        bool[] flips = random.NextBits(sample.Visible, (row % 5) switch { 0 => 0, 1 => 0.01, 2 => 0.1, 3 => 0.5, _ => 1 });
                        for (int unit = 0; unit < flips.Length; unit++)
                        {
                            rows[row][unit] ^= flips[unit];
                        }
                    }
                }
            }
        }
    }

    private static void Check(Case sample, FixedPointWeights copy, Matrix weights, Matrix bias, SimdLevel level, bool toHidden)
    {
        int from = toHidden ? sample.Visible : sample.Hidden;
        BitMatrix source = RandomBits(sample.Seed, sample.Rows, from);
        float[][] inputs = Inputs(copy, source, level, toHidden);
        long[,] quantised = FixedPointReference.Quantize(ToDoubles(weights), copy.ScaleBits);
        long[] quantisedBias = FixedPointReference.Quantize(Translate.ToDoubles(bias.Row(0)), copy.ScaleBits);
        for (int row = 0; row < sample.Rows; row++)
        {
            bool[] states = Translate.Row(source, row);
            long[] expected = toHidden
                ? FixedPointReference.HiddenInputs(quantised, quantisedBias, states)
                : FixedPointReference.VisibleInputs(quantised, quantisedBias, states);
            for (int unit = 0; unit < expected.Length; unit++)
            {
                Assert.InRange(expected[unit], -int.MaxValue, int.MaxValue);
                Assert.Equal((float)((double)(float)(int)expected[unit] * Math.Pow(2, -copy.ScaleBits)), inputs[row][unit]);
            }
        }
    }

    private static float[][] Inputs(FixedPointWeights copy, BitMatrix source, SimdLevel level, bool toHidden)
    {
        int units = toHidden ? copy.Hidden : copy.Visible;
        float[][] rows = new float[source.Rows][];
        for (int row = 0; row < source.Rows; row++)
        {
            using GuardedBuffer<float> inputs = GuardedBuffer<float>.EndingAtGuard(units);
            HalfStepArguments arguments = Arguments(copy, source, toHidden);
            arguments.Source += row * source.WordsPerRow;
            arguments.Inputs = inputs.Pointer;
            arguments.InputStride = units;
            Run(level, arguments, 0, 1, arguments.SourceUnits);
            rows[row] = inputs.Span.ToArray();
        }

        return rows;
    }

    private static HalfStepArguments Arguments(FixedPointWeights copy, BitMatrix source, bool toHidden) => new()
    {
        Source = source.DangerousGetPointer(),
        SourceWords = source.WordsPerRow,
        Panels = toHidden ? copy.HiddenPanels : copy.VisiblePanels,
        Bias = toHidden ? copy.HiddenBias : copy.VisibleBias,
        SourceUnits = toHidden ? copy.Visible : copy.Hidden,
        TargetUnits = toHidden ? copy.Hidden : copy.Visible,
        InverseScale = copy.InverseScale,
    };

    private static void Run(SimdLevel level, HalfStepArguments arguments, int first, int end, int sourceUnits)
    {
        using GuardedBuffer<int> scratch = GuardedBuffer<int>.EndingAtGuard((int)HalfStep.ScratchLength(sourceUnits, end - first));
        Poison.Fill(scratch.Span);
        HalfStep.Run(level, arguments, first, end, scratch.Pointer);
    }

    private static (Matrix Weights, Matrix VisibleBias, Matrix HiddenBias) Parameters(Case sample)
    {
        SplitMix64 random = new(sample.Seed);
        float scale = MathF.Pow(10, sample.Scale - 3);
        return (Filled(sample.Visible, sample.Hidden), Filled(1, sample.Visible), Filled(1, sample.Hidden));

        Matrix Filled(int rows, int columns)
        {
            Matrix matrix = new(rows, columns);
            for (int row = 0; row < rows; row++)
            {
                random.NextFloats(columns, -scale, scale).CopyTo(matrix.Row(row));
            }

            return matrix;
        }
    }

    private static BitMatrix RandomBits(ulong seed, int rows, int columns)
    {
        SplitMix64 random = new(seed + 99);
        double density = random.NextDouble();
        return Translate.Bits([.. Enumerable.Range(0, rows).Select(_ => random.NextBits(columns, density))]);
    }

    private static double[,] ToDoubles(Matrix matrix)
    {
        double[,] values = new double[matrix.Rows, matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int column = 0; column < matrix.Columns; column++)
            {
                values[row, column] = matrix[row, column];
            }
        }

        return values;
    }

    private static Arbitrary<Case> Cases() =>
        Arb.From(
            from shape in RandomModels.Shapes().Generator
            from rows in Gen.Elements(1, 2, 3, 5)
            from scale in Gen.Choose(0, 7)
            from seed in Gen.Choose(0, 1_000_000)
            select new Case(shape.Visible, shape.Hidden, rows, scale, (ulong)seed));

    private sealed record Case(int Visible, int Hidden, int Rows, int Scale, ulong Seed);
}
