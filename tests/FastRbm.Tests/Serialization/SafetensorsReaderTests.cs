using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Serialization;

public sealed class SafetensorsReaderTests : IDisposable
{
    private const string Small =
        """{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}""";

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string> RefusedHeaders => new()
    {
        // The header, and a part of the message.
        { "", "empty header" },
        { " {}", "header byte 0: expected '{', found byte 0x20" },
        { "[]", "header byte 0: expected '{'" },
        { "{", "header byte 1: expected strict JSON" },
        { "{} x", "header byte 3: expected strict JSON" },
        { "{}{}", "strict JSON" },
        { "{/* no */}", "strict JSON" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},}""", "header byte 53: expected strict JSON" },
        { "{\n\"t\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\n}}", "header byte 54: expected strict JSON" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":[[[1]]]}}""", "expected only dtype, shape and data_offsets in tensor t, found x" },
        { """{"t":{"dtype":"U8","shape":[[[4]]],"data_offsets":[0,4]}}""", "found an array" },
        { """{"t":4}""", "header byte 5: expected an object that describes tensor t, found 4" },
        { """{"t":null}""", "found null" },
        { """{"t":{"dtype":"U8","shape":[4]}}""", "expected dtype, shape and data_offsets in tensor t, found not all of them" },
        { """{"t":{"dtype":"U8","data_offsets":[0,4]}}""", "not all of them" },
        { """{"t":{"shape":[4],"data_offsets":[0,4]}}""", "not all of them" },
        { """{"t":{"dtype":"u8","shape":[4],"data_offsets":[0,4]}}""", "as the dtype of tensor t, found u8" },
        { """{"t":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}""", "found BOOL" },
        { """{"t":{"dtype":4,"shape":[4],"data_offsets":[0,4]}}""", "expected text as the dtype of tensor t, found 4" },
        { """{"t":{"dtype":"U8","shape":4,"data_offsets":[0,4]}}""", "header byte 27: expected an array of integers as the shape of tensor t, found 4" },
        { """{"t":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}""", "header byte 28: expected integers from 0" },
        { """{"t":{"dtype":"U8","shape":[4e0],"data_offsets":[0,4]}}""", "found 4e0" },
        { """{"t":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}""", "found -4" },
        { """{"t":{"dtype":"U8","shape":[4,-0],"data_offsets":[0,4]}}""", "found -0" },
        { """{"t":{"dtype":"U8","shape":["4"],"data_offsets":[0,4]}}""", "found text" },
        { """{"t":{"dtype":"U8","shape":[04],"data_offsets":[0,4]}}""", "strict JSON" },
        { """{"t":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,4]}}""", "found 9223372036854775808" },
        { """{"t":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "tensor t: expected a size that can be counted in 63 bits" },
        { """{"t":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,4]}}""", "expected a size that can be counted" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0]}}""", "[begin, end]" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4,4]}}""", "at most 2 integers in the data_offsets" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}""", "begin <= end" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,-4]}}""", "found -4" },
        { """{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}}""", "tensor t: expected 3 bytes for U8 of shape [3], found 4 bytes" },
        { """{"t":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "expected 3 bytes of data after the header, to the end of tensor t, found 4" },
        { """{"t":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}""", "expected 5 bytes of data after the header, to the end of tensor t, found 4" },
        { """{"t":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "tensor t: expected a beginning at data byte 0, the end of the header, found a hole before data byte 1" },
        { "{}", "expected 0 bytes of data after the header, to the end of the header, found 4" },
        {
            """{"t":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"s":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""",
            "tensor s: expected a beginning at data byte 2, the end of tensor t, found an overlap at data byte 1"
        },
        {
            """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"s":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""",
            "tensor s: expected a beginning at data byte 4, the end of tensor t, found an overlap at data byte 0"
        },
        {
            """{"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"s":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""",
            "tensor s: expected a beginning at data byte 1, the end of tensor t, found a hole before data byte 2"
        },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"e":{"dtype":"U8","shape":[0],"data_offsets":[9,9]}}""", "tensor e: expected" },
        {
            """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\u0074":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}}""",
            "header byte 53: expected each tensor once, found t again"
        },
        { """{"t":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "expected each field once, found dtype of tensor t again" },
        { """{"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"sh\u0061pe":[4]}}""", "found shape of tensor t again" },
        { """{"__metadata__":{"a":"b","\u0061":"c"}}""", "header byte 25: expected each key once, found a again" },
        { """{"__metadata__":{},"__metad\u0061ta__":{}}""", "expected __metadata__ once, found it again" },
        { """{"__metadata__":{"a":1}}""", "expected text as metadata a, found 1" },
        { """{"__metadata__":{"a":{"b":"c"}}}""", "expected text as metadata a, found an object" },
        { """{"__metadata__":null}""", "expected an object as __metadata__, found null" },
        { """{"__metadata__":{"a":"\ud800"}}""", "header byte 21: expected text of whole characters, found half of a surrogate pair" },
        { """{"\udc00":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}""", "header byte 1: expected text of whole characters" },
        { """{"t":{"dtype":"\ud800\ud800","shape":[4],"data_offsets":[0,4]}}""", "expected text of whole characters" },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(RefusedHeaders))]
    public void A_wrong_header_is_refused_with_its_place(string header, string message)
    {
        string path = _directory.File("m.safetensors", SafetensorsBytes.Make(header, 1, 2, 3, 4));
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused()
    {
        foreach (byte[] wrong in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82], [0xf5, 0x80, 0x80, 0x80] })
        {
            byte[] header = [.. "{\"__metadata__\":{\"a\":\""u8, .. wrong, .. "\"}}"u8];
            string path = _directory.File("m.safetensors", SafetensorsBytes.Make(header));
            Assert.Contains("UTF-8", Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_shape_has_at_most_sixty_four_dimensions()
    {
        foreach ((int dimensions, bool good) in new[] { (64, true), (65, false) })
        {
            string shape = string.Join(",", Enumerable.Repeat("1", dimensions));
            string path = _directory.File("m.safetensors", SafetensorsBytes.Make($$$"""{"t":{"dtype":"U8","shape":[{{{shape}}}],"data_offsets":[0,1]}}""", 7));
            if (good)
            {
                SafetensorsReader.Open(path).Dispose();
            }
            else
            {
                Assert.Contains("at most 64", Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path)).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Metadata_and_every_field_are_read_in_any_order_with_white_space()
    {
        string path = _directory.File("m.safetensors", SafetensorsBytes.Make(
            """{ "e" : {"data_offsets":[ 2, 2 ],"shape":[0,7],"dtype":"F64"}, "t":{"shape":[],"data_offsets":[0,2],"dtype":"F16"},"__metadata__":{"k\n":"\u00e9\ud83d\ude00"}} """,
            0x00,
            0x3c));
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.Equal("\u00e9\ud83d\ude00", reader.RequireMetadata("k\n"));
        Assert.Equal([0L, 7L], reader.Tensors["e"].Shape);
        Assert.Equal(TensorType.F64, reader.Tensors["e"].Type);
        float[] value = [5];
        reader.ReadFloats("t", value);
        Assert.Equal(1f, value[0]);
        reader.ReadFloats("e", []);
        reader.ReadFloats("e", _ => throw new InvalidOperationException("There is no row to ask for."));
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_is_refused()
    {
        byte[] whole = SafetensorsBytes.Make(Small, new byte[11]);
        SafetensorsReader.Open(_directory.File("whole", whole)).Dispose();
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _directory.File("cut", whole[..length]);
            Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path));
        }
    }

    [Fact]
    public void A_corrupt_byte_in_the_header_gives_a_valid_file_or_one_kind_of_error_and_no_large_allocation()
    {
        byte[] whole = SafetensorsBytes.Make(Small, new byte[11]);
        int refused = 0;
        int accepted = 0;
        for (int i = 0; i < whole.Length - 11; i++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] corrupt = [.. whole];
                corrupt[i] = (byte)value;
                long before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    // The length goes through a file; the JSON doesn't need one, which makes this fifty times faster.
                    SafetensorsHeader header = i < 8 ? Open(corrupt) : SafetensorsHeader.Parse("source", corrupt.AsSpan(8..^11), 11);
                    accepted++;
                    Assert.Equal(11, header.Tensors.Values.Sum(tensor => tensor.ByteLength));
                }
                catch (InvalidInputException)
                {
                    refused++;
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
            }
        }

        // Other names, other metadata and other 4-byte types are all that can be valid.
        Assert.InRange(accepted, 256, 2000);
        Assert.True(refused > 20 * accepted);
    }

    [Theory]
    [InlineData(100_000_001UL, "at most 100000000 bytes")]
    [InlineData(ulong.MaxValue, "at most 100000000 bytes, found 18446744073709551615")]
    [InlineData(1UL << 63, "at most 100000000 bytes")]
    [InlineData(100_000_000UL, "expected a header of 100000000 bytes, found 2 bytes to the end of the file")]
    [InlineData(3UL, "expected a header of 3 bytes, found 2 bytes")]
    public void A_huge_header_is_refused_before_memory_is_taken(ulong length, string message)
    {
        string path = _directory.File("m.safetensors", [.. BitConverter.GetBytes(length), .. "{}"u8]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN, true, "a finite number, found NaN")]
    [InlineData(double.PositiveInfinity, true, "a finite number, found Infinity")]
    [InlineData(double.NegativeInfinity, true, "a finite number, found -Infinity")]
    [InlineData(1e300, false, "a number within the range of a float, found 1E+300")]
    public void A_number_that_is_not_finite_is_named_with_row_and_column(double wrong, bool wrongAsDouble, string message)
    {
        double[] values = new double[20_000];
        values[(1234 * 10) + 7] = wrong;
        string header = """{"weights":{"dtype":"F64","shape":[2000,10],"data_offsets":[0,160000]}}""";
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("m", SafetensorsBytes.Make(header, SafetensorsBytes.Doubles(values))));
        InvalidInputException flat = Assert.Throws<InvalidInputException>(() => reader.ReadFloats("weights", new float[20_000]));
        Assert.Contains("tensor weights, row 1234, column 7: expected " + message, flat.Message, StringComparison.Ordinal);
        Matrix matrix = new(2000, 10);
        Assert.Equal(flat.Message, Assert.Throws<InvalidInputException>(() => reader.ReadFloats("weights", matrix.Row)).Message);
        if (wrongAsDouble)
        {
            Assert.Equal(flat.Message, Assert.Throws<InvalidInputException>(() => reader.ReadDoubles("weights", new double[20_000])).Message);
        }

        double[] doubles = new double[20_000];
        reader.ReadDoubles("weights", doubles, requireFinite: false);
        Assert.Equal(values, doubles);
        reader.ReadFloats("weights", matrix.Row, requireFinite: false);
        Assert.Equal((float)wrong, matrix[1234, 7]);
    }

    [Fact]
    public void A_wrong_number_in_a_vector_is_named_by_its_element()
    {
        string header = """{"b":{"dtype":"F64","shape":[3],"data_offsets":[0,24]}}""";
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("m", SafetensorsBytes.Make(header, SafetensorsBytes.Doubles(1, 2, double.NaN))));
        Assert.Contains("tensor b, element 2:", Assert.Throws<InvalidInputException>(() => reader.ReadFloats("b", new float[3])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_precision_numbers_have_their_published_values()
    {
        // IEEE 754 binary16: 1, -2, the largest, the smallest normal and subnormal, 1/3, -0.
        double[] expected = [1, -2, 65504, Math.ScaleB(1, -14), Math.ScaleB(1, -24), 0.333251953125, -0.0];
        AssertConverts("F16", [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x8000], expected);

        // The upper half of binary32: 1, -2, pi cut off, the largest, the smallest, 1/3 rounded up, -0.
        expected = [1, -2, 3.140625, 3.3895313892515355e38, Math.ScaleB(1, -133), 0.333984375, -0.0];
        AssertConverts("BF16", [0x3f80, 0xc000, 0x4049, 0x7f7f, 0x0001, 0x3eab, 0x8000], expected);
    }

    [Fact]
    public void Doubles_are_rounded_to_the_nearest_float()
    {
        double half = Math.ScaleB(1, -24);
        double[] values = [0.1, 1 + half, 1 + (3 * half), 1 + half + Math.ScaleB(1, -50), -1e-50, Math.BitDecrement(3.4028235677973366e38)];
        string header = """{"t":{"dtype":"F64","shape":[6],"data_offsets":[0,48]}}""";
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("m", SafetensorsBytes.Make(header, SafetensorsBytes.Doubles(values))));
        float[] floats = new float[6];
        reader.ReadFloats("t", floats);
        uint[] expected = [0x3dcccccd, 0x3f800000, 0x3f800002, 0x3f800001, 0x80000000, 0x7f7fffff];
        Assert.Equal(expected, floats.Select(BitConverter.SingleToUInt32Bits));
    }

    [Fact]
    public void Integers_are_little_endian_and_of_the_type_that_is_asked_for()
    {
        string header = """{"t":{"dtype":"U64","shape":[2],"data_offsets":[0,16]}}""";
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0x80];
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("m", SafetensorsBytes.Make(header, data)));
        ulong[] values = new ulong[2];
        reader.Read<ulong>("t", values);
        Assert.Equal([0x0807060504030201UL, 1UL << 63], values);
        Assert.Contains("tensor t: expected dtype I64, found U64", Assert.Throws<InvalidInputException>(() => reader.Read<long>("t", new long[2])).Message, StringComparison.Ordinal);
        Assert.Contains("expected dtype F64, F32, F16 or BF16, found U64", Assert.Throws<InvalidInputException>(() => reader.ReadFloats("t", new float[2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => reader.Read<ulong>("t", new ulong[3]));
        Assert.Throws<ArgumentException>(() => reader.Read<char>("t", new char[2]));
        LittleEndian.Reverse<ulong>(values);
        Assert.Equal(0x0102030405060708UL, values[0]);
    }

    [Fact]
    public void What_a_model_needs_is_asked_for_by_name_and_shape()
    {
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("m", SafetensorsBytes.Make(Small, new byte[11])));
        Assert.Equal([2L, 1L], reader.RequireDimensions("w", 2).Shape);
        Assert.Equal(TensorType.U8, reader.RequireShape("b", 3).Type);
        reader.RequireMetadata("a", "b");
        AssertRefused(() => reader.RequireShape("w", 2, 2), "tensor w: expected shape [2, 2], found [2, 1]");
        AssertRefused(() => reader.RequireDimensions("b", 2), "tensor b: expected 2 dimensions, found 1, shape [3]");
        AssertRefused(() => reader.RequireShape("x", 2), "expected a tensor x, found only b, w");
        AssertRefused(() => reader.RequireMetadata("x"), "expected metadata x, found only a");
        AssertRefused(() => reader.RequireMetadata("a", "c"), "metadata a: expected c, found b");
        Assert.Throws<ArgumentException>(() => reader.ReadFloats("w", new float[3]));
        Assert.Throws<ArgumentException>(() => reader.ReadFloats("w", _ => new float[2]));
    }

    [Fact]
    public void A_tensor_larger_than_any_array_is_refused_before_memory_is_taken()
    {
        // A sparse file: 3 GB long, a few blocks on the disk.
        string path = _directory.File("sparse");
        byte[] start = SafetensorsBytes.Make("""{"t":{"dtype":"U8","shape":[3000000000],"data_offsets":[0,3000000000]},"e":{"dtype":"U8","shape":[0,3000000000],"data_offsets":[0,0]}}""");
        using (FileStream stream = new(path, FileMode.CreateNew))
        {
            stream.Write(start);
            stream.SetLength(start.Length + 3_000_000_000);
        }

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        AssertRefused(() => reader.RequireDimensions("t", 1), "tensor t: expected at most 2147483591 numbers, found shape [3000000000]");
        AssertRefused(() => reader.RequireDimensions("e", 2), "tensor e: expected at most");
        AssertRefused(() => reader.Read<byte>("t", _ => []), "at most 2147483591");
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_it_is_open_is_an_error()
    {
        string header = """{"t":{"dtype":"U8","shape":[200000],"data_offsets":[0,200000]}}""";
        string path = _directory.File("m", SafetensorsBytes.Make(header, new byte[200_000]));
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        using (FileStream other = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            other.SetLength(100_000);
        }

        AssertRefused(() => reader.Read<byte>("t", new byte[200_000]), "the file became shorter");
    }

    [Fact]
    public void A_directory_and_a_missing_file_are_told_apart()
    {
        AssertRefused(() => SafetensorsReader.Open(_directory.FullPath), "expected a safetensors file, found a directory");
        Assert.Throws<FileNotFoundException>(() => SafetensorsReader.Open(_directory.File("none")));
        AssertRefused(() => SafetensorsReader.Open(_directory.File("empty", [])), "expected a safetensors file of 8 bytes or more, found 0 bytes");
    }

    [Fact]
    public void Names_in_messages_are_short_and_printable()
    {
        string name = new('n', 5000);
        string path = _directory.File("m", SafetensorsBytes.Make($$$"""{"\n\u202e{{{name}}}":{"dtype":"U8","shape":[5],"data_offsets":[0,1]}}""", 1));
        InvalidInputException error = Assert.Throws<InvalidInputException>(() => SafetensorsReader.Open(path));
        Assert.Contains("tensor \\u000a\\u202ennn", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 0, path.Length + 300);
    }

    [Fact]
    public void A_published_model_is_read_with_its_shapes_and_numbers()
    {
        string? data = Environment.GetEnvironmentVariable("FASTRBM_DATA");
        string path = Path.Combine(data ?? "", "reference-models", "toy-784x15.safetensors");
        Assert.SkipUnless(data is not null && File.Exists(path), "FASTRBM_DATA names no folder with reference-models/toy-784x15.safetensors.");
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        reader.RequireMetadata("format", "1");
        reader.RequireMetadata("model", "rbm");
        Assert.Equal(TensorType.F64, reader.RequireShape("weights", 784, 15).Type);
        reader.RequireShape("visible_bias", 784);
        reader.RequireShape("hidden_bias", 15);
        Matrix weights = new(784, 15);
        reader.ReadFloats("weights", weights.Row);
        double[] exact = new double[784 * 15];
        reader.ReadDoubles("weights", exact);
        float[] flat = new float[784 * 15];
        reader.ReadFloats("weights", flat);
        byte[] file = File.ReadAllBytes(path);
        int start = 8 + (int)BitConverter.ToInt64(file);
        for (int i = 0; i < exact.Length; i++)
        {
            Assert.Equal(BitConverter.ToDouble(file, start + (8 * i)), exact[i]);
            Assert.Equal((float)exact[i], flat[i]);
            Assert.Equal(flat[i], weights[i / 15, i % 15]);
        }
    }

    private static void AssertRefused(Action action, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidInputException>(action).Message, StringComparison.Ordinal);

    private SafetensorsHeader Open(byte[] file)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File("file", file));
        return reader.Header;
    }

    private void AssertConverts(string type, ushort[] bits, double[] expected)
    {
        string header = $$$"""{"t":{"dtype":"{{{type}}}","shape":[{{{bits.Length}}}],"data_offsets":[0,{{{2 * bits.Length}}}]}}""";
        using SafetensorsReader reader = SafetensorsReader.Open(_directory.File(type, SafetensorsBytes.Make(header, SafetensorsBytes.Halves(bits))));
        double[] doubles = new double[bits.Length];
        reader.ReadDoubles("t", doubles);
        Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), doubles.Select(BitConverter.DoubleToInt64Bits));
        float[] floats = new float[bits.Length];
        reader.ReadFloats("t", floats);
        Assert.Equal(expected.Select(value => BitConverter.SingleToInt32Bits((float)value)), floats.Select(BitConverter.SingleToInt32Bits));
    }
}
