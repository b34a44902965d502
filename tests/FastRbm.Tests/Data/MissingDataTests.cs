using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Tests.Data;

public sealed class MissingDataTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NaN_is_a_missing_value_where_it_is_allowed_and_else_an_error_that_names_place_and_option(bool text)
    {
        using TestFiles files = new();
        float[] values = [0, 1, 1, float.NaN, 0, 1, 1, 1, float.NaN];
        string path = text
            ? files.Write("0,1,1\nnan,0,1\n1,1,NaN\n")
            : files.Write(TestFiles.Npy(TestFiles.Dictionary("<f4", "3, 3"), TestFiles.Floats(values)));
        TestFiles.Refused(() => DatasetReader.Read(path), "row 1, column 0", "NaN", "--missing");
        Dataset data = DatasetReader.Read(path, allowMissing: true);
        Assert.True(data.HasMissing);
        Assert.Equal(2, data.MissingValues);
        Assert.IsType<BitDataset>(data);
        Assert.Equal(["111", "011", "110"], Enumerable.Range(0, 3).Select(row => Observed(data, row)));
        Assert.Equal(["011", "001", "110"], Enumerable.Range(0, 3).Select(row => Bits(data, row)));
        Assert.Equal(data.Fingerprint(), DatasetSource.Open(path, new DatasetSourceOptions { AllowMissing = true }).Fingerprint());
    }

    [Fact]
    public void An_empty_field_of_a_text_is_a_missing_value_too()
    {
        using TestFiles files = new();
        string path = files.Write("0,,1\n,0.5,\n");
        TestFiles.Refused(() => DelimitedTextReader.Read(path), "row 0, column 1", "nothing");
        Dataset data = DelimitedTextReader.Read(path, new DelimitedTextOptions { AllowMissing = true });
        Assert.Equal(["101", "010"], Enumerable.Range(0, 2).Select(row => Observed(data, row)));
        Assert.IsType<GreyDataset>(data);
        float[] row = new float[3];
        data.CopyMeans(1, row);
        Assert.Equal([0, 0.5f, 0], row);
        Assert.Equal(["101", "010"], Enumerable.Range(0, 2).Select(r => Observed(((GreyDataset)data).Threshold(), r)));
    }

    [Fact]
    public void Rows_without_missing_values_are_the_same_whether_they_are_allowed_or_not()
    {
        using TestFiles files = new();
        string path = files.Write("0,1\n1,0\n");
        Dataset data = DatasetReader.Read(path, allowMissing: true);
        Assert.False(data.HasMissing);
        Assert.Equal(DatasetReader.Read(path).Fingerprint(), data.Fingerprint());
        Assert.Equal("11", Observed(data, 0));
    }

    [Fact]
    public void What_is_missing_counts_in_the_fingerprint_and_stays_with_the_first_rows()
    {
        Dataset data = BitDataset.FromBytes("rows", 3, 9, [.. Enumerable.Range(0, 27).Select(i => (byte)(i % 2))]);
        BitMatrix mask = new(1, 9);
        mask[0, 8] = mask[0, 2] = true;
        Dataset some = data.Observe(mask);
        Assert.Equal("001000001", Observed(some.Take(2), 1));
        Assert.Equal(21, some.MissingValues);
        mask[0, 3] = true;
        string[] prints = [data.Fingerprint(), some.Fingerprint(), data.Observe(mask).Fingerprint(), some.Take(2).Fingerprint()];
        Assert.Equal(4, prints.Distinct().Count());

        // What was missing stays missing, and its value is gone.
        Assert.Equal(some.Fingerprint(), some.Observe(mask).Fingerprint());
        Assert.Equal("000000000", Bits(some.Observe(mask), 0));
        Assert.Equal(2 * data.MemoryBytes, some.MemoryBytes);
    }

    [Fact]
    public void Hidden_values_are_a_share_of_all_and_the_same_for_the_same_seed()
    {
        Dataset data = GreyDataset.FromBytes("grey", 100, 100, [.. Enumerable.Repeat((byte)200, 10_000)]);
        Dataset hidden = data.Hide(0.3, seed: 5);

        // Five standard deviations of a binomial number.
        Assert.InRange(hidden.MissingValues, 3000 - 230, 3000 + 230);
        Assert.Equal(hidden.Fingerprint(), data.Hide(0.3, seed: 5).Fingerprint());
        Assert.NotEqual(hidden.Fingerprint(), data.Hide(0.3, seed: 6).Fingerprint());
        Assert.Equal(hidden.Take(10).Fingerprint(), data.Take(10).Hide(0.3, seed: 5).Fingerprint());
        Assert.Equal(((GreyDataset)hidden).Threshold().Fingerprint(), ((GreyDataset)data).Threshold().Hide(0.3, seed: 5).Fingerprint());
        Assert.Same(data.Fingerprint(), data.Fingerprint());
        Assert.Equal(data.Fingerprint(), data.Hide(0, seed: 5).Fingerprint());
    }

    [Fact]
    public void A_row_may_miss_everything_but_not_all_rows()
    {
        using TestFiles files = new();
        Dataset data = DatasetReader.Read(files.Write("nan nan\n1 0\n"), allowMissing: true);
        Assert.Equal("00", Observed(data, 0));
        TestFiles.Refused(() => DatasetReader.Read(files.Write("nan nan\nnan nan\n"), allowMissing: true), "at least 1 observed value");
        Assert.Throws<InvalidInputException>(() => data.Hide(1, seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Hide(1.5, seed: 1));
        Assert.Throws<ArgumentException>(() => data.Observe(new BitMatrix(1, 3)));
    }

    private static string Observed(Dataset data, int row)
    {
        ulong[] words = new ulong[BitMatrix.WordsFor(data.Columns)];
        data.CopyObserved(row, words);
        return Text(words, data.Columns);
    }

    private static string Bits(Dataset data, int row)
    {
        ulong[] words = new ulong[BitMatrix.WordsFor(data.Columns)];
        data.CopyBits(row, words);
        return Text(words, data.Columns);
    }

    private static string Text(ulong[] words, int columns) =>
        string.Concat(Enumerable.Range(0, columns).Select(column => (words[column >> 6] >> (column & 63) & 1) != 0 ? '1' : '0'));
}
