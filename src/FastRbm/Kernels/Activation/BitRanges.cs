namespace FastRbm.Kernels.Activation;

/// <summary>Up to 64 bits at any place of a row of packed bits.</summary>
internal static class BitRanges
{
    /// <summary>Reads bits.</summary>
    /// <param name="bits">Packed bits.</param>
    /// <param name="first">The first bit.</param>
    /// <param name="count">1 to 64, all within the row's words.</param>
    /// <returns>Bit i is bit first + i; the others are 0.</returns>
    public static ulong Get(ReadOnlySpan<ulong> bits, int first, int count)
    {
        int word = first >> 6;
        int shift = first & 63;
        ulong value = bits[word] >> shift;
        if (shift + count > 64)
        {
            value |= bits[word + 1] << (64 - shift);
        }

        return value & Mask(count);
    }

    /// <summary>Turns bits on, where the value has ones.</summary>
    /// <param name="bits">Packed bits, changed.</param>
    /// <param name="first">The first bit.</param>
    /// <param name="count">1 to 64.</param>
    /// <param name="value">Which.</param>
    public static void Set(Span<ulong> bits, int first, int count, ulong value)
    {
        int word = first >> 6;
        int shift = first & 63;
        value &= Mask(count);
        bits[word] |= value << shift;
        if (shift + count > 64)
        {
            bits[word + 1] |= value >> (64 - shift);
        }
    }

    /// <summary>Turns bits off, where the value has zeros.</summary>
    /// <param name="bits">Packed bits, changed.</param>
    /// <param name="first">The first bit.</param>
    /// <param name="count">1 to 64.</param>
    /// <param name="value">Which stay.</param>
    public static void Keep(Span<ulong> bits, int first, int count, ulong value)
    {
        int word = first >> 6;
        int shift = first & 63;
        ulong off = ~value & Mask(count);
        bits[word] &= ~(off << shift);
        if (shift + count > 64)
        {
            bits[word + 1] &= ~(off >> (64 - shift));
        }
    }

    private static ulong Mask(int count) => count == 64 ? ulong.MaxValue : (1UL << count) - 1;
}
