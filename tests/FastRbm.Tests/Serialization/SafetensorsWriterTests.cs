using System.Text;
using FastRbm.Memory;
using FastRbm.Serialization;
using FastRbm.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Serialization;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private enum Kind
    {
        F64,
        F32,
        F16,
        I64,
        U64,
        I32,
        U32,
        U8,
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_bytes_are_those_of_the_public_format()
    {
        SafetensorsWriter writer = new();
        writer.SetMetadata("model", "rbm-cd2");
        writer.SetMetadata("format", "1");
        writer.Add<float>("w", [2, 1], row => new float[] { row + 1 });
        writer.Add<byte>("b\"\\\n\u00e9", [3], _ => [7, 8, 9]);
        string json =
            "{\"__metadata__\":{\"format\":\"1\",\"model\":\"rbm-cd2\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
            + "\"b\\\"\\\\\\u000a\u00e9\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[8,11]}}";
        while (Encoding.UTF8.GetByteCount(json) % 8 != 0)
        {
            json += " ";
        }

        byte[] expected = SafetensorsBytes.Make(json, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 7, 8, 9);
        MemoryStream stream = new();
        writer.WriteTo(stream);
        Assert.Equal(expected, stream.ToArray());
        string path = _directory.File("m.safetensors");
        writer.Save(path);
        writer.Save(path);
        Assert.Equal(expected, File.ReadAllBytes(path));
        Assert.Equal(["m.safetensors"], _directory.Names());
    }

    [Fact]
    public void Every_file_that_is_written_is_read_back_the_same()
    {
        Gen<string> text = Gen.OneOf(
            Gen.Elements("", "weights", "\u00e9\u4e2d", "\ud83d\ude00\udbff\udfff", "\"\\/\b\f\n\r\t\0\u001f\u007f\u2028", " ", "a.b/c", "__metadata"),
            ArbMap.Default.GeneratorFor<string>().Where(value => value is not null && !HasLoneSurrogate(value)));
        Gen<long[]> shape = from rank in Gen.Choose(0, 3)
                            from sizes in Gen.Elements(0L, 1, 2, 3, 7, 8, 9, 17, 33).ArrayOf(rank)
                            select sizes;
        Gen<(string Name, Kind Kind, long[] Shape)> tensor = from name in text
                                                             from kind in Gen.Elements(Enum.GetValues<Kind>())
                                                             from sizes in shape
                                                             select (name, kind, sizes);
        var file = from tensors in tensor.ListOf()
                   from keys in text.ListOf()
                   from seed in Gen.Choose(0, int.MaxValue)
                   select (tensors.DistinctBy(item => item.Name).Where(item => item.Name != "__metadata__").ToArray(), keys.Distinct().ToArray(), seed);
        Prop.ForAll(file.ToArbitrary(), value => RoundTrips(value.Item1, value.Item2, value.seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20261121, 7));
    }

    [Fact]
    public void Rows_longer_than_the_buffer_are_written_whole()
    {
        float[] row = new float[40_000];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = i;
        }

        SafetensorsWriter writer = new();
        writer.Add<float>("t", [2, row.Length], index => index == 0 ? row : row.Reverse().ToArray());
        string path = _directory.File("m");
        writer.Save(path);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        float[] found = new float[2 * row.Length];
        reader.ReadFloats("t", found);
        Assert.Equal(row.Concat(row.Reverse()), found);
    }

    [Fact]
    public void A_matrix_and_packed_states_go_through_without_their_padding()
    {
        Matrix matrix = new(3, 17);
        BitMatrix states = new(2, 70);
        for (int i = 0; i < 17; i++)
        {
            matrix[1, i] = i + 0.5f;
            states[1, 4 * i] = true;
        }

        SafetensorsWriter writer = new();
        writer.Add<ulong>("states", [2, 2], row => states.Row(row));
        writer.Add<float>("weights", [3, 17], row => matrix.Row(row));
        string path = _directory.File("m");
        writer.Save(path);
        Matrix otherMatrix = new(3, 17);
        BitMatrix otherStates = new(2, 70);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.Equal(32 + (3 * 17 * 4), reader.Tensors.Values.Sum(tensor => tensor.ByteLength));
        reader.ReadFloats("weights", otherMatrix.Row);
        reader.Read<ulong>("states", otherStates.Row);
        for (int row = 0; row < 3; row++)
        {
            Assert.Equal(matrix.Row(row), otherMatrix.Row(row));
        }

        Assert.Equal(states.Row(1), otherStates.Row(1));
        Assert.Equal(17, otherStates.CountOn(1));
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        SafetensorsWriter writer = new();
        writer.Add<byte>("t", [1], _ => [1, 2]);
        Assert.Throws<ArgumentException>(() => writer.Add<byte>("t", [1], _ => [1]));
        Assert.Throws<ArgumentException>(() => writer.Add<byte>("__metadata__", [1], _ => [1]));
        Assert.Throws<ArgumentException>(() => writer.Add<byte>("\ud800", [1], _ => [1]));
        Assert.Throws<ArgumentException>(() => writer.Add<char>("u", [1], _ => ['1']));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add<byte>("u", [-1], _ => [1]));
        Assert.Throws<OverflowException>(() => writer.Add<double>("u", [1L << 61], _ => [1]));
        Assert.Throws<ArgumentException>(() => writer.SetMetadata("a", "\udc00"));
        string path = _directory.File("m", [1, 2, 3]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => writer.Save(path));
        Assert.Contains("tensor t: expected a length of 1, found 2", error.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal(["m"], _directory.Names());
    }

    private static bool HasLoneSurrogate(string text) => text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

    private static byte[] Content(int seed, int tensor, long length)
    {
        byte[] bytes = new byte[length];
        new System.Random(seed + tensor).NextBytes(bytes);
        return bytes;
    }

    private static RowSource<T> Rows<T>(byte[] content, long columns)
        where T : unmanaged =>
        row => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(content).Slice((int)(row * columns), (int)columns);

    private static void Add(SafetensorsWriter writer, string name, Kind kind, long[] shape, byte[] content)
    {
        long columns = shape.Length == 0 ? 1 : shape[^1];
        switch (kind)
        {
            case Kind.F64: writer.Add(name, shape, Rows<double>(content, columns)); break;
            case Kind.F32: writer.Add(name, shape, Rows<float>(content, columns)); break;
            case Kind.F16: writer.Add(name, shape, Rows<Half>(content, columns)); break;
            case Kind.I64: writer.Add(name, shape, Rows<long>(content, columns)); break;
            case Kind.U64: writer.Add(name, shape, Rows<ulong>(content, columns)); break;
            case Kind.I32: writer.Add(name, shape, Rows<int>(content, columns)); break;
            case Kind.U32: writer.Add(name, shape, Rows<uint>(content, columns)); break;
            default: writer.Add(name, shape, Rows<byte>(content, columns)); break;
        }
    }

    private static byte[] Read<T>(SafetensorsReader reader, TensorEntry entry)
        where T : unmanaged
    {
        T[] values = new T[entry.Count];
        reader.Read<T>(entry.Name, values);
        T[] byRow = new T[entry.Count];
        reader.Read<T>(entry.Name, row => byRow.AsSpan((int)(row * entry.Columns), (int)entry.Columns));
        byte[] bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).ToArray();
        Assert.Equal(bytes, System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(byRow).ToArray());
        return bytes;
    }

    private static byte[] Read(SafetensorsReader reader, TensorEntry entry) => entry.Type switch
    {
        TensorType.F64 => Read<double>(reader, entry),
        TensorType.F32 => Read<float>(reader, entry),
        TensorType.F16 => Read<Half>(reader, entry),
        TensorType.I64 => Read<long>(reader, entry),
        TensorType.U64 => Read<ulong>(reader, entry),
        TensorType.I32 => Read<int>(reader, entry),
        TensorType.U32 => Read<uint>(reader, entry),
        _ => Read<byte>(reader, entry),
    };

    private static long Length(Kind kind, long[] shape)
    {
        Assert.True(TensorTypes.TryParse(kind.ToString(), out TensorType type));
        return shape.Aggregate((long)type.Size(), (product, size) => product * size);
    }

    private void RoundTrips((string Name, Kind Kind, long[] Shape)[] tensors, string[] keys, int seed)
    {
        SafetensorsWriter writer = new();
        for (int i = 0; i < tensors.Length; i++)
        {
            (string name, Kind kind, long[] shape) = tensors[i];
            Add(writer, name, kind, shape, Content(seed, i, Length(kind, shape)));
        }

        foreach (string key in keys)
        {
            writer.SetMetadata(key, key + "!");
        }

        string path = _directory.File("m");
        writer.Save(path);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Assert.Equal(tensors.Length, reader.Tensors.Count);
        Assert.Equal(keys.Length, reader.Metadata.Count);
        Assert.All(keys, key => Assert.Equal(key + "!", reader.Metadata[key]));
        long offset = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorEntry entry = reader.RequireShape(tensors[i].Name, tensors[i].Shape);
            Assert.Equal(tensors[i].Kind.ToString(), entry.Type.Name());
            Assert.Equal(offset, entry.Offset);
            Assert.Equal(Content(seed, i, entry.ByteLength), Read(reader, entry));
            offset += entry.ByteLength;
        }
    }
}
