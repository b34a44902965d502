using FastRbm.Data;
using FastRbm.Data.Generators;

namespace FastRbm.Tests.Data;

public sealed class GeneratorTests
{
    [Fact]
    public void Bars_and_stripes_has_32_rows_and_30_patterns_with_all_off_and_all_on_twice()
    {
        BitDataset data = BarsAndStripes.Create();
        Assert.Equal((32, 16, new ImageShape(4, 4)), (data.Rows, data.Columns, data.Shape));
        Dictionary<ulong, int> counts = Count(data);
        Assert.Equal(30, counts.Count);
        Assert.Equal([0UL, 0xFFFFUL], counts.Where(pair => pair.Value == 2).Select(pair => pair.Key).Order());
        foreach (ulong pattern in counts.Keys)
        {
            ulong firstRow = pattern & 0xF;
            bool bars = pattern == firstRow * 0x1111;
            bool stripes = Enumerable.Range(0, 4).All(row => ((pattern >> (4 * row)) & 0xF) is 0 or 0xF);
            Assert.True(bars || stripes);
        }

        // 28 patterns of probability 1/32 and 2 of 2/32: -(28 x 5 + 4 x 4) / 32 x log 2.
        Assert.Equal(-39.0 / 8 * Math.Log(2), BestLogLikelihood(data), 12);
        Assert.Equal(-3.3791, BestLogLikelihood(data), 4);
    }

    [Theory]
    [InlineData(1, 4, 2)]
    [InlineData(2, 8, 6)]
    [InlineData(3, 16, 14)]
    [InlineData(5, 64, 62)]
    public void Bars_and_stripes_of_other_sizes_follow_the_same_rule(int size, int rows, int patterns)
    {
        BitDataset data = BarsAndStripes.Create(size);
        Assert.Equal(rows, data.Rows);
        Assert.Equal(patterns, Count(data).Count);
    }

    [Fact]
    public void The_shifter_has_768_different_rows_that_are_what_they_say()
    {
        BitDataset data = Shifter.Create();
        Assert.Equal((768, 19), (data.Rows, data.Columns));
        Assert.Equal(768, Count(data).Count);
        Assert.Equal(-Math.Log(768), BestLogLikelihood(data), 12);
        Assert.Equal(-6.6438, BestLogLikelihood(data), 4);
        for (int row = 0; row < data.Rows; row++)
        {
            int label = data.Labels.Span[row];
            for (int bit = 0; bit < 8; bit++)
            {
                Assert.Equal(data[row, bit], data[row, 8 + ((bit + label + 7) & 7)]);
            }

            Assert.Equal([label == 0, label == 1, label == 2], new[] { data[row, 16], data[row, 17], data[row, 18] });
        }
    }

    [Fact]
    public void Gates_hold_their_truth_tables()
    {
        Assert.Equal("000 010 100 111", Text(LogicGates.And()));
        Assert.Equal("000 011 101 111", Text(LogicGates.Or()));
        Assert.Equal("000 011 101 110", Text(LogicGates.Xor()));
        Assert.Equal("01 10", Text(LogicGates.Not()));
    }

    [Fact]
    public void Sizes_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BarsAndStripes.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BarsAndStripes.Create(13));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shifter.Create(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shifter.Create(17));
        Assert.Throws<ArgumentOutOfRangeException>(() => Strokes.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Strokes.Create(int.MaxValue));
    }

    [Fact]
    public void Strokes_have_the_density_of_pen_strokes_in_every_class_and_an_empty_border()
    {
        GreyDataset data = Strokes.Create(2000);
        BitDataset bits = data.Threshold();
        double[] on = new double[10];
        for (int row = 0; row < data.Rows; row++)
        {
            Assert.Equal(row % 10, data.Labels.Span[row]);
            for (int pixel = 0; pixel < 784; pixel++)
            {
                (int y, int x) = (pixel / 28, pixel % 28);
                on[row % 10] += bits[row, pixel] ? 1 / (784.0 * 200) : 0;
                Assert.False(bits[row, pixel] && (y is 0 or 27 || x is 0 or 27));
            }
        }

        Assert.InRange(on.Average(), 0.1, 0.2);
        Assert.All(on, density => Assert.InRange(density, 0.05, 0.2));
        Assert.False(data.IsBinary);
    }

    [Fact]
    public void A_shorter_set_of_strokes_is_the_start_of_a_longer_one_and_no_image_comes_twice()
    {
        Assert.Equal(Strokes.Create(30).Fingerprint(), Strokes.Create(100).Take(30).Fingerprint());
        string[] first = [.. Enum.GetValues<DatasetSplit>().Select(split => Strokes.Create(10, split).Fingerprint())];
        Assert.Equal(3, first.Distinct().Count());
        Assert.NotEqual(Strokes.Create(10).Fingerprint(), Strokes.Create(10, seed: 1).Fingerprint());
        GreyDataset data = Strokes.Create(300);
        HashSet<string> rows = [];
        float[] means = new float[784];
        for (int row = 0; row < data.Rows; row++)
        {
            data.CopyMeans(row, means);
            Assert.True(rows.Add(string.Join(' ', means)));
        }
    }

    private static Dictionary<ulong, int> Count(BitDataset data)
    {
        Dictionary<ulong, int> counts = [];
        ulong[] word = new ulong[1];
        for (int row = 0; row < data.Rows; row++)
        {
            data.CopyBits(row, word);
            counts[word[0]] = counts.GetValueOrDefault(word[0]) + 1;
        }

        return counts;
    }

    /// <summary>The mean log-likelihood of the rows under their own distribution, which no model beats.</summary>
    private static double BestLogLikelihood(BitDataset data) =>
        Count(data).Values.Sum(count => (double)count / data.Rows * Math.Log((double)count / data.Rows));

    private static string Text(BitDataset data) => string.Join(
        ' ', Enumerable.Range(0, data.Rows).Select(row => string.Concat(Enumerable.Range(0, data.Columns).Select(c => data[row, c] ? '1' : '0'))));
}
