using FastRbm.Data;

namespace FastRbm.Tests.Data;

public sealed class NpyReaderTests
{
    private static readonly float[] _values = [0, 0.25f, 0.5f, 0.75f, 1, 0.125f];

    public static TheoryData<string, byte[]> FloatTypes => new()
    {
        { "<f4", Bytes(v => BitConverter.GetBytes(v), !BitConverter.IsLittleEndian) },
        { ">f4", Bytes(v => BitConverter.GetBytes(v), BitConverter.IsLittleEndian) },
        { "<f8", Bytes(v => BitConverter.GetBytes((double)v), !BitConverter.IsLittleEndian) },
        { ">f8", Bytes(v => BitConverter.GetBytes((double)v), BitConverter.IsLittleEndian) },
    };

    [Theory]
    [MemberData(nameof(FloatTypes))]
    public void Floats_of_both_sizes_and_byte_orders_are_read(string type, byte[] bytes)
    {
        using var files = new TestFiles();
        string expected = GreyDataset.FromFloats("x", 2, 3, _values).Fingerprint();
        for (byte version = 1; version <= 3; version++)
        {
            byte[] file = TestFiles.Npy(TestFiles.Dictionary(type, "2, 3"), bytes, version);
            Dataset data = NpyReader.Read(files.Write(file));
            Assert.Equal(expected, data.Fingerprint());
            Assert.Equal(new ImageShape(1, 3), data.Shape);
            Assert.Equal(expected, DatasetReader.Read(files.Write(TestFiles.Gzip(file))).Fingerprint());
        }
    }

    [Fact]
    public void Bytes_mean_what_they_mean_in_IDX()
    {
        using var files = new TestFiles();
        byte[] grey = [0, 1, 2, 3, 254, 255];
        byte[] binary = [0, 1, 1, 0, 0, 1];
        foreach (byte[] values in (byte[][])[grey, binary])
        {
            Dataset npy = NpyReader.Read(files.Write(TestFiles.Npy(TestFiles.Dictionary("|u1", "2, 3, 1"), values)));
            Dataset idx = IdxReader.Read(files.Write(TestFiles.Idx(8, [2, 3, 1], values)));
            Assert.Equal(idx.Fingerprint(), npy.Fingerprint());
            Assert.Equal(idx.GetType(), npy.GetType());
            Assert.Equal(new ImageShape(3, 1), npy.Shape);
            Assert.Equal(idx.Shape, npy.Shape);
            Assert.Equal(idx.MemoryBytes, npy.MemoryBytes);
        }
    }

