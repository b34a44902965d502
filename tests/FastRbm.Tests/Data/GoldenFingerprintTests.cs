using FastRbm.Data;

namespace FastRbm.Tests.Data;

/// <summary>Built-in sets are part of what "same data, same bits" means: a changed number here needs an explanation.</summary>
public sealed class GoldenFingerprintTests
{
    [Theory]
    [InlineData("bars-and-stripes", "5ac40b333de74775904b12d1532451422648b20094908d6d873533cd051a7680")]
    [InlineData("shifter", "77fa9f4c21dcd974feda5d04783798f20e2eea93469820149b31c48a4586890a")]
    [InlineData("and", "e92c69cd87237685bd24633b6040420e28c938ac70eeaf4ca97bfee040f551d0")]
    [InlineData("or", "7ab8d76a15d1d786168a757aae45e34dede6450cd98be603831b9a1a6fe87138")]
    [InlineData("xor", "45cbc5b119b66b786f35f3e3197b6a493b6ec3e988bd13919b0b7994bc81f22d")]
    [InlineData("not", "c4fdf270f1ba0b1d16422cf1ab3270ac1ecb88f2b3d322caa197ea8a93b13d54")]
    [InlineData("strokes:train", "a043e6756b6a152aff93d33cf2540d751c5570ab8ddbb451338a7107662ce0e0")]
    [InlineData("strokes:validation", "82e3042664ba58dc6fbc7ef1903f0052e6024d9dc6abde7fb36c7fcda8724a62")]
    [InlineData("strokes:test", "efcd742e7cc3e970e742bd5f790d3ae6670fec766c8d50afb2b6937232c1209b")]
    [InlineData("reviews:train", "c95f4841a6269245060129191cf66149adf209e8a635128116e9326add7e7c5a")]
    [InlineData("reviews:validation", "0345a05f792cd82575b0feadc26438ae63fe4c27bd0bb219ce135584dc6353b0")]
    [InlineData("reviews:test", "e567c73de5609a59dc2507f6d40f37b118c0417980235d22e4ed8ee9cb3cc2d6")]
    public void Built_in_sets_are_the_same_numbers_for_ever(string name, string fingerprint)
    {
        Assert.Equal(fingerprint, DatasetSource.Open(name, cancellationToken: TestContext.Current.CancellationToken).Fingerprint());
    }

    [Fact]
    public void The_fingerprint_is_the_documented_hash()
    {
        // sha256 of: rows 2, columns 3 (little-endian), form 0, packed rows 0b101 and 0b010.
        byte[] bits = [2, 0, 0, 0, 3, 0, 0, 0, 0, 5, 2];
        Assert.Equal(Hash(bits), BitDataset.FromBytes("x", 2, 3, [1, 0, 1, 0, 1, 0]).Fingerprint());
        byte[] grey = [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F];
        Assert.Equal(Hash(grey), GreyDataset.FromFloats("x", 1, 2, [0.5f, 1]).Fingerprint());
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
