using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Binary;

public sealed unsafe class FixedPointWeightsTests
{
    [Theory]
    [InlineData(1, 1, 1e-12f)]
    [InlineData(3, 2, 1e-3f)]
    [InlineData(64, 64, 1f)]
    [InlineData(65, 130, 30f)]
    [InlineData(100, 7, 1000f)]
    [InlineData(70, 70, 1e6f)]
    public void The_scale_is_the_largest_whose_bound_holds_and_both_directions_hold_the_rounded_weights(int visible, int hidden, float size)
    {
        (Matrix weights, Matrix a, Matrix b) = Random(visible, hidden, size);
        foreach (SimdLevel level in Levels.All)
        {
            FixedPointWeights copy = new(visible, hidden);
            Assert.True(copy.Rebuild(level, weights, a, b));
            int bits = copy.ScaleBits;
            Assert.True(Bound(weights, a, b, bits) <= FixedPointWeights.MaxBound);
            Assert.True(bits == FixedPointWeights.MaxScaleBits || Bound(weights, a, b, bits + 1) > FixedPointWeights.MaxBound);
            Assert.Equal(Bound(weights, a, b, bits) * Math.Pow(2, -bits), copy.InputBound);
            for (int i = 0; i < visible; i++)
            {
                Assert.Equal(Rounded(a[0, i], bits), copy.VisibleBias[i]);
                for (int j = 0; j < hidden; j++)
                {
                    long expected = Rounded(weights[i, j], bits);
                    Assert.Equal(expected, copy.HiddenPanels[(((nint)(j / 64) * copy.VisibleTiles * 64) + i) * 64 + (j % 64)]);
                    Assert.Equal(expected, copy.VisiblePanels[(((nint)(i / 64) * copy.HiddenTiles * 64) + j) * 64 + (i % 64)]);
                }
            }
        }
    }

    [Fact]
    public void The_scale_after_an_update_is_that_of_a_fresh_copy()
    {
        // Weights grow and shrink by a quarter an update: every scale is passed, up and down.
        Matrix weights = new(20, 30);
        Matrix a = new(1, 20);
        Matrix b = new(1, 30);
        FixedPointWeights moved = new(20, 30);
        FixedPointWeights fresh = new(20, 30);
        HashSet<int> scales = [];
        float size = 1e-5f;
        for (int update = 0; update < 160; update++)
        {
            size *= update < 80 ? 1.25f : 0.8f;
            Fill(weights, a, b, size, (ulong)update);
            Requantise(moved, weights, a, b);
            Assert.True(moved.Refit(SimdSelection.Current, weights, a, b));
            Assert.True(fresh.Rebuild(SimdSelection.Current, weights, a, b));
            Assert.Equal(fresh.ScaleBits, moved.ScaleBits);
            Assert.Equal(fresh.InputBound, moved.InputBound);
            Assert.Equal(Panels(fresh), Panels(moved));
            scales.Add(moved.ScaleBits);
        }

        Assert.True(scales.Count >= 14, $"{scales.Count} scales");
    }

    [Fact]
    public void No_partial_sum_overflows_at_the_edge_of_the_bound()
    {
        // All weights of one unit positive and as large as the scale allows: the sum of all is the largest input there is.
        foreach (int visible in new[] { 1, 64, 65, 784 })
        {
            Matrix weights = new(visible, 1);
            Matrix a = new(1, visible);
            Matrix b = new(1, 1);
            for (int i = 0; i < visible; i++)
            {
                weights[i, 0] = 0.9999999f * MathF.Pow(2, 20) / visible;
            }

            FixedPointWeights copy = new(visible, 1);
            Assert.True(copy.Rebuild(SimdSelection.Current, weights, a, b));
            long sum = 0;
            for (int i = 0; i < visible; i++)
            {
                sum += copy.HiddenPanels[(nint)i * 64];
            }

            Assert.InRange(sum, 1L << 29, int.MaxValue);
        }
    }

