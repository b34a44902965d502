using FastRbm.Errors;

namespace FastRbm.Data;

/// <summary>Opens data sets by name ("mnist:test") or by path.</summary>
/// <remarks>
/// A published set is looked for in the given data directory, in $FASTRBM_DATA and in the user's cache, in a folder of its name;
/// if it is nowhere it is downloaded once into the cache, with its checksum verified. Stateless: thread-safe; two processes may
/// download the same set at once.
/// </remarks>
public static class DatasetSource
{
    private const string DirectoryVariable = "FASTRBM_DATA";
    private const string CacheVariable = "XDG_CACHE_HOME";

    /// <summary>Opens a data set.</summary>
    /// <param name="nameOrPath">
    /// A name of <see cref="NamedDatasets.Names"/>, with :train (what it is without), :validation or :test; or the path of a file that
    /// <see cref="DatasetReader"/> knows. A name comes before a file of the same name: write ./mnist for the file.
    /// </param>
    /// <param name="options">Where to look; the defaults if null.</param>
    /// <param name="cancellationToken">Stops a download.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="InvalidInputException">
    /// The name is unknown and no file; the set has no such split; its files are nowhere (the message names every place that was
    /// searched) or damaged.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled by the token.</exception>
    public static Dataset Open(string nameOrPath, DatasetSourceOptions? options = null, CancellationToken cancellationToken = default) =>
        Open(nameOrPath, options ?? new DatasetSourceOptions(), Environment.GetEnvironmentVariable, cancellationToken);

    /// <summary>Whether a named set can be opened without a download: built in, or found where sets are looked for.</summary>
    /// <param name="name">A name of <see cref="NamedDatasets.Names"/>, without a split: its training rows are looked for.</param>
    /// <param name="options">Where to look; the defaults if null.</param>
    /// <returns>Whether its file is there; whether it is whole shows when it is opened.</returns>
    public static bool IsLocal(string name, DatasetSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (NamedDatasets.FindPublished(name) is not { } set)
        {
            return NamedDatasets.IsBuiltIn(name);
        }

        options ??= new DatasetSourceOptions();
        string? cache = options.CacheDirectory ?? UserCache(Environment.GetEnvironmentVariable);
        PublishedFile rows = set.Splits[DatasetSplit.Train].Rows;
        return Places(set, options, cache, Environment.GetEnvironmentVariable).Any(place => Find(place.Folder, rows) is not null);
    }

    /// <summary>Opens a data set with the environment variables given as a function.</summary>
    internal static Dataset Open(
        string nameOrPath, DatasetSourceOptions options, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        if (!NamedDatasets.IsKnown(nameOrPath))
        {
            if (!Path.Exists(nameOrPath))
            {
                Throw.Input(
                    nameOrPath,
                    $"the path of a file or one of the names {string.Join(", ", NamedDatasets.Names)} (with :train, :validation or :test)",
                    "neither");
            }

            return DatasetReader.Read(nameOrPath, options.Text, allowMissing: options.AllowMissing, anyNumbers: options.AnyNumbers);
        }

        int colon = nameOrPath.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? nameOrPath : nameOrPath[..colon];
        DatasetSplit split = ParseSplit(nameOrPath, name, colon < 0 ? null : nameOrPath[(colon + 1)..]);
        return NamedDatasets.Create(name, split)
            ?? OpenPublished(NamedDatasets.FindPublished(name)!, split, options, environment, cancellationToken);
    }

    private static DatasetSplit ParseSplit(string source, string name, string? suffix)
    {
        IReadOnlyList<DatasetSplit> splits = NamedDatasets.SplitsOf(name);
        foreach (DatasetSplit split in splits)
        {
            if (suffix is null || suffix == Suffix(split))
            {
                return split;
            }
        }

        string expected = splits.Count == 1 ? $"{name} without a suffix or with :train, as it has no other split"
            : $"a split that {name} has ({string.Join(", ", splits.Select(split => ":" + Suffix(split)))})";
        Throw.Input(source, expected, $":{suffix}");
        return default;
    }

    private static string Suffix(DatasetSplit split) => split switch
    {
        DatasetSplit.Train => "train",
        DatasetSplit.Validation => "validation",
        _ => "test",
    };

