using System.Globalization;
using FastRbm.Testing;

namespace FastRbm.Tests.Testing;

public sealed unsafe class GuardedBufferTests
{
    private static readonly int[] _lengths = [0, 1, 3, 16, 17, 1023, 1024, 1025, 5000];

    [Fact]
    public void The_byte_after_a_span_that_ends_at_its_guard_is_inaccessible()
    {
        SkipWithoutGuards();
        foreach (int length in _lengths)
        {
            using GuardedBuffer<float> buffer = GuardedBuffer<float>.EndingAtGuard(length);
            Assert.True(buffer.IsGuarded);
            Assert.Equal("---p", PermissionsAt((nuint)(buffer.Pointer + length)));
            AssertWritable(buffer);
        }
    }

    [Fact]
    public void The_byte_before_a_span_that_starts_at_its_guard_is_inaccessible()
    {
        SkipWithoutGuards();
        foreach (int length in _lengths)
        {
            using GuardedBuffer<float> buffer = GuardedBuffer<float>.StartingAtGuard(length);
            Assert.Equal("---p", PermissionsAt((nuint)buffer.Pointer - 1));
            AssertWritable(buffer);
        }
    }

    [Fact]
    public void A_guard_stands_behind_the_canary_too()
    {
        SkipWithoutGuards();
        nuint page = (nuint)Environment.SystemPageSize;
        using GuardedBuffer<double> ending = GuardedBuffer<double>.EndingAtGuard(3);
        Assert.Equal("---p", PermissionsAt((nuint)(ending.Pointer + 3) - page - 1));
        using GuardedBuffer<double> starting = GuardedBuffer<double>.StartingAtGuard(3);
        Assert.Equal("---p", PermissionsAt((nuint)starting.Pointer + page));
    }

    [Fact]
    public void The_memory_goes_back_when_the_buffer_is_disposed()
    {
        SkipWithoutGuards();
        GuardedBuffer<byte> buffer = GuardedBuffer<byte>.EndingAtGuard(77 * Environment.SystemPageSize);
        nuint start = (nuint)buffer.Pointer;
        nuint end = start + (nuint)buffer.Length;
        Assert.Contains((start, end, "rw-p"), Mappings());
        buffer.Dispose();
        buffer.Dispose();
        Assert.DoesNotContain((start, end, "rw-p"), Mappings());
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
        Assert.Throws<ObjectDisposedException>(buffer.AssertCanaryIntact);
    }

    [Fact]
    public void A_buffer_starts_as_zeros_or_as_a_copy()
    {
        using GuardedBuffer<int> zeros = GuardedBuffer<int>.EndingAtGuard(5);
        Assert.Equal([0, 0, 0, 0, 0], zeros.Span);
        using GuardedBuffer<int> ending = GuardedBuffer<int>.EndingAtGuard([1, 2, 3]);
        Assert.Equal([1, 2, 3], ending.Span);
        using GuardedBuffer<int> starting = GuardedBuffer<int>.StartingAtGuard([1, 2, 3]);
        Assert.Equal([1, 2, 3], starting.Span);
    }

    [Fact]
    public void Whole_cache_lines_are_aligned_to_cache_lines()
    {
        using GuardedBuffer<float> buffer = GuardedBuffer<float>.EndingAtGuard(48);
        Assert.Equal((nuint)0, (nuint)buffer.Pointer % 64);
    }

    [Fact]
    public void A_write_into_the_canary_is_found_on_either_side()
    {
        using GuardedBuffer<int> ending = GuardedBuffer<int>.EndingAtGuard(5);
        ending.Span.Fill(-1);
        ending.AssertCanaryIntact();
        ending.Pointer[-2] = 0;
        Assert.Contains("5 bytes before", Assert.Throws<CheckFailedException>(ending.AssertCanaryIntact).Message, StringComparison.Ordinal);

        using GuardedBuffer<int> starting = GuardedBuffer<int>.StartingAtGuard(5);
        starting.Span.Fill(-1);
        starting.AssertCanaryIntact();
        starting.Pointer[7] = 0;
        Assert.Contains("8 bytes after", Assert.Throws<CheckFailedException>(starting.AssertCanaryIntact).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_negative_length_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GuardedBuffer<int>.EndingAtGuard(-1));
    }

    private static void SkipWithoutGuards() => Assert.SkipUnless(OperatingSystem.IsLinux(), "Guard pages and /proc are of Linux.");

    private static void AssertWritable(GuardedBuffer<float> buffer)
    {
        Assert.Equal(buffer.Length, buffer.Span.Length);
        if (buffer.Length > 0)
        {
            Assert.Equal("rw-p", PermissionsAt((nuint)buffer.Pointer));
            Assert.Equal("rw-p", PermissionsAt((nuint)(buffer.Pointer + buffer.Length) - 1));
        }

        buffer.Span.Fill(1);
        buffer.AssertCanaryIntact();
    }

    /// <summary>The access rights of the mapping that an address lies in.</summary>
    private static string? PermissionsAt(nuint address) =>
        Mappings().Where(mapping => address >= mapping.Start && address < mapping.End).Select(mapping => mapping.Permissions).SingleOrDefault();

    /// <summary>The process's memory, from lines such as "7f00-7f10 rw-p 0 00:00 0".</summary>
    private static List<(nuint Start, nuint End, string Permissions)> Mappings()
    {
        List<(nuint, nuint, string)> mappings = [];
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] fields = line.Split(' ');
            nuint[] range = Array.ConvertAll(fields[0].Split('-'), hex => nuint.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            mappings.Add((range[0], range[1], fields[1]));
        }

        return mappings;
    }
}
