using System.Globalization;
using FastRbm.Data;

namespace FastRbm.Tests.Data;

public sealed class DelimitedTextReaderTests
{
    private static readonly DelimitedTextOptions _digits = new() { Divisor = 16, LabelColumn = LabelColumn.Last };

    [Theory]
    [InlineData("0,0.5,1\n1,0.25,0\n")]
    [InlineData("0;0.5;1\n1;0.25;0")]
    [InlineData("0\t0.5\t1\r\n1\t0.25\t0\r\n")]
    [InlineData("0 0.5 1\n1 0.25 0\n")]
    [InlineData("\uFEFF0 0.5 1\n1 0.25 0\n")]
    [InlineData("# a comment\n\n  0   0.5\t1  \n   \n # another\n1 2.5e-1 -0\n\n")]
    [InlineData("0 , .5 ,\t1.\n+1, 0.25 ,0")]
    public void All_separators_and_line_ends_give_the_same_rows(string text)
    {
        using var files = new TestFiles();
        string expected = GreyDataset.FromFloats("x", 2, 3, [0, 0.5f, 1, 1, 0.25f, 0]).Fingerprint();
        Assert.Equal(expected, DelimitedTextReader.Read(files.Write(text)).Fingerprint());
        Assert.Equal(expected, DatasetReader.Read(files.Write(TestFiles.Gzip(System.Text.Encoding.UTF8.GetBytes(text)))).Fingerprint());
    }

    [Fact]
    public void The_computers_language_does_not_matter()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NumberDecimalSeparator = ",";
        odd.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = odd;
            using var files = new TestFiles();
            GreyDataset data = Assert.IsType<GreyDataset>(DelimitedTextReader.Read(files.Write("0.5;1")));
            Assert.Equal(0.5f, data[0, 0]);
            TestFiles.Refused(() => DelimitedTextReader.Read(files.Write("1;1\n0,5;-1")), "'0,5'");
            TestFiles.Refused(() => DelimitedTextReader.Read(files.Write("1;-1.5")), "found -1.5");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Whole_numbers_with_a_divisor_take_a_byte_each_and_labels_come_last()
    {
        using var files = new TestFiles();
        GreyDataset data = Assert.IsType<GreyDataset>(DelimitedTextReader.Read(files.Write("0,16,8,7\n16,0,1,255\n"), _digits));
        Assert.Equal((2, 3), (data.Rows, data.Columns));
        Assert.Equal([7, 255], data.Labels.ToArray());
        Assert.Equal([0f, 1f, 0.5f], new[] { data[0, 0], data[0, 1], data[0, 2] });
        Assert.Equal(6 + 2, data.MemoryBytes);
    }

