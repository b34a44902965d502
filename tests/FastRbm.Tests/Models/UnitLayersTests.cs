using FastRbm.Models;

namespace FastRbm.Tests.Models;

public sealed class UnitLayersTests
{
    [Theory]
    [InlineData("binary", 5, UnitKind.Binary, "binary")]
    [InlineData("spin", 5, UnitKind.Spin, "spin")]
    [InlineData("gaussian", 5, UnitKind.Gaussian, "gaussian")]
    [InlineData("relu", 5, UnitKind.Relu, "relu")]
    [InlineData("double-relu", 5, UnitKind.DoubleRelu, "double-relu")]
    [InlineData("spike-and-slab", 5, UnitKind.SpikeAndSlab, "spike-and-slab")]
    [InlineData("replicated-softmax", 5, UnitKind.ReplicatedSoftmax, "replicated-softmax")]
    [InlineData("binomial:8", 5, UnitKind.Binomial, "binomial:8")]
    [InlineData("noisy-mean:0.1", 5, UnitKind.NoisyMean, "noisy-mean:0.1")]
    [InlineData("noisy-mean:2e-1", 5, UnitKind.NoisyMean, "noisy-mean:0.2")]
    [InlineData("potts:50", 50, UnitKind.Potts, "potts:50")]
    [InlineData("potts:50", 250, UnitKind.Potts, "potts:50x5")]
    [InlineData("potts:50x5", 250, UnitKind.Potts, "potts:50x5")]
    [InlineData("potts:10x3,4,7", 41, UnitKind.Potts, "potts:10x3,4,7")]
    [InlineData("potts:10,10,3", 23, UnitKind.Potts, "potts:10x2,3")]
    [InlineData("mixed:gaussian[3];potts:10x2[20];binary[4]", 27, UnitKind.Mixed, "mixed:gaussian[3];potts:10x2[20];binary[4]")]
    public void Names_make_layers_whose_names_make_the_same_layers(string name, int count, UnitKind kind, string canonical)
    {
        UnitLayer layer = UnitLayers.Parse(name, count);
        Assert.Equal(kind, layer.Kind);
        Assert.Equal(count, layer.Count);
        Assert.Equal(canonical, layer.Name);
        Assert.Equal(canonical, UnitLayers.Parse(layer.Name, count).Name);
        Assert.Equal("bias", layer.ParameterNames[0]);
    }

    [Theory]
    [InlineData("bernoulli", 5, "a kind of units: binary, spin, potts:CATEGORIES")]
    [InlineData("", 5, "a kind of units")]
    [InlineData("Binary", 5, "a kind of units")]
    [InlineData("binary:2", 5, "\"binary\" without constants, found \"binary:2\"")]
    [InlineData("gaussian:", 5, "\"gaussian\" without constants")]
    [InlineData("binomial", 5, "binomial:TRIALS with 1 to 65535 trials, found \"binomial\"")]
    [InlineData("binomial:0", 5, "binomial:TRIALS")]
    [InlineData("binomial:65536", 5, "binomial:TRIALS")]
    [InlineData("binomial:8.5", 5, "binomial:TRIALS")]
    [InlineData("noisy-mean", 5, "noisy-mean:DEVIATION")]
    [InlineData("noisy-mean:0", 5, "noisy-mean:DEVIATION")]
    [InlineData("noisy-mean:-1", 5, "noisy-mean:DEVIATION")]
    [InlineData("noisy-mean:nan", 5, "noisy-mean:DEVIATION")]
    [InlineData("noisy-mean:11", 5, "noisy-mean:DEVIATION")]
    [InlineData("potts", 5, "potts:CATEGORIES")]
    [InlineData("potts:1x5", 5, "groups of at least 2")]
    [InlineData("potts:2x0", 5, "groups of at least 2")]
    [InlineData("potts:2x-1", 5, "groups of at least 2")]
    [InlineData("potts:50", 249, "a multiple of the group's size, found \"potts:50\" for 249 columns")]
    [InlineData("potts:10x3,4", 41, "categories that sum to the number of columns, found \"potts:10x3,4\" for 41 columns")]
    [InlineData("potts:2000000000x2000000000", 41, "categories that sum")]
    [InlineData("mixed:", 5, "parts such as mixed:gaussian[3];potts:10x2[20]")]
    [InlineData("mixed:binary", 5, "parts such as")]
    [InlineData("mixed:binary[3];", 5, "parts such as")]
    [InlineData("mixed:binary[0]", 5, "parts such as")]
    [InlineData("mixed:binary[3];spin[1]", 5, "with 4 for 5 columns")]
    [InlineData("mixed:binary[2];foo[3]", 5, "a kind of units")]
    public void Names_that_mean_nothing_are_refused(string name, int count, string message)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => UnitLayers.Parse(name, count));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => UnitLayers.Parse("binary", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BinomialLayer(1, 0));
        Assert.Contains("1 in group 1", Assert.Throws<ArgumentException>(() => new PottsLayer(3, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new PottsLayer());
        Assert.Throws<ArgumentException>(() => new PottsLayer(1 << 24, 2));
        Assert.Throws<ArgumentException>(() => new GaussianLayer(2).SetParameter(1, [0, float.NaN]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianLayer(2).SetParameter(2, [0, 0]));
    }
}