    [Fact]
    public void The_same_binary_numbers_have_the_same_bits_and_fingerprint_in_every_format()
    {
        using var files = new TestFiles();
        byte[] values = [.. Enumerable.Range(0, 5 * 70).Select(i => (byte)(i * i % 7 & 1))];
        float[] floats = Array.ConvertAll(values, v => (float)v);
        byte[] idx = TestFiles.Idx(8, [5, 7, 10], values);
        byte[] u1 = TestFiles.Npy(TestFiles.Dictionary("|u1", "5, 70"), values);
        byte[] b1 = TestFiles.Npy(TestFiles.Dictionary("|b1", "5, 70"), values);
        byte[] f4 = TestFiles.Npy(TestFiles.Dictionary("<f4", "5, 70"), TestFiles.Floats(floats));
        string text = string.Join('\n', values.Chunk(70).Select(row => string.Join(',', row)));
        BitDataset first = Assert.IsType<BitDataset>(DatasetReader.Read(files.Write(idx)));
        byte[][] others = [TestFiles.Gzip(idx), u1, TestFiles.Gzip(u1), b1, f4, System.Text.Encoding.ASCII.GetBytes(text)];
        foreach (byte[] bytes in others)
        {
            BitDataset other = Assert.IsType<BitDataset>(DatasetReader.Read(files.Write(bytes)));
            Assert.Equal(first.Fingerprint(), other.Fingerprint());
            for (int row = 0; row < 5; row++)
            {
                ulong[] expected = new ulong[2];
                ulong[] found = new ulong[2];
                first.CopyBits(row, expected);
                other.CopyBits(row, found);
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public void The_same_grey_numbers_have_the_same_fingerprint_in_every_format()
    {
        using var files = new TestFiles();
        byte[] values = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        double[] exact = Array.ConvertAll(values, v => v / 255.0);
        string expected = IdxReader.Read(files.Write(TestFiles.Idx(8, [2, 128], values))).Fingerprint();
        byte[] f4 = TestFiles.Floats(Array.ConvertAll(exact, v => (float)v));
        byte[] f8 = [.. exact.SelectMany(v => BitConverter.GetBytes(BitConverter.IsLittleEndian ? v : 0))];
        Assert.Equal(expected, NpyReader.Read(files.Write(TestFiles.Npy(TestFiles.Dictionary("<f4", "2, 128"), f4))).Fingerprint());
        Assert.Equal(expected, NpyReader.Read(files.Write(TestFiles.Npy(TestFiles.Dictionary("<f8", "2, 128"), f8))).Fingerprint());
        string text = string.Join('\n', values.Chunk(128).Select(row => string.Join(' ', row)));
        var options = new DelimitedTextOptions { Divisor = 255 };
        Assert.Equal(expected, DelimitedTextReader.Read(files.Write(text), options).Fingerprint());
    }

    [Theory]
    [InlineData("|u1", 1)]
    [InlineData("<f4", 4)]
    public void A_file_cut_at_any_byte_is_refused(string type, int size)
    {
        using var files = new TestFiles();
        byte[] whole = TestFiles.Npy(TestFiles.Dictionary(type, "2, 3"), new byte[6 * size]);
        Assert.Equal(2, NpyReader.Read(files.Write(whole)).Rows);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = files.Write(whole.AsSpan(0, length));
            TestFiles.Refused(() => NpyReader.Read(path), path);
            TestFiles.Refused(() => DatasetReader.Read(path), path);
        }

        byte[] packed = TestFiles.Gzip(whole);
        for (int length = 0; length < packed.Length; length++)
        {
            string path = files.Write(packed.AsSpan(0, length));
            TestFiles.Refused(() => DatasetReader.Read(path), path);
        }

        TestFiles.Refused(() => NpyReader.Read(files.Write([.. whole, 0])), $"{whole.Length} bytes", $"found {whole.Length + 1} bytes");
        TestFiles.Refused(() => NpyReader.Read(files.Write(TestFiles.Gzip([.. whole, 0]))), "more bytes", $"byte {whole.Length}");
    }

    [Theory]
    [InlineData("|O", "2, 3", "False", "'|O'")]
    [InlineData("<i4", "2, 3", "False", "'<i4'")]
    [InlineData("<f2", "2, 3", "False", "<f4")]
    [InlineData("|u1", "2, 3", "True", "fortran_order")]
    [InlineData("|u1", "6,", "False", "2 dimensions")]
    [InlineData("|u1", "", "False", "2 dimensions")]
    [InlineData("|u1", "1, 1, 2, 3", "False", "2 dimensions")]
    [InlineData("|u1", "0, 3", "False", "a size from 1")]
    [InlineData("|u1", "2, 0", "False", "a size from 1")]
    [InlineData("|u1", "-2, 3", "False", "a size from 1")]
    [InlineData("|u1", "2147483648, 3", "False", "a size from 1")]
    [InlineData("|u1", "2147483647, 2147483647, 2147483647", "False", "2147483647 x 2147483647 x 2147483647 values")]
    [InlineData("|u1", "2.0, 3", "False", "')'")]
    [InlineData("|u1", "2, 3", "0", "True or False")]
    public void What_is_not_a_plain_row_major_array_is_refused(string descr, string shape, string fortran, string word)
    {
        using var files = new TestFiles();
        string path = files.Write(TestFiles.Npy(TestFiles.Dictionary(descr, shape, fortran), new byte[6]));
        TestFiles.Refused(() => NpyReader.Read(path), path, word);
    }

    [Theory]
    [InlineData("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2, 3)}", "structured")]
    [InlineData("{'descr': '|u1', 'fortran_order': False}", "fewer")]
    [InlineData("{}", "fewer")]
    [InlineData("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", "once")]
    [InlineData("{'shape': (3, 2), 'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", "once")]
    [InlineData("{'fortran_order': True, 'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}", "once")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", "'x'")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)} x", "more text")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)", "'}'")]
    [InlineData("{'descr': '|u1, 'fortran_order': False, 'shape': (2, 3)}", "")]
    [InlineData("{'descr", "no closing quote")]
    [InlineData("", "'{'")]
    [InlineData("[1, 2]", "'{'")]
    [InlineData("{'descr': '|u1' 'fortran_order': False, 'shape': (2, 3)}", "'}'")]
    [InlineData("{descr: '|u1'}", "in quotes")]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}\0", "more text")]
    public void A_header_that_is_not_the_expected_dictionary_is_refused(string header, string word)
    {
        using var files = new TestFiles();
        TestFiles.Refused(() => NpyReader.Read(files.Write(TestFiles.Npy(header, new byte[6]))), word);
    }