    [Theory]
    [InlineData("0 16\n16 0", true)]
    [InlineData("0 16\n16 1", false)]
    [InlineData("0 16\n16 0.5", false)]
    [InlineData("0 16\n0 3\n16 0.5", false)]
    public void Storage_follows_the_values_as_they_come(string text, bool binary)
    {
        using var files = new TestFiles();
        Dataset data = DelimitedTextReader.Read(files.Write(text), new DelimitedTextOptions { Divisor = 16 });
        Assert.Equal(binary, data is BitDataset);
        double[] numbers = [.. text.Split('\n', ' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture) / 16)];
        Assert.Equal(GreyDataset.FromFloats("x", data.Rows, 2, Array.ConvertAll(numbers, v => (float)v)).Fingerprint(), data.Fingerprint());
    }

    [Theory]
    [InlineData(0.5, "0 0.5\n0.25 0", 0.5f)]
    [InlineData(1000, "0 1000\n500 0", 0.5f)]
    public void Divisors_that_no_byte_holds_work(double divisor, string text, float expected)
    {
        using var files = new TestFiles();
        GreyDataset data = Assert.IsType<GreyDataset>(DelimitedTextReader.Read(files.Write(text), new DelimitedTextOptions { Divisor = divisor }));
        Assert.Equal([0, 1, expected, 0], new[] { data[0, 0], data[0, 1], data[1, 0], data[1, 1] });
    }

    [Theory]
    [InlineData("0,1\n1\n", "row 1 (line 2)", "2 numbers", "found 1")]
    [InlineData("# head\n0,1\n\n1,0,1\n", "row 1 (line 4)", "2 numbers", "found 3")]
    [InlineData("0,1\n1,x\n", "row 1, column 1 (line 2)", "a number", "'x'")]
    [InlineData("0,,1\n", "row 0, column 1 (line 1)", "a number", "nothing")]
    [InlineData("0,1,\n", "row 0, column 2 (line 1)", "a number", "nothing")]
    [InlineData("0,1\n1,NaN\n", "row 1, column 1 (line 2)", "from 0 to 1", "NaN")]
    [InlineData("0,1\nInfinity,1\n", "row 1, column 0 (line 2)", "from 0 to 1", "Infinity")]
    [InlineData("0,1\n-0.01,1\n", "row 1, column 0 (line 2)", "from 0 to 1", "-0.01")]
    [InlineData("0,1\n1.01,1\n", "row 1, column 0 (line 2)", "from 0 to 1", "1.01")]
    [InlineData("0,1;2\n", "row 0, column 0 (line 1)", "a number", "'0,1'")]
    [InlineData("pixel0,pixel1\n0,1\n", "row 0, column 0 (line 1)", "a number", "'pixel0'")]
    [InlineData("0,1 000\n", "row 0, column 1 (line 1)", "a number", "'1 000'")]
    [InlineData("# only\n\n", "", "at least 1 row", "none")]
    public void What_is_wrong_is_named_with_its_place(string text, string place, string expected, string found)
    {
        using var files = new TestFiles();
        string path = files.Write(text);
        TestFiles.Refused(() => DelimitedTextReader.Read(path), path, place, expected, found);
    }

    [Theory]
    [InlineData("0,16,2.5\n", "a label", "found 2.5")]
    [InlineData("0,16,-1\n", "a label", "found -1")]
    [InlineData("0,16,256\n", "a label", "found 256")]
    [InlineData("7\n", "values and a label", "1 number")]
    [InlineData("0,17,1\n", "row 0, column 1", "from 0 to 16", "found 17")]
    public void Labels_and_values_are_checked(string text, params string[] words)
    {
        using var files = new TestFiles();
        TestFiles.Refused(() => DelimitedTextReader.Read(files.Write(text), _digits), words);
    }

    [Fact]
    public void Options_are_checked()
    {
        using var files = new TestFiles();
        string path = files.Write("0,1\n");
        foreach (double divisor in (double[])[0, -1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => DelimitedTextReader.Read(path, new DelimitedTextOptions { Divisor = divisor }));
        }

        TestFiles.Refused(() => DelimitedTextReader.Read(path, new DelimitedTextOptions { Shape = new ImageShape(3, 1) }), "3 x 1", "found 2");
        Assert.Equal(new ImageShape(2, 1), DelimitedTextReader.Read(path, new DelimitedTextOptions { Shape = new ImageShape(2, 1) }).Shape);
        Assert.Equal(new ImageShape(1, 2), DelimitedTextReader.Read(path).Shape);
    }

    [Fact]
    public void Lines_longer_than_a_buffer_and_many_rows_are_read_whole()
    {
        using var files = new TestFiles();
        int[] values = [.. Enumerable.Range(0, 3 * 50_000).Select(i => i * 7 % 10 & 1)];
        string text = string.Join('\n', values.Chunk(50_000).Select(row => string.Join(' ', row)));
        string expected = BitDataset.FromBytes("x", 3, 50_000, Array.ConvertAll(values, v => (byte)v)).Fingerprint();
        Assert.Equal(expected, DelimitedTextReader.Read(files.Write(text)).Fingerprint());
        text = string.Join('\n', values.Chunk(10).Select(row => string.Join(' ', row)));
        expected = BitDataset.FromBytes("x", 15_000, 10, Array.ConvertAll(values, v => (byte)v)).Fingerprint();
        Assert.Equal(expected, DelimitedTextReader.Read(files.Write(text)).Fingerprint());
    }
}
