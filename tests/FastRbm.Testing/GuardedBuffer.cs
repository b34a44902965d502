using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastRbm.Testing;

/// <summary>Memory with a trap on both sides: one element too far kills the process instead of passing by luck.</summary>
/// <remarks>
/// <code>
///   ending at the guard:    | guard page | canary bytes | span | guard page |
///   starting at the guard:  | guard page | span | canary bytes | guard page |
/// </code>
/// The span starts as zeros. The canary fills its page up; <see cref="AssertCanaryIntact"/> finds a write into it. Off Linux there
/// are no guard pages: a canary of a page stands on both sides, so only writes are found. The span must not be used after Dispose.
/// </remarks>
/// <typeparam name="T">An unmanaged type.</typeparam>
public sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const byte Canary = 0xA5;

    private readonly nuint _size;
    private readonly nuint _offset;
    private byte* _block;

    private GuardedBuffer(int length, bool endsAtGuard)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        nuint page = (nuint)Environment.SystemPageSize;
        nuint bytes = (nuint)length * (nuint)Unsafe.SizeOf<T>();
        nuint wholePages = (bytes + page - 1) / page * page;
        Length = length;
        IsGuarded = OperatingSystem.IsLinux();
        if (IsGuarded)
        {
            _size = wholePages;
            _offset = endsAtGuard ? wholePages - bytes : 0;
            _block = LinuxPages.Map(_size);
        }
        else
        {
            _size = wholePages + (2 * page);
            _offset = endsAtGuard ? _size - page - bytes : page;
            _block = (byte*)NativeMemory.AlignedAlloc(_size, page);
        }

        Before.Fill(Canary);
        Span.Clear();
        After.Fill(Canary);
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>Whether inaccessible pages stand on both sides (Linux), rather than canaries alone.</summary>
    public bool IsGuarded { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => new(Pointer, Length);

    /// <summary>The address of the first element.</summary>
    public T* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block == null, this);
            return (T*)(_block + _offset);
        }
    }

    private Span<byte> Before => new(_block, checked((int)_offset));

    private Span<byte> After
    {
        get
        {
            nuint start = _offset + ((nuint)Length * (nuint)Unsafe.SizeOf<T>());
            return new Span<byte>(_block + start, checked((int)(_size - start)));
        }
    }

    /// <summary>A span whose last element ends at an inaccessible page: for reads and writes too far up.</summary>
    /// <remarks>Its start is as aligned as its size in bytes is: 64-byte aligned for a multiple of 64 bytes.</remarks>
    public static GuardedBuffer<T> EndingAtGuard(int length) => new(length, endsAtGuard: true);

    /// <summary>A span whose first element starts after an inaccessible page: for reads and writes too far down. Page-aligned.</summary>
    public static GuardedBuffer<T> StartingAtGuard(int length) => new(length, endsAtGuard: false);

    /// <summary>A copy of some values whose last element ends at an inaccessible page.</summary>
    public static GuardedBuffer<T> EndingAtGuard(ReadOnlySpan<T> values)
    {
        GuardedBuffer<T> buffer = EndingAtGuard(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>A copy of some values whose first element starts after an inaccessible page.</summary>
    public static GuardedBuffer<T> StartingAtGuard(ReadOnlySpan<T> values)
    {
        GuardedBuffer<T> buffer = StartingAtGuard(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    /// <summary>Checks that nothing was written beside the span where no page guards it.</summary>
    /// <exception cref="CheckFailedException">A canary byte was changed; the message says which.</exception>
    public void AssertCanaryIntact()
    {
        ObjectDisposedException.ThrowIf(_block == null, this);
        int before = Before.LastIndexOfAnyExcept(Canary);
        if (before >= 0)
        {
            throw new CheckFailedException($"A write {Before.Length - before} bytes before the start of a span of {Length} elements.");
        }

        int after = After.IndexOfAnyExcept(Canary);
        if (after >= 0)
        {
            throw new CheckFailedException($"A write {after} bytes after the end of a span of {Length} elements.");
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        byte* block = _block;
        _block = null;
        if (block == null)
        {
            return;
        }

        if (IsGuarded)
        {
            LinuxPages.Unmap(block, _size);
        }
        else
        {
            NativeMemory.AlignedFree(block);
        }
    }
}
