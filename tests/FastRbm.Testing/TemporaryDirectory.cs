namespace FastRbm.Testing;

/// <summary>An empty directory of one test's own, removed with all its contents on Dispose.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>Creates it below the system's temporary directory.</summary>
    public TemporaryDirectory()
    {
        FullPath = Directory.CreateTempSubdirectory("fastrbm-test-").FullName;
    }

    /// <summary>Where it is.</summary>
    public string FullPath { get; }

    /// <summary>The path of a file in it, which need not exist.</summary>
    public string File(string name) => Path.Combine(FullPath, name);

    /// <summary>Writes a file in it.</summary>
    /// <returns>The path of the file.</returns>
    public string File(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    /// <summary>The names of all that is in it, in ordinal order.</summary>
    public string[] Names() =>
        [.. Directory.EnumerateFileSystemEntries(FullPath).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Removes it; nothing happens when it has gone already.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FullPath))
        {
            Directory.Delete(FullPath, recursive: true);
        }
    }
}
