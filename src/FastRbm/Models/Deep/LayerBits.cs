namespace FastRbm.Models.Deep;

/// <summary>Copies runs of bits between packed rows whose layers begin at different places.</summary>
internal static class LayerBits
{
    /// <summary>Copies bits; other bits of the destination stay.</summary>
    /// <param name="source">The row that is read.</param>
    /// <param name="from">The first bit that is read.</param>
    /// <param name="destination">The row that is written.</param>
    /// <param name="to">The first bit that is written.</param>
    /// <param name="count">The number of bits.</param>
    public static void Copy(ReadOnlySpan<ulong> source, int from, Span<ulong> destination, int to, int count)
    {
        int done = 0;
        while (done < count)
        {
            int place = to + done;
            int bits = Math.Min(64 - (place & 63), count - done);
            ulong mask = (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << (place & 63);
            ulong value = Read(source, from + done) << (place & 63);
            ref ulong word = ref destination[place >> 6];
            word = (word & ~mask) | (value & mask);
            done += bits;
        }
    }

    /// <summary>Writes bits as floats 0 and 1.</summary>
    /// <param name="source">The row that is read.</param>
    /// <param name="from">The first bit.</param>
    /// <param name="destination">A float a bit.</param>
    public static void ToFloats(ReadOnlySpan<ulong> source, int from, Span<float> destination)
    {
        for (int unit = 0; unit < destination.Length; unit++)
        {
            int place = from + unit;
            destination[unit] = source[place >> 6] >> (place & 63) & 1;
        }
    }

    /// <summary>64 bits from a place on, zeros past the end.</summary>
    private static ulong Read(ReadOnlySpan<ulong> source, int place)
    {
        int word = place >> 6;
        int shift = place & 63;
        ulong low = source[word] >> shift;
        return shift == 0 || word + 1 == source.Length ? low : low | (source[word + 1] << (64 - shift));
    }
}