    [Theory]
    [InlineData(-3f)]
    [InlineData(3f)]
    [InlineData(1.9999998f)]
    [InlineData(-2f)]
    public void A_single_value_that_fills_the_integers_is_not_clamped(float value)
    {
        foreach (SimdLevel level in Levels.All)
        {
            for (int place = 0; place < 3; place++)
            {
                (Matrix weights, Matrix a, Matrix b) = (new(1, 1), new(1, 1), new(1, 1));
                (place == 0 ? weights : place == 1 ? a : b)[0, 0] = value;
                FixedPointWeights copy = new(1, 1);
                Assert.True(copy.Rebuild(level, weights, a, b));
                int found = place == 0 ? copy.HiddenPanels[0] : place == 1 ? copy.VisibleBias[0] : copy.HiddenBias[0];
                Assert.Equal(value, found * Math.Pow(2, -copy.ScaleBits));
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(3e9f)]
    [InlineData(-3e38f)]
    public void What_no_scale_can_hold_is_said_at_every_level_wherever_it_stands(float value)
    {
        foreach (SimdLevel level in Levels.All)
        {
            for (int place = 0; place < 3; place++)
            {
                (Matrix weights, Matrix a, Matrix b) = Random(33, 40, 1);
                (place == 0 ? ref weights[32, 39] : ref place == 1 ? ref a[0, 17] : ref b[0, 3]) = value;
                Assert.False(new FixedPointWeights(33, 40).Rebuild(level, weights, a, b));
            }
        }
    }

    private static void Requantise(FixedPointWeights copy, Matrix weights, Matrix a, Matrix b)
    {
        WeightUpdateArguments arguments = new()
        {
            Weights = weights.DangerousGetPointer(),
            WeightStride = weights.Stride,
            VisibleBias = a.DangerousGetPointer(),
            HiddenBias = b.DangerousGetPointer(),
        };
        WeightUpdate.Run(SimdSelection.Current, copy, arguments, 0, copy.VisibleTiles * copy.HiddenTiles, null);
        BiasUpdate.Run(SimdSelection.Current, copy, arguments);
    }

    private static int[] Panels(FixedPointWeights copy) =>
        new ReadOnlySpan<int>(copy.HiddenPanels, copy.VisibleTiles * copy.HiddenTiles * 64 * 64).ToArray();

    private static (Matrix Weights, Matrix VisibleBias, Matrix HiddenBias) Random(int visible, int hidden, float size)
    {
        Matrix weights = new(visible, hidden);
        Matrix a = new(1, visible);
        Matrix b = new(1, hidden);
        Fill(weights, a, b, size, 7);
        return (weights, a, b);
    }

    private static void Fill(Matrix weights, Matrix a, Matrix b, float size, ulong seed)
    {
        SplitMix64 random = new(seed);
        for (int row = 0; row < weights.Rows; row++)
        {
            random.NextFloats(weights.Columns, -size, size).CopyTo(weights.Row(row));
        }

        random.NextFloats(a.Columns, -size, size).CopyTo(a.Row(0));
        random.NextFloats(b.Columns, -size, size).CopyTo(b.Row(0));
    }

    private static long Rounded(float value, int bits) => (long)Math.Round(value * Math.Pow(2, bits), MidpointRounding.ToEven);

    /// <summary>The documented bound of the worst unit.</summary>
    private static long Bound(Matrix weights, Matrix a, Matrix b, int bits)
    {
        long worst = 0;
        for (int i = 0; i < weights.Rows; i++)
        {
            long sum = Enumerable.Range(0, weights.Columns).Sum(j => Math.Abs(Rounded(weights[i, j], bits)) >> 6);
            worst = Math.Max(worst, Math.Abs(Rounded(a[0, i], bits)) + (64 * sum) + (63L * weights.Columns));
        }

        for (int j = 0; j < weights.Columns; j++)
        {
            long sum = Enumerable.Range(0, weights.Rows).Sum(i => Math.Abs(Rounded(weights[i, j], bits)) >> 6);
            worst = Math.Max(worst, Math.Abs(Rounded(b[0, j], bits)) + (64 * sum) + (63L * weights.Rows));
        }

        return worst;
    }
}
