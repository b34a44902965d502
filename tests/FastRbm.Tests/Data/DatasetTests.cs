using FastRbm.Data;
using FastRbm.Memory;

namespace FastRbm.Tests.Data;

public sealed class DatasetTests
{
    public static TheoryData<int> Widths => [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 784];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Bits_come_back_as_bits_as_numbers_and_one_by_one(int columns)
    {
        const int Rows = 5;
        byte[] values = Pattern(Rows * columns, 2);
        var data = BitDataset.FromBytes("rows", Rows, columns, values);
        GreyDataset[] greys =
        [
            GreyDataset.FromBytes("rows", Rows, columns, values, 1),
            GreyDataset.FromFloats("rows", Rows, columns, Array.ConvertAll(values, v => (float)v)),
        ];
        Assert.Equal((columns + 7) / 8 * Rows, data.MemoryBytes);
        foreach (Dataset same in (Dataset[])[data, .. greys])
        {
            Assert.True(same.IsBinary);
            Assert.Equal(data.Fingerprint(), same.Fingerprint());
            for (int row = 0; row < Rows; row++)
            {
                ulong[] words = new ulong[BitMatrix.WordsFor(columns)];
                Array.Fill(words, ulong.MaxValue);
                float[] means = new float[columns];
                Array.Fill(means, float.NaN);
                same.CopyBits(row, words);
                same.CopyMeans(row, means);
                Assert.Equal(0UL, words[^1] & ~BitMatrix.LastWordMask(columns));
                for (int column = 0; column < columns; column++)
                {
                    byte value = values[(row * columns) + column];
                    Assert.Equal((ulong)value, (words[column >> 6] >> (column & 63)) & 1);
                    Assert.Equal(value, means[column]);
                    Assert.Equal(value != 0, data[row, column]);
                }
            }
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(16)]
    [InlineData(1)]
    public void Grey_levels_are_the_byte_over_the_divisor_correctly_rounded(int divisor)
    {
        byte[] values = [.. Enumerable.Range(0, divisor + 1).Select(i => (byte)i)];
        var data = GreyDataset.FromBytes("rows", 1, values.Length, values, divisor);
        float[] means = new float[values.Length];
        data.CopyMeans(0, means);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal((float)((double)i / divisor), means[i]);
            Assert.Equal(means[i], data[0, i]);
        }

        Assert.Equal(data.Fingerprint(), GreyDataset.FromFloats("other", 1, means.Length, means).Fingerprint());
        Assert.Equal(values.Length, data.MemoryBytes);
    }

    [Fact]
    public void Threshold_turns_a_unit_on_from_one_half_upwards()
    {
        float belowHalf = MathF.BitDecrement(0.5f);
        BitDataset floats = GreyDataset.FromFloats("rows", 1, 4, [0, belowHalf, 0.5f, 1]).Threshold();
        BitDataset bytes = GreyDataset.FromBytes("rows", 1, 4, [0, 127, 128, 255], 255, new ImageShape(2, 2), [7]).Threshold();
        BitDataset even = GreyDataset.FromBytes("rows", 1, 4, [0, 7, 8, 16], 16).Threshold();
        foreach (BitDataset data in (BitDataset[])[floats, bytes, even])
        {
            Assert.Equal([false, false, true, true], Enumerable.Range(0, 4).Select(column => data[0, column]));
        }

        Assert.Equal(new ImageShape(2, 2), bytes.Shape);
        Assert.Equal([7], bytes.Labels.ToArray());
    }

