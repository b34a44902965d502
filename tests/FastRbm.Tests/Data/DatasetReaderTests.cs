using FastRbm.Data;

namespace FastRbm.Tests.Data;

public sealed class DatasetReaderTests
{
    [Fact]
    public void Missing_empty_and_unreadable_files_are_named()
    {
        using var files = new TestFiles();
        string missing = Path.Combine(files.Folder, "missing");
        foreach (Func<string, Dataset> read in (Func<string, Dataset>[])
            [p => DatasetReader.Read(p), p => IdxReader.Read(p), p => NpyReader.Read(p), p => DelimitedTextReader.Read(p)])
        {
            TestFiles.Refused(() => read(missing), missing, "nothing of that name");
            TestFiles.Refused(() => read(Path.Combine(missing, "deeper")), "nothing of that name");
            TestFiles.Refused(() => read(files.Folder), files.Folder, "a directory");
            TestFiles.Refused(() => read(files.Write([])), "empty file");
            TestFiles.Refused(() => read(files.Write([0x1F, 0x8B])), "gzip header");
            Assert.Throws<ArgumentException>(() => read(string.Empty));
        }

        byte[] emptyGzip = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        TestFiles.Refused(() => DatasetReader.Read(files.Write(emptyGzip)), "empty file inside gzip");
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "root reads everything, and Windows has other rights");
        using var files = new TestFiles();
        string path = files.Write("0 1\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.None);
        }

        TestFiles.Refused(() => DatasetReader.Read(path), path, "a readable file");
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A }, "0x89504E47")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4 }, "0x504B0304")]
    [InlineData(new byte[] { 0x30, 0, 0x31, 0 }, "0x30003100")]
    [InlineData(new byte[] { 0xC3, 0xA9 }, "a number")]
    [InlineData(new byte[] { 0x93, 0x4E, 0x55 }, "a number")]
    public void Other_formats_are_refused_by_their_first_bytes(byte[] bytes, string word)
    {
        using var files = new TestFiles();
        TestFiles.Refused(() => DatasetReader.Read(files.Write(bytes)), word);
    }

    [Fact]
    public void The_format_is_told_by_content_not_by_name()
    {
        using var files = new TestFiles();
        byte[] idx = TestFiles.Idx(8, [1, 2], 0, 1);
        string expected = BitDataset.FromBytes("x", 1, 2, [0, 1]).Fingerprint();
        Assert.Equal(expected, DatasetReader.Read(files.Write(idx, "a.gz")).Fingerprint());
        Assert.Equal(expected, DatasetReader.Read(files.Write(TestFiles.Gzip(idx), "a.npy")).Fingerprint());
        Assert.Equal(expected, DatasetReader.Read(files.Write(TestFiles.Npy(TestFiles.Dictionary("|u1", "1, 2"), [0, 1]), "a.idx")).Fingerprint());
        Assert.Equal(expected, DatasetReader.Read(files.Write("0 1", "b.npy")).Fingerprint());
        Assert.Equal("rows", DatasetReader.Read(files.Write("0 1"), name: "rows").Name);
        Assert.IsType<BitDataset>(DatasetReader.Read(files.Write("0 255"), new DelimitedTextOptions { Divisor = 255 }));
    }
}
