using FastRbm.Serialization;

namespace FastRbm.Tests.Serialization;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_catalogue_of_checksums_is_met()
    {
        Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));
        Assert.Equal(0u, Crc32.Append(0, []));
    }

    [Fact]
    public void Bytes_may_come_in_any_pieces()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100).Select(i => (byte)(i * 37))];
        uint whole = Crc32.Append(0, bytes);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }
}
