using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class TemporaryDirectoryTests
{
    [Fact]
    public void The_directory_is_new_and_goes_with_all_it_holds()
    {
        string path;
        using (TemporaryDirectory directory = new())
        {
            path = directory.FullPath;
            Assert.Empty(Directory.GetFileSystemEntries(path));
            Directory.CreateDirectory(directory.File("inner"));
            File.WriteAllText(directory.File("inner/file.txt"), "x");
            using TemporaryDirectory other = new();
            Assert.NotEqual(path, other.FullPath);
        }

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_directory_that_has_gone_already_is_no_error()
    {
        using TemporaryDirectory directory = new();
        Directory.Delete(directory.FullPath);
        directory.Dispose();
    }
}