    /// <summary>Opens a split of a published set.</summary>
    internal static Dataset OpenPublished(
        PublishedSet set, DatasetSplit split, DatasetSourceOptions options, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        string source = $"{set.Name}:{Suffix(split)}";
        (PublishedFile rows, PublishedFile? labels) = set.Splits[split];
        if (options.DataDirectory is not null && !Directory.Exists(options.DataDirectory))
        {
            Throw.Input(options.DataDirectory, "a data directory", "nothing, or a file, of that name");
        }

        string? cache = options.CacheDirectory ?? UserCache(environment);
        List<(string Place, string Folder)> places = Places(set, options, cache, environment);
        foreach ((_, string folder) in places)
        {
            if (Find(folder, rows) is { } path)
            {
                return Read(set, source, path, labels is null ? null : Find(folder, labels));
            }
        }

        string? failure = Download(set, rows, labels, cache, options, cancellationToken);
        if (failure is not null)
        {
            string searched = places.Count == 0 ? "a data directory"
                : "one of " + string.Join(", ", places.Select(place => $"{place.Folder} ({place.Place})"));
            string unset = string.IsNullOrEmpty(environment(DirectoryVariable)) ? $" (${DirectoryVariable} is not set)" : string.Empty;
            Throw.Input(source, $"the file {rows.Name} in {searched}", $"it nowhere{unset}, and {failure}");
        }

        string downloaded = Path.Combine(cache!, set.Name);
        return Read(set, source, Path.Combine(downloaded, rows.Name), labels is null ? null : Path.Combine(downloaded, labels.Name));
    }

    private static List<(string Place, string Folder)> Places(
        PublishedSet set, DatasetSourceOptions options, string? cache, Func<string, string?> environment)
    {
        List<(string Place, string Folder)> places = [];
        AddPlace(places, "the data directory", options.DataDirectory, set.Name);
        AddPlace(places, "$" + DirectoryVariable, environment(DirectoryVariable), set.Name);
        AddPlace(places, "the cache", cache, set.Name);
        return places;
    }

    private static Dataset Read(PublishedSet set, string name, string path, string? labelsPath) => set.Text is null
        ? IdxReader.Read(path, labelsPath, name)
        : DelimitedTextReader.Read(path, set.Text, name);

    private static string? Download(
        PublishedSet set, PublishedFile rows, PublishedFile? labels, string? cache, DatasetSourceOptions options, CancellationToken cancellationToken)
    {
        Uri? mirror = options.BaseAddress is null ? set.Mirror : new Uri(options.BaseAddress.AbsoluteUri.TrimEnd('/') + $"/{set.Name}/");
        if (mirror is null)
        {
            return $"{set.Name} can't be downloaded: no public server has these files";
        }

        if (!options.AllowDownload)
        {
            return "downloads are switched off";
        }

        if (cache is null)
        {
            return "it can't be downloaded: the user has no cache directory";
        }

        // Labels first: where rows are found, their labels are then there too, even if a download was broken off in between.
        foreach (PublishedFile? file in (ReadOnlySpan<PublishedFile?>)[labels, rows])
        {
            if (file is null)
            {
                continue;
            }

            var address = new Uri(mirror, file.Name);
            string target = Path.Combine(cache, set.Name, file.Name);
            options.Report?.Invoke($"downloading {address} ({file.Bytes} bytes) to {target}");
            string? failure = Task.Run(
                () => Downloader.FetchAsync(address, target, file, options.Patience, cancellationToken), cancellationToken).GetAwaiter().GetResult();
            if (failure is not null)
            {
                return $"downloading {address} failed: {failure}";
            }
        }

        return null;
    }

    private static void AddPlace(List<(string Place, string Folder)> places, string place, string? directory, string set)
    {
        if (!string.IsNullOrEmpty(directory))
        {
            places.Add((place, Path.Combine(directory, set)));
        }
    }

    private static string? Find(string folder, PublishedFile file)
    {
        foreach (string spelling in file.Spellings)
        {
            string path = Path.Combine(folder, spelling);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    private static string? UserCache(Func<string, string?> environment)
    {
        if (OperatingSystem.IsWindows())
        {
            return Below(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "fastrbm");
        }

        // The XDG base directory specification has relative paths ignored.
        string? cache = environment(CacheVariable);
        return Path.IsPathFullyQualified(cache ?? string.Empty)
            ? Below(cache!, "fastrbm")
            : Below(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/fastrbm");
    }

    private static string? Below(string directory, string path) => directory.Length == 0 ? null : Path.Combine(directory, path);
}
