using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastRbm.Serialization;

/// <summary>Numbers as files hold them: the least significant byte first, whatever the machine does.</summary>
internal static class LittleEndian
{
    /// <summary>Turns numbers from the machine's order into little-endian order, or back; nothing to do on most machines.</summary>
    /// <typeparam name="T">Any number type.</typeparam>
    /// <param name="values">The numbers, changed in place.</param>
    public static void Convert<T>(Span<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
        {
            Reverse(values);
        }
    }

    /// <summary>Reverses the bytes of each number.</summary>
    /// <typeparam name="T">Any number type.</typeparam>
    /// <param name="values">The numbers, changed in place.</param>
    public static void Reverse<T>(Span<T> values)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(values);
        for (int i = 0; i < bytes.Length; i += Unsafe.SizeOf<T>())
        {
            bytes.Slice(i, Unsafe.SizeOf<T>()).Reverse();
        }
    }
}
