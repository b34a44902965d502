using System.Text;
using CommunityToolkit.HighPerformance;
using FastRbm.Data;

namespace FastRbm.Tests.Data;

public sealed class NpyWriterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(1000, 17)]
    public void What_is_written_is_read_back(int rows, int columns)
    {
        using var files = new TestFiles();
        float[] floats = [.. Enumerable.Range(0, rows * columns).Select(i => i % 97 / 97f)];
        byte[] bytes = [.. Enumerable.Range(0, rows * columns).Select(i => (byte)(i % 251))];
        string path = Path.Combine(files.Folder, "a.npy");
        NpyWriter.Write(path, new ReadOnlySpan2D<float>(floats, rows, columns));
        Assert.Equal(GreyDataset.FromFloats("x", rows, columns, floats).Fingerprint(), NpyReader.Read(path).Fingerprint());
        NpyWriter.Write(path, new ReadOnlySpan2D<byte>(bytes, rows, columns));
        Assert.Equal(GreyDataset.FromBytes("x", rows, columns, bytes).Fingerprint(), NpyReader.Read(path).Fingerprint());
        Assert.Equal([path], Directory.GetFiles(files.Folder));
    }

    [Fact]
    public void The_bytes_are_those_that_NumPy_writes()
    {
        using var stream = new MemoryStream();
        NpyWriter.Write(stream, new ReadOnlySpan2D<byte>([1, 2, 3, 4, 5, 6], 2, 3));
        string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }".PadRight(117) + "\n";
        byte[] expected = [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), 1, 2, 3, 4, 5, 6];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void A_part_of_a_wider_matrix_is_written_without_its_padding()
    {
        using var stream = new MemoryStream();
        NpyWriter.Write(stream, new ReadOnlySpan2D<byte>([1, 2, 99, 3, 4, 99], 0, 2, 2, 1));
        Assert.Equal([1, 2, 3, 4], stream.ToArray()[128..]);
    }

    [Fact]
    public void A_directory_that_does_not_exist_is_an_error_and_leaves_nothing()
    {
        using var files = new TestFiles();
        string path = Path.Combine(files.Folder, "none", "a.npy");
        Assert.Throws<IOException>(() => NpyWriter.Write(path, new ReadOnlySpan2D<byte>([1], 1, 1)));
        Assert.Empty(Directory.GetFileSystemEntries(files.Folder));
    }
}