    [Fact]
    public void Grey_rows_have_no_bits_and_say_so()
    {
        var data = GreyDataset.FromFloats("grey rows", 1, 2, [0, 0.25f]);
        Assert.False(data.IsBinary);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => data.CopyBits(0, new ulong[1]));
        Assert.Contains("grey rows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixty_thousand_digits_take_less_than_six_million_bytes_as_bits()
    {
        const int Rows = 60_000;
        byte[] labels = new byte[Rows];
        var data = BitDataset.FromBytes("digits", Rows, 784, new byte[Rows * 784], new ImageShape(28, 28), labels);
        Assert.Equal((Rows * 98) + Rows, data.MemoryBytes);
        Assert.True(data.MemoryBytes < 6_000_000);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    [InlineData(-1e-20f)]
    [InlineData(1.0000001f)]
    public void A_float_outside_0_to_1_is_refused_with_row_and_column(float wrong)
    {
        TestFiles.Refused(() => GreyDataset.FromFloats("my rows", 2, 3, [0, 1, 0, 1, 0, wrong]), "my rows", "row 1, column 2", "0 to 1");
    }

    [Fact]
    public void A_byte_above_the_divisor_is_refused_with_row_and_column()
    {
        TestFiles.Refused(() => GreyDataset.FromBytes("my rows", 2, 2, [0, 1, 17, 0], 16), "row 1, column 0", "0 to 16", "17");
        TestFiles.Refused(() => BitDataset.FromBytes("my rows", 2, 2, [0, 1, 1, 2]), "row 1, column 1", "0 or 1", "found 2");
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => BitDataset.FromBytes("x", 0, 3, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => BitDataset.FromBytes("x", 3, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreyDataset.FromBytes("x", 0, 3, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreyDataset.FromFloats("x", 3, 0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreyDataset.FromBytes("x", 1, 1, [0], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GreyDataset.FromBytes("x", 1, 1, [0], 256));
        Assert.Throws<ArgumentException>(() => BitDataset.FromBytes("x", int.MaxValue, int.MaxValue, []));
        Assert.Throws<ArgumentException>(() => BitDataset.FromBytes("x", 2, 2, [0, 1, 0]));
        Assert.Throws<ArgumentException>(() => GreyDataset.FromFloats("x", 2, 2, [0, 1, 0, 1, 1]));
        Assert.Throws<ArgumentException>(() => BitDataset.FromBytes("x", 1, 4, [0, 1, 0, 1], new ImageShape(2, 3)));
        Assert.Throws<ArgumentException>(() => BitDataset.FromBytes("x", 1, 4, [0, 1, 0, 1], new ImageShape(-2, -2)));
        Assert.Throws<ArgumentException>(() => BitDataset.FromBytes("x", 2, 1, [0, 1], labels: [1]));
        var data = BitDataset.FromBytes("x", 1, 65, new byte[65]);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyBits(1, new ulong[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.CopyMeans(-1, new float[65]));
        Assert.Throws<ArgumentException>(() => data.CopyBits(0, new ulong[1]));
        Assert.Throws<ArgumentException>(() => data.CopyMeans(0, new float[66]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data[0, 65]);
    }

    [Fact]
    public void Take_gives_the_first_rows_with_their_labels()
    {
        Dataset[] all =
        [
            BitDataset.FromBytes("x", 3, 9, Pattern(27, 2), new ImageShape(3, 3), [4, 5, 6]),
            GreyDataset.FromBytes("x", 3, 9, Pattern(27, 200), 255, new ImageShape(3, 3), [4, 5, 6]),
            GreyDataset.FromFloats("x", 3, 9, Array.ConvertAll(Pattern(27, 200), v => v / 200f), new ImageShape(3, 3), [4, 5, 6]),
        ];
        foreach (Dataset data in all)
        {
            Dataset two = data.Take(2);
            Assert.Equal(2, two.Rows);
            Assert.Equal([4, 5], two.Labels.ToArray());
            Assert.Equal(data.Shape, two.Shape);
            float[] expected = new float[9];
            float[] found = new float[9];
            data.CopyMeans(1, expected);
            two.CopyMeans(1, found);
            Assert.Equal(expected, found);
            Assert.NotEqual(data.Fingerprint(), two.Fingerprint());
            Assert.Same(data, data.Take(3));
            Assert.Throws<ArgumentOutOfRangeException>(() => data.Take(0));
            Assert.Throws<ArgumentOutOfRangeException>(() => data.Take(4));
        }
    }

    [Fact]
    public void The_fingerprint_depends_on_values_and_sizes_and_on_nothing_else()
    {
        var data = BitDataset.FromBytes("x", 2, 8, [.. new byte[15], 1]);
        Assert.Equal(data.Fingerprint(), BitDataset.FromBytes("y", 2, 8, [.. new byte[15], 1], new ImageShape(2, 4), [1, 2]).Fingerprint());
        Assert.NotEqual(data.Fingerprint(), BitDataset.FromBytes("x", 2, 8, new byte[16]).Fingerprint());
        Assert.NotEqual(data.Fingerprint(), BitDataset.FromBytes("x", 1, 16, [.. new byte[15], 1]).Fingerprint());
        Assert.Equal(
            GreyDataset.FromFloats("x", 1, 2, [0f, 0.5f]).Fingerprint(), GreyDataset.FromFloats("x", 1, 2, [-0f, 0.5f]).Fingerprint());
    }

    [Fact]
    public void Copying_a_row_allocates_nothing()
    {
        Dataset[] all =
        [
            BitDataset.FromBytes("x", 2, 100, Pattern(200, 2)),
            GreyDataset.FromBytes("x", 2, 100, Pattern(200, 2), 1),
            GreyDataset.FromFloats("x", 2, 100, new float[200]),
        ];
        ulong[] words = new ulong[2];
        float[] means = new float[100];
        long before = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Dataset data in all)
            {
                data.CopyBits(1, words);
                data.CopyMeans(1, means);
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Inputs_are_copied()
    {
        byte[] bytes = [1, 200];
        float[] floats = [1, 0.5f];
        byte[] labels = [1];
        var grey = GreyDataset.FromBytes("x", 1, 2, bytes, labels: labels);
        var real = GreyDataset.FromFloats("x", 1, 2, floats);
        Array.Clear(bytes);
        Array.Clear(floats);
        Array.Clear(labels);
        Assert.Equal(200f / 255, grey[0, 1]);
        Assert.Equal(0.5f, real[0, 1]);
        Assert.Equal([1], grey.Labels.ToArray());
    }

    private static byte[] Pattern(int length, int levels)
    {
        byte[] values = new byte[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = (byte)(((i * 7919) + (i * i)) % 1009 % levels);
        }

        return values;
    }
}
