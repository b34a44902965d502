using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed class TestDataTests
{
    [Fact]
    public void A_file_is_found_below_the_directory()
    {
        using TemporaryDirectory directory = new();
        Directory.CreateDirectory(directory.File("mnist"));
        File.WriteAllText(directory.File("mnist/images"), "x");
        Assert.Equal(directory.File("mnist/images"), TestData.FindPath(directory.FullPath, "mnist/images"));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        using TemporaryDirectory directory = new();
        Assert.Null(TestData.FindPath(directory.FullPath, "mnist/images"));
        Assert.Null(TestData.FindPath(null, "mnist/images"));
    }

    [Fact]
    public void The_directory_is_that_of_the_environment_variable_if_it_exists()
    {
        string? expected = Environment.GetEnvironmentVariable("FASTRBM_DATA");
        Assert.Equal(Directory.Exists(expected) ? expected : null, TestData.Directory);
        Assert.Null(TestData.FindPath("no-such-data-set/no-such-file"));
    }
}
