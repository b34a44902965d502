using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>Writes a whole file so that, under its name, it is either the old one or the complete new one.</summary>
/// <remarks>
/// The bytes go to a new temporary file in the same directory, which is flushed to the disk, renamed over the target, and made
/// durable by flushing the directory. A process that dies on the way leaves the target as it was; its temporary file is removed
/// by the next save to the same target. A symbolic link is followed, so the file that it names is replaced and the link stays;
/// the Unix permissions of a replaced file are kept. Safe to call from many threads and processes: the last one to finish wins.
/// </remarks>
internal static class AtomicFile
{
    private const string Suffix = ".tmp";
    private const int BufferSize = 1 << 16;

    // Bounded so that the temporary name stays within 255 bytes whatever the target is called (a UTF-16 unit takes 3 bytes at most).
    private const int MaxNameInTemporary = 60;

    // What IOException.HResult holds when the disk is full.
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int UnixNoSpace = 28;
    private const int NoSystemError = unchecked((int)0x80131620);

    // Tells this process from a dead one that had the same id (in a container it may well be 1 each time).
    private static readonly string _session = Guid.NewGuid().ToString("N")[..12];

    private static int _saves;

    /// <summary>Writes a file of known content.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="content">All of its bytes.</param>
    /// <exception cref="IOException">As for <see cref="Write{TState}"/>.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content) =>
        Write(path, content.Length, content, static (stream, bytes) => stream.Write(bytes));

    /// <summary>Writes a file through a callback.</summary>
    /// <typeparam name="TState">What the callback needs.</typeparam>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="length">Its size in bytes, reserved first so that a full disk is found early; 0 when it isn't known.</param>
    /// <param name="state">Passed to the callback.</param>
    /// <param name="write">Writes the content to a buffered stream. What it throws comes through, wrapped if it is an IOException.</param>
    /// <exception cref="IOException">
    /// The directory is missing or may not be written to, the target is a directory, a device or read-only, or the disk is full or
    /// fails. The one type for all of these, with the path in the message and the system's exception inside. The target is as it was,
    /// except when the directory can't be flushed to a failing disk: then the new file is in place and may not outlive a power cut.
    /// </exception>
    public static void Write<TState>(string path, long length, TState state, Action<Stream, TState> write)
        where TState : allows ref struct
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        string target = Resolve(path);
        string directory = Path.GetDirectoryName(target)!;
        RemoveLeftovers(target);
        string temporary = TemporaryName(target);
        bool created = false;
        try
        {
            using (FileStream stream = Create(temporary, length))
            {
                created = true;
                KeepPermissions(target, stream);
                write(stream, state);
                stream.Flush();
                RandomAccess.FlushToDisk(stream.SafeFileHandle);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception exception)
        {
            Remove(temporary);
            if (exception is IOException or UnauthorizedAccessException)
            {
                // A failed reservation carries no system error: it is the one failure without one before there is a file.
                bool full = IsDiskFull(exception) || (!created && length > 0 && exception.HResult == NoSystemError);
                if (full)
                {
                    string room = length == 0 ? "the file" : string.Create(CultureInfo.InvariantCulture, $"{length} bytes");
                    Throw.File(path, $"room for {room} on the disk", "too little", exception);
                }

                Fail(path, exception);
            }

            throw;
        }

        DirectorySync.Flush(directory, path);
    }

    private static FileStream Create(string temporary, long length) => new(
        temporary,
        new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            PreallocationSize = length,
            BufferSize = BufferSize,
        });

    /// <summary>The full path to replace, after following links, if it is one that may be replaced.</summary>
    private static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        try
        {
            full = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (exception is not (FileNotFoundException or DirectoryNotFoundException))
            {
                Fail(path, exception);
            }
        }

        if (Directory.Exists(full) || Path.EndsInDirectorySeparator(full))
        {
            Throw.File(path, "a file name", "a directory");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            Throw.File(path, $"the directory {Path.GetDirectoryName(full)} to exist", "none");
        }

        // Renaming over a device would replace it for every program on the machine.
        if (!OperatingSystem.IsWindows() && full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal))
        {
            Throw.File(path, "a regular file", "a device");
        }

        // A rename needs no right to write the old file, but whoever made it read-only meant it.
        if (File.Exists(full) && (File.GetAttributes(full) & FileAttributes.ReadOnly) != 0)
        {
            Throw.File(path, "a file that may be replaced", "a read-only one");
        }

        return full;
    }

    private static void KeepPermissions(string target, FileStream stream)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target))
        {
            File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
        }
    }

    private static string TemporaryPrefix(string target)
    {
        string name = Path.GetFileName(target);
        int length = Math.Min(name.Length, MaxNameInTemporary);
        if (length < name.Length && char.IsHighSurrogate(name[length - 1]))
        {
            length--;
        }

        return $".{name[..length]}.";
    }

    private static string TemporaryName(string target)
    {
        string unique = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{_session}-{Interlocked.Increment(ref _saves)}");
        return Path.Combine(Path.GetDirectoryName(target)!, TemporaryPrefix(target) + unique + Suffix);
    }

    /// <summary>Removes what saves to this target left when their process died. Never fails: a leftover harms nobody.</summary>
    private static void RemoveLeftovers(string target)
    {
        string prefix = TemporaryPrefix(target);
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(target)!))
            {
                string name = Path.GetFileName(file);
                if (name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
                    && name.Length >= prefix.Length + Suffix.Length && IsDead(name[prefix.Length..^Suffix.Length]) && !IsLocked(file))
                {
                    Remove(file);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Whether the process that chose a temporary name (id, session, number) is gone.</summary>
    private static bool IsDead(string unique)
    {
        string[] parts = unique.Split('-');
        if (parts.Length != 3 || parts[1].Length != _session.Length || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            return false;
        }

        if (id == Environment.ProcessId)
        {
            return !string.Equals(parts[1], _session, StringComparison.Ordinal);
        }

        try
        {
            using Process process = Process.GetProcessById(id);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>Whether a process still writes the file: one in another container, whose id means nothing here.</summary>
    private static bool IsLocked(string file)
    {
        try
        {
            using FileStream stream = new(file, FileMode.Open, FileAccess.Write, FileShare.None);
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    [DoesNotReturn]
    private static void Fail(string path, Exception exception) => Throw.File(
        path,
        "to write the file",
        exception is UnauthorizedAccessException ? "no permission to do so" : exception.Message.TrimEnd('.'),
        exception);

    private static bool IsDiskFull(Exception exception) =>
        OperatingSystem.IsWindows() ? exception.HResult is WindowsDiskFull or WindowsHandleDiskFull : exception.HResult == UnixNoSpace;
}
