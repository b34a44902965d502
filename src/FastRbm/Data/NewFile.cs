namespace FastRbm.Data;

/// <summary>A file that gets its name only when it is complete: written beside its place under another name, then renamed.</summary>
internal sealed class NewFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private bool _completed;

    /// <summary>Creates the temporary file; the directory must exist.</summary>
    public NewFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        _temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    /// <summary>Where to write.</summary>
    public FileStream Stream { get; }

    /// <summary>Gives the file its name, replacing what had it.</summary>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _completed = true;
    }

    /// <summary>Removes the file unless it was completed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_completed)
        {
            File.Delete(_temporary);
        }
    }
}