    [Theory]
    [InlineData("{'shape':(2,3),'fortran_order':False,'descr':'|u1'}")]
    [InlineData("{ \"descr\" : \"|u1\" ,\n\t\"fortran_order\" : False , \"shape\" : ( 2 , 3 , ) , }   \n")]
    public void Keys_may_come_in_any_order_and_spacing(string header)
    {
        using var files = new TestFiles();
        Assert.Equal(2, NpyReader.Read(files.Write(TestFiles.Npy(header, new byte[6]))).Rows);
    }

    [Fact]
    public void A_header_of_more_than_ten_thousand_bytes_and_an_unknown_version_are_refused()
    {
        using var files = new TestFiles();
        string header = TestFiles.Dictionary("|u1", "2, 3");
        Assert.Equal(2, NpyReader.Read(files.Write(TestFiles.Npy(header.PadRight(10_000), new byte[6]))).Rows);
        TestFiles.Refused(() => NpyReader.Read(files.Write(TestFiles.Npy(header.PadRight(10_001), new byte[6]))), "10000", "10001");
        byte[] huge = [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255];
        TestFiles.Refused(() => NpyReader.Read(files.Write(huge)), "4294967295");
        TestFiles.Refused(() => NpyReader.Read(files.Write(TestFiles.Npy(header, new byte[6], 4))), "found 4.0");
        TestFiles.Refused(() => NpyReader.Read(files.Write(TestFiles.Npy(header, new byte[6], 0))), "found 0.0");
        TestFiles.Refused(() => NpyReader.Read(files.Write("no such file")), "NUMPY", "'no such '");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-0.5f)]
    [InlineData(1.5f)]
    public void Values_outside_0_to_1_are_refused_with_row_and_column(float wrong)
    {
        using var files = new TestFiles();
        byte[] bytes = TestFiles.Floats(0, 0, 0, 0.5f, wrong, 0);
        string path = files.Write(TestFiles.Npy(TestFiles.Dictionary("<f4", "2, 3"), bytes));
        TestFiles.Refused(() => NpyReader.Read(path), path, "row 1, column 1", "from 0 to 1");
    }

    [Fact]
    public void A_boolean_that_is_neither_0_nor_1_is_refused()
    {
        using var files = new TestFiles();
        string path = files.Write(TestFiles.Npy(TestFiles.Dictionary("|b1", "2, 2"), [0, 1, 2, 0]));
        TestFiles.Refused(() => NpyReader.Read(path), "row 1, column 0", "found 2");
    }

    private static byte[] Bytes(Func<float, byte[]> encode, bool reverse) =>
        [.. _values.SelectMany(v => reverse ? encode(v).Reverse() : encode(v))];
}
