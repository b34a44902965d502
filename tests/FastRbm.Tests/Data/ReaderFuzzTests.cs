using FastRbm.Data;
using FastRbm.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Tests.Data;

/// <summary>Whatever a file holds, the answer is a data set or an <see cref="InvalidInputException"/>.</summary>
public sealed class ReaderFuzzTests
{
    private static readonly Gen<byte> _anyByte = Gen.Choose(0, 255).Select(i => (byte)i);

    private static readonly Gen<byte[]> _tail = Gen.Sized(size => Gen.Choose(0, size).SelectMany(n => _anyByte.ArrayOf(n)));

    [Fact]
    public void Any_IDX_header_with_any_data()
    {
        Gen<uint> size = Gen.OneOf(
            Gen.Choose(0, 9).Select(i => (uint)i),
            Gen.Elements(0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu, 0x10000u, 0x7FFFFFC7u),
            _anyByte.ArrayOf(4).Select(b => BitConverter.ToUInt32(b)));
        Gen<byte[]> files =
            from type in Gen.Frequency((9, Gen.Constant((byte)8)), (1, _anyByte))
            from rank in Gen.Frequency((9, Gen.Choose(1, 4)), (1, Gen.Choose(0, 10)))
            from sizes in size.ArrayOf(rank)
            from values in _tail
            select TestFiles.Idx(type, sizes, values);
        Check(files, 11);
    }

    [Fact]
    public void Any_damage_to_an_npy_file()
    {
        byte[] whole = TestFiles.Npy(TestFiles.Dictionary("<f4", "2, 3"), new byte[24]);
        Gen<byte[]> files =
            from count in Gen.Choose(1, 3)
            from places in Gen.Choose(0, whole.Length - 1).ArrayOf(count)
            from bytes in Gen.OneOf(_anyByte, Gen.Elements("0123456789(){}[]'\",:<>|ufTrue "u8.ToArray())).ArrayOf(count)
            select Damage(whole, places, bytes);
        Check(files, 13);
    }

    [Fact]
    public void Any_npy_header_made_of_its_words()
    {
        string[] words =
        [
            "{", "}", "(", ")", ",", ":", "'descr'", "'fortran_order'", "'shape'", "'<f4'", "'|u1'", "True", "False", "1", "2", "0",
            "99999999999", " ", "\n", "'", "\"", "[", "\0",
        ];
        Gen<byte[]> files =
            from count in Gen.Choose(0, 25)
            from parts in Gen.Elements(words).ArrayOf(count)
            from values in _tail
            select TestFiles.Npy(string.Concat(parts), values);
        Check(files, 15);
    }

    [Fact]
    public void Any_damage_to_a_gzip_file()
    {
        byte[] whole = TestFiles.Gzip(TestFiles.Idx(8, [3, 50], [.. Enumerable.Range(0, 150).Select(i => (byte)(i * i))]));
        Gen<byte[]> files =
            from count in Gen.Choose(1, 4)
            from places in Gen.Choose(0, whole.Length - 1).ArrayOf(count)
            from bytes in _anyByte.ArrayOf(count)
            select Damage(whole, places, bytes);
        Check(files, 17);
    }

    [Fact]
    public void Any_text_of_numbers_and_separators()
    {
        string[] words = ["0", "1", "0.5", "-", "e", "1e999", "NaN", ",", ";", "\t", " ", "\n", "\r\n", "#", "\u00e9", "Infinity", "0x1", "+"];
        Gen<byte[]> files =
            from count in Gen.Choose(1, 40)
            from parts in Gen.Elements(words).ArrayOf(count)
            select System.Text.Encoding.UTF8.GetBytes(string.Concat(parts));
        Check(files, 19);
    }

    [Fact]
    public void Any_bytes() => Check(_tail, 21);

    private static byte[] Damage(byte[] whole, int[] places, byte[] bytes)
    {
        byte[] damaged = [.. whole];
        for (int i = 0; i < places.Length; i++)
        {
            damaged[places[i]] = bytes[i];
        }

        return damaged;
    }

    private static void Check(Gen<byte[]> contents, ulong seed)
    {
        using var files = new TestFiles();
        Prop.ForAll(Arb.From(contents), bytes =>
        {
            string path = files.Write(bytes);
            foreach (Func<string, Dataset> read in (Func<string, Dataset>[])[p => DatasetReader.Read(p), p => IdxReader.Read(p), p => NpyReader.Read(p)])
            {
                try
                {
                    Dataset data = read(path);
                    data.CopyMeans(data.Rows - 1, new float[data.Columns]);
                }
                catch (InvalidInputException error)
                {
                    Assert.Contains(path, error.Message, StringComparison.Ordinal);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(seed, seed));
    }
}
