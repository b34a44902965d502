using System.Runtime.InteropServices;
using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>Makes a rename durable: on Unix the name of a file is data of its directory, which is flushed on its own.</summary>
/// <remarks>.NET refuses to open a directory, so this calls the system's C library. Windows has nothing to do here.</remarks>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    // The same number on every Unix. Other errors mean that the file system has no such operation.
    private const int InputOutputError = 5;

    /// <summary>Flushes a directory to its disk.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="path">The file in it that an error message names.</param>
    /// <exception cref="IOException">The disk fails.</exception>
    public static void Flush(string directory, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(directory, ReadOnly);
        if (descriptor < 0)
        {
            // A directory may be writable and not readable: then it can't be flushed, and the file is in place all the same.
            return;
        }

        int result = Synchronize(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (result < 0 && error == InputOutputError)
        {
            Throw.File(path, "its directory to be flushed to the disk", Marshal.GetPInvokeErrorMessage(error));
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
