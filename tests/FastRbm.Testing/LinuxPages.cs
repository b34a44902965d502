using System.Runtime.InteropServices;

namespace FastRbm.Testing;

/// <summary>Whole pages of memory between two inaccessible ones, from the operating system (Linux).</summary>
/// <remarks>
/// <code>
///   | guard page | pages, readable and writable | guard page |
/// </code>
/// </remarks>
internal static unsafe partial class LinuxPages
{
    private const int ProtectNone = 0;
    private const int ProtectReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;

    /// <summary>Maps the pages.</summary>
    /// <param name="length">Bytes between the guards, a multiple of the page size.</param>
    /// <returns>The address after the first guard page.</returns>
    public static byte* Map(nuint length)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nint start = MapPages(0, length + (2 * page), ProtectNone, MapPrivateAnonymous, -1, 0);
        if (start == -1)
        {
            throw new InvalidOperationException($"mmap of {length} bytes failed with error {Marshal.GetLastPInvokeError()}.");
        }

        byte* inside = (byte*)start + page;
        if (length > 0 && ProtectPages((nint)inside, length, ProtectReadWrite) != 0)
        {
            throw new InvalidOperationException($"mprotect of {length} bytes failed with error {Marshal.GetLastPInvokeError()}.");
        }

        return inside;
    }

    /// <summary>Gives the pages and their guards back.</summary>
    /// <param name="inside">What <see cref="Map"/> returned.</param>
    /// <param name="length">What <see cref="Map"/> was asked for.</param>
    public static void Unmap(byte* inside, nuint length)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        if (UnmapPages((nint)(inside - page), length + (2 * page)) != 0)
        {
            throw new InvalidOperationException($"munmap failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint MapPages(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProtectPages(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int UnmapPages(nint address, nuint length);
}
