using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastRbm.Errors;

namespace FastRbm.Memory;

/// <summary>A zeroed, fixed-address block of numbers that starts on a 64-byte boundary. Owner of its memory.</summary>
/// <remarks>
/// A pinned array of the garbage-collected heap rather than native memory: a forgotten buffer can't leak and a used one
/// can't be freed under a kernel. The address is valid while this object is reachable.
/// </remarks>
/// <typeparam name="T">An unmanaged number type whose size divides 64.</typeparam>
public sealed class AlignedBuffer<T>
    where T : unmanaged
{
    /// <summary>The alignment of the first element in bytes: a cache line, and a 512-bit vector.</summary>
    public const int Alignment = 64;

    private readonly T[] _array;
    private readonly int _offset;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <param name="length">The number of elements, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or above what one array holds.</exception>
    public AlignedBuffer(long length)
    {
        int size = Unsafe.SizeOf<T>();
        int slack = Alignment / size;
        if (length < 0 || length > Array.MaxLength - slack)
        {
            Throw.OutOfRange(nameof(length), $"0 to {Array.MaxLength - slack} elements", length);
        }

        _array = GC.AllocateArray<T>((int)length + slack, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0);
        _offset = (int)((Alignment - (address & (Alignment - 1))) & (Alignment - 1)) / size;
        Length = (int)length;
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The elements. Reads and writes go to this buffer.</summary>
    public Span<T> Span => _array.AsSpan(_offset, Length);

    /// <summary>The address of the first element, for kernels. Keep this object alive while it is in use.</summary>
    [SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "Spells its risk.")]
    internal unsafe T* DangerousGetPointer() => (T*)Marshal.UnsafeAddrOfPinnedArrayElement(_array, _offset);
}
