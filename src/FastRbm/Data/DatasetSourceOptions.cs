namespace FastRbm.Data;

/// <summary>Where data sets are looked for.</summary>
public sealed record DatasetSourceOptions
{
    /// <summary>A directory with a folder for each set ("mnist/train-images-idx3-ubyte.gz"), searched first. Must exist.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>
    /// Where downloads are kept and looked for last; if null, fastrbm in $XDG_CACHE_HOME or ~/.cache (on Windows in the user's
    /// local application data).
    /// </summary>
    public string? CacheDirectory { get; init; }

    /// <summary>Whether a set that no directory holds may be downloaded; true by default.</summary>
    public bool AllowDownload { get; init; } = true;

    /// <summary>Downloads come from here ("BaseAddress/mnist/train-images-idx3-ubyte.gz") instead of each set's publisher.</summary>
    public Uri? BaseAddress { get; init; }

    /// <summary>How long a server may stay silent before a download fails; 30 seconds by default.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Is told what is downloaded from where to where, before it starts.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>Whether NaN in a file that is opened by its path is a missing value; else it is an error.</summary>
    public bool AllowMissing { get; init; }

    /// <summary>Whether a file that is opened by its path may hold any numbers, which are taken as they are; else numbers from 0 to 1.</summary>
    public bool AnyNumbers { get; init; }

    /// <summary>What the numbers of a text file mean, when a path is opened; divisor 1 and no labels if null.</summary>
    public DelimitedTextOptions? Text { get; init; }
}
