using FastRbm.Data;

namespace FastRbm.Tests.Data;

/// <summary>Published files, where the environment says where they are.</summary>
public sealed class RealDataTests
{
    [Theory]
    [InlineData("mnist", "train", 60_000, 28, true, "train-images-idx3-ubyte.gz")]
    [InlineData("mnist", "test", 10_000, 28, true, "t10k-images-idx3-ubyte.gz")]
    [InlineData("fashion-mnist", "train", 60_000, 28, true, "train-images-idx3-ubyte.gz")]
    [InlineData("fashion-mnist", "test", 10_000, 28, true, "t10k-images-idx3-ubyte.gz")]
    [InlineData("binarized-mnist", "train", 50_000, 28, false, "train-images-idx3-ubyte.gz")]
    [InlineData("binarized-mnist", "validation", 10_000, 28, false, "valid-images-idx3-ubyte.gz")]
    [InlineData("binarized-mnist", "test", 10_000, 28, false, "test-images-idx3-ubyte.gz")]
    [InlineData("optdigits", "train", 3823, 8, true, "optdigits.tra")]
    [InlineData("optdigits", "test", 1797, 8, true, "optdigits.tes")]
    public void Published_sets_open_by_name(string set, string split, int rows, int side, bool labels, string file)
    {
        string folder = Path.GetDirectoryName(TestFiles.Real(Path.Combine(set, file)))!;
        var options = new DatasetSourceOptions { DataDirectory = Path.GetDirectoryName(folder), AllowDownload = false };
        Dataset data = DatasetSource.Open($"{set}:{split}", options, TestContext.Current.CancellationToken);
        Assert.Equal((rows, new ImageShape(side, side)), (data.Rows, data.Shape));
        Assert.Equal(labels ? rows : 0, data.Labels.Length);
        Assert.Equal(set == "binarized-mnist", data is BitDataset);
        Assert.True(data.MemoryBytes <= (rows * side * side) + rows);
        if (labels)
        {
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (byte)i), data.Labels.ToArray().Distinct().Order());
        }
    }

    [Fact]
    public void MNIST_takes_less_than_six_million_bytes_as_bits_and_13_percent_of_them_are_on()
    {
        string path = TestFiles.Real(Path.Combine("mnist", "train-images-idx3-ubyte.gz"));
        BitDataset data = Assert.IsType<GreyDataset>(IdxReader.Read(path)).Threshold();
        Assert.Equal(5_880_000, data.MemoryBytes);
        float[] means = new float[784];
        double on = 0;
        for (int row = 0; row < data.Rows; row++)
        {
            data.CopyMeans(row, means);
            on += means.Sum();
        }

        Assert.InRange(on / (784.0 * data.Rows), 0.12, 0.14);
    }
}
