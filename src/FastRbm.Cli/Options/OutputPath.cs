using FastRbm.Data;

namespace FastRbm.Cli.Options;

/// <summary>Finds out before any work whether a file can be written, so that nobody trains for an hour in vain.</summary>
internal static class OutputPath
{
    /// <summary>Refuses a path that can't become a file. Leaves nothing behind.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="IOException">It can't.</exception>
    public static void RequireWritable(string path)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new IOException($"{path}: expected a file name, found a directory.");
        }

        string target = Resolve(path);
        string directory = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(directory))
        {
            throw new IOException($"{path}: expected the directory {directory} to exist, found none.");
        }

        if (!OperatingSystem.IsWindows() && target.StartsWith("/dev/", StringComparison.Ordinal) && !target.StartsWith("/dev/shm/", StringComparison.Ordinal))
        {
            throw new IOException($"{path}: expected a regular file, found a device.");
        }

        if (File.Exists(target) && (File.GetAttributes(target) & FileAttributes.ReadOnly) != 0)
        {
            throw new IOException($"{path}: expected a file that may be replaced, found a read-only one.");
        }

        RequireWritableDirectory(directory, path);
    }

    /// <summary>Makes a directory for pictures, if there is none, and refuses one that can't be written to.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="IOException">It can't be made or written to.</exception>
    public static void MakeDirectory(string directory)
    {
        if (File.Exists(directory))
        {
            throw new IOException($"{directory}: expected a directory, found a file.");
        }

        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{directory}: expected to make the directory, found {exception.Message.TrimEnd('.')}.", exception);
        }

        RequireWritableDirectory(directory, directory);
    }

    /// <summary>Refuses an output that is also another file of the command.</summary>
    /// <param name="option">The option that names the output.</param>
    /// <param name="path">The output.</param>
    /// <param name="otherOption">The option that names the other file.</param>
    /// <param name="other">The other file, the name of a data set, or null.</param>
    /// <exception cref="UsageException">They are the same file.</exception>
    public static void RequireOther(string option, string path, string otherOption, string? other)
    {
        if (other is null || (otherOption is "--data" or "--validation" && NamedDatasets.IsKnown(other)))
        {
            return;
        }

        StringComparison comparison = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (string.Equals(Resolve(path), Resolve(other), comparison))
        {
            throw new UsageException($"{option}: expected another file than {otherOption}, found {path} for both.");
        }
    }

    /// <summary>Whether an output is a picture, by its name: .png, or .npy for numbers.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static bool IsPicture(string output)
    {
        string extension = Path.GetExtension(output);
        return extension.Equals(".png", StringComparison.OrdinalIgnoreCase) || (extension.Equals(".npy", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new UsageException($"--output: expected a file name that ends in .png or .npy, found {output}."));
    }

    /// <summary>The path of a file beside another: "a/model.safetensors" and "last-good" give "a/model.last-good.safetensors".</summary>
    public static string Beside(string path, string what) =>
        Path.Combine(Path.GetDirectoryName(path) ?? string.Empty, $"{Path.GetFileNameWithoutExtension(path)}.{what}.safetensors");

    /// <summary>The full path with the links in it followed, as far as it exists.</summary>
    private static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        string resolved = Path.GetPathRoot(full)!;
        foreach (string part in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            try
            {
                resolved = File.ResolveLinkTarget(resolved, returnFinalTarget: true)?.FullName ?? resolved;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // What doesn't exist is no link; a circle of links fails when the file is opened.
            }
        }

        return resolved;
    }

    private static void RequireWritableDirectory(string directory, string path)
    {
        string probe = Path.Combine(directory, $".rbm-{Guid.NewGuid():N}.tmp");
        try
        {
            using FileStream stream = new(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string found = exception is UnauthorizedAccessException ? "no permission to do so" : exception.Message.TrimEnd('.');
            throw new IOException($"{path}: expected to write files in {directory}, found {found}.", exception);
        }
    }
}
