using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastRbm.Testing;

/// <summary>A pattern for memory that must not be read (it spoils every result) or must not be written (any change is seen).</summary>
/// <remarks>
/// Floats and doubles get a quiet NaN that no arithmetic produces (7FCCCCCC, 7FFCCCCCCCCCCCCC), everything else bytes of CC.
/// </remarks>
public static class Poison
{
    private const byte Byte = 0xCC;

    /// <summary>Overwrites every element with the pattern.</summary>
    public static void Fill<T>(Span<T> span)
        where T : unmanaged => span.Fill(Pattern<T>());

    /// <summary>Checks that every element still holds the pattern, bit by bit.</summary>
    /// <exception cref="CheckFailedException">An element was changed; the message has its index and value.</exception>
    public static void AssertUntouched<T>(ReadOnlySpan<T> span)
        where T : unmanaged
    {
        T pattern = Pattern<T>();
        ReadOnlySpan<byte> expected = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in pattern));
        for (int i = 0; i < span.Length; i++)
        {
            if (!MemoryMarshal.AsBytes(span.Slice(i, 1)).SequenceEqual(expected))
            {
                throw new CheckFailedException($"Element {i} of {span.Length} must not be written, but now holds {span[i]}.");
            }
        }
    }

    private static T Pattern<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            return Unsafe.BitCast<uint, T>(0x7FCCCCCC);
        }

        if (typeof(T) == typeof(double))
        {
            return Unsafe.BitCast<ulong, T>(0x7FFCCCCCCCCCCCCC);
        }

        T pattern = default;
        MemoryMarshal.AsBytes(new Span<T>(ref pattern)).Fill(Byte);
        return pattern;
    }
}
