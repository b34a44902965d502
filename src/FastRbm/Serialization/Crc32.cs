using System.Buffers.Binary;

namespace FastRbm.Serialization;

/// <summary>The CRC-32 of gzip and PNG (reflected polynomial EDB88320), eight bytes at a time.</summary>
/// <remarks>Source: RFC 1952, section 8. Table i advances a byte over i further zero bytes.</remarks>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[][] _tables = BuildTables();

    /// <summary>Continues a checksum.</summary>
    /// <param name="checksum">The checksum of what came before; 0 at the start.</param>
    /// <param name="bytes">What follows.</param>
    /// <returns>The checksum of both.</returns>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint crc = ~checksum;
        uint[][] t = _tables;
        while (bytes.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            crc = t[7][low & 255] ^ t[6][(low >> 8) & 255] ^ t[5][(low >> 16) & 255] ^ t[4][low >> 24]
                ^ t[3][bytes[4]] ^ t[2][bytes[5]] ^ t[1][bytes[6]] ^ t[0][bytes[7]];
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = (crc >> 8) ^ t[0][(crc ^ b) & 255];
        }

        return ~crc;
    }

    private static uint[][] BuildTables()
    {
        uint[][] tables = new uint[8][];
        for (int table = 0; table < tables.Length; table++)
        {
            tables[table] = new uint[256];
            for (uint i = 0; i < 256; i++)
            {
                uint crc = table == 0 ? i : tables[table - 1][i];
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
                }

                tables[table][i] = crc;
            }
        }

        return tables;
    }
}
