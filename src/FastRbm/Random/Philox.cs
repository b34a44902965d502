namespace FastRbm.Random;

/// <summary>
/// Philox4x32-10: a block of four 32-bit words as a function of a 128-bit counter and a 64-bit key.
/// </summary>
/// <remarks>
/// Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011); passes BigCrush by the
/// authors' record. Known answer: key 0, counter 0 gives 6627e8d5 e169c58d bc57ac4c 9b00dbd8. Stateless: thread-safe,
/// allocates nothing.
/// </remarks>
internal static class Philox
{
    /// <summary>The number of rounds.</summary>
    public const int Rounds = 10;

    /// <summary>Multiplier of words 0 and 1.</summary>
    public const uint Multiplier0 = 0xD2511F53;

    /// <summary>Multiplier of words 2 and 3.</summary>
    public const uint Multiplier1 = 0xCD9E8D57;

    /// <summary>Added to key word 0 after each round (golden ratio).</summary>
    public const uint Weyl0 = 0x9E3779B9;

    /// <summary>Added to key word 1 after each round (square root of 3, minus 1).</summary>
    public const uint Weyl1 = 0xBB67AE85;

    /// <summary>Replaces the counter words by the block's four random words.</summary>
    /// <param name="c0">Counter word 0 in, random word 0 out.</param>
    /// <param name="c1">Counter word 1 in, random word 1 out.</param>
    /// <param name="c2">Counter word 2 in, random word 2 out.</param>
    /// <param name="c3">Counter word 3 in, random word 3 out.</param>
    /// <param name="key">The key: low half is key word 0.</param>
    public static void Block(ref uint c0, ref uint c1, ref uint c2, ref uint c3, ulong key)
    {
        uint k0 = (uint)key;
        uint k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)c0 * Multiplier0;
            ulong p1 = (ulong)c2 * Multiplier1;
            c0 = (uint)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint)p1;
            c2 = (uint)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint)p0;
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }
    }
}
