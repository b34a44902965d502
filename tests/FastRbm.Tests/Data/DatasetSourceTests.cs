using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Testing;

namespace FastRbm.Tests.Data;

public sealed class DatasetSourceTests
{
    private static readonly byte[] _images = TestFiles.Gzip(TestFiles.Idx(8, [3, 1, 2], 1, 2, 3, 4, 5, 6));
    private static readonly byte[] _labels = TestFiles.Gzip(TestFiles.Idx(8, [3], 7, 8, 9));
    private static readonly PublishedSet _toy = MakeToy(null);
    private static readonly Func<string, string?> _noVariables = _ => null;

    [Fact]
    public void A_set_is_local_when_it_is_built_in_or_its_rows_are_found()
    {
        using TestFiles files = new();
        DatasetSourceOptions options = new() { DataDirectory = files.Folder, CacheDirectory = files.Folder };
        Assert.True(DatasetSource.IsLocal("strokes", options));
        Assert.False(DatasetSource.IsLocal("nothing", options));
        files.Write(_images, "mnist/train-images-idx3-ubyte.gz");
        Assert.True(DatasetSource.IsLocal("mnist", options));
        Assert.True(TestData.Directory is not null || !DatasetSource.IsLocal("fashion-mnist", options));
    }

    [Theory]
    [InlineData("bars-and-stripes", 32)]
    [InlineData("bars-and-stripes:train", 32)]
    [InlineData("shifter", 768)]
    [InlineData("and", 4)]
    [InlineData("or", 4)]
    [InlineData("xor", 4)]
    [InlineData("not", 2)]
    [InlineData("strokes", 5000)]
    [InlineData("strokes:train", 5000)]
    [InlineData("strokes:validation", 500)]
    [InlineData("strokes:test", 500)]
    [InlineData("reviews", 8000)]
    [InlineData("reviews:validation", 2000)]
    [InlineData("reviews:test", 2000)]
    public void Built_in_sets_open_by_name(string name, int rows)
    {
        Dataset data = Open(name, new DatasetSourceOptions { AllowDownload = false });
        Assert.Equal(rows, data.Rows);
        Assert.StartsWith(name.Split(':')[0], data.Name, StringComparison.Ordinal);
        Assert.True(NamedDatasets.IsBuiltIn(name));
        Assert.True(NamedDatasets.IsKnown(name));
    }

    [Theory]
    [InlineData("xor:test", "xor without a suffix")]
    [InlineData("xor:", "xor without a suffix")]
    [InlineData("bars-and-stripes:validation", "no other split")]
    [InlineData("strokes:tset", ":train, :validation, :test")]
    [InlineData("mnist:validation", "(:train, :test)")]
    [InlineData("fashion-mnist:validation", "(:train, :test)")]
    [InlineData("optdigits:validation", "(:train, :test)")]
    [InlineData("binarized-mnist:valid", "(:train, :validation, :test)")]
    public void A_split_that_a_set_does_not_have_is_refused(string name, string word)
    {
        TestFiles.Refused(() => Open(name), name, word);
    }

    [Theory]
    [InlineData("mnits")]
    [InlineData("MNIST")]
    [InlineData("./no/such/file.npy")]
    [InlineData("C:\\no\\such.npy")]
    [InlineData("nothing:train")]
    [InlineData(":train")]
    public void An_unknown_name_that_is_no_file_lists_the_known_names(string name)
    {
        TestFiles.Refused(() => Open(name), name, "bars-and-stripes, shifter, and, or, xor, not, strokes, reviews, mnist, fashion-mnist, binarized-mnist, optdigits");
        Assert.False(NamedDatasets.IsKnown(name));
        Assert.False(NamedDatasets.IsBuiltIn(name));
    }

    [Fact]
    public void A_path_opens_its_file_also_with_a_colon()
    {
        using var files = new TestFiles();
        string name = OperatingSystem.IsWindows() ? "rows.txt" : "rows:train";
        string path = files.Write("0 255\n", name);
        Dataset data = Open(path, new DatasetSourceOptions { Text = new DelimitedTextOptions { Divisor = 255 } });
        Assert.Equal((1, 2, path), (data.Rows, data.Columns, data.Name));
        TestFiles.Refused(() => Open(files.Folder), "a directory");
        Assert.Throws<ArgumentException>(() => Open(string.Empty));
    }

    [Fact]
    public void Directories_are_searched_in_order_and_labels_stay_with_their_rows()
    {
        using var files = new TestFiles();
        string given = Path.Combine(files.Folder, "given");
        string variable = Path.Combine(files.Folder, "variable");
        string cache = Path.Combine(files.Folder, "cache");
        Directory.CreateDirectory(given);
        var options = new DatasetSourceOptions { DataDirectory = given, AllowDownload = false };
        string? Environment(string name) => name switch { "FASTRBM_DATA" => variable, "XDG_CACHE_HOME" => cache, _ => null };
        Dataset OpenToy() => DatasetSource.OpenPublished(_toy, DatasetSplit.Train, options, Environment, TestContext.Current.CancellationToken);

        Assert.SkipWhen(OperatingSystem.IsWindows(), "the cache follows XDG_CACHE_HOME on other systems");
        string wanted = Path.Combine("toy", "images.gz");
        TestFiles.Refused(
            () => OpenToy(), "toy:train", "images.gz", Path.Combine(given, "toy"), Path.Combine(variable, "toy") + " ($FASTRBM_DATA)",
            Path.Combine(cache, "fastrbm", "toy") + " (the cache)", "toy can't be downloaded");
        DatasetSourceOptions mirrored = options with { BaseAddress = new Uri("http://127.0.0.1:1") };
        TestFiles.Refused(
            () => DatasetSource.OpenPublished(_toy, DatasetSplit.Train, mirrored, Environment, TestContext.Current.CancellationToken),
            "downloads are switched off");
        files.Write(TestFiles.Gzip(TestFiles.Idx(8, [1, 2], 1, 2)), Path.Combine("cache", "fastrbm", wanted));
        Assert.Equal(1, OpenToy().Rows);
        files.Write(_labels, Path.Combine("cache", "fastrbm", "toy", "labels.gz"));
        TestFiles.Refused(() => OpenToy(), "1 labels", "found 3");
        files.Write(TestFiles.Idx(8, [2, 2], 1, 2, 3, 4), Path.Combine("variable", "toy", "images"));
        Dataset two = OpenToy();
        Assert.Equal((2, true, "toy:train"), (two.Rows, two.Labels.IsEmpty, two.Name));
        files.Write(_images, Path.Combine("given", wanted));
        files.Write(TestFiles.Idx(8, [3], 7, 8, 9), Path.Combine("given", "toy", "labels"));
        Assert.Equal([7, 8, 9], OpenToy().Labels.ToArray());
        files.Write([1, 2, 3], Path.Combine("given", wanted));
        TestFiles.Refused(() => OpenToy(), Path.Combine(given, wanted), "IDX");
        options = options with { DataDirectory = Path.Combine(files.Folder, "none") };
        TestFiles.Refused(() => OpenToy(), "none", "a data directory");
    }

    [Fact]
    public void An_unset_variable_is_mentioned_and_relative_caches_are_ignored()
    {
        using var files = new TestFiles();
        var options = new DatasetSourceOptions { AllowDownload = false };
        string? Environment(string name) => name == "XDG_CACHE_HOME" ? "relative" : string.Empty;
        InvalidInputException error = TestFiles.Refused(
            () => DatasetSource.OpenPublished(_toy, DatasetSplit.Train, options, Environment, TestContext.Current.CancellationToken),
            "$FASTRBM_DATA is not set");
        Assert.DoesNotContain("relative", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_download_is_checked_kept_and_not_repeated()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        server.Serve("/data/toy/images.gz", _images);
        server.ServeWithoutLength("/data/toy/labels.gz", _labels);
        List<string> reports = [];
        DatasetSourceOptions options = ToyOptions(files, server.Base) with { Report = reports.Add };
        Dataset first = OpenToy(options);
        Assert.Equal([7, 8, 9], first.Labels.ToArray());
        Assert.Equal(["/data/toy/labels.gz", "/data/toy/images.gz"], server.Requests);
        Assert.Equal(2, reports.Count);
        Assert.Contains("images.gz", reports[1], StringComparison.Ordinal);
        Assert.Equal(first.Fingerprint(), OpenToy(options).Fingerprint());
        Assert.Equal(2, server.Requests.Length);
        Assert.Equal(["images.gz", "labels.gz"], Names(files));
    }

    [Fact]
    public void A_set_with_a_publisher_is_downloaded_from_there()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        server.Serve("/data/images.gz", _images);
        server.Serve("/data/labels.gz", _labels);
        PublishedSet set = MakeToy(new Uri(server.Base + "/"));
        DatasetSourceOptions options = ToyOptions(files, null);
        Assert.Equal(3, DatasetSource.OpenPublished(set, DatasetSplit.Train, options, _noVariables, TestContext.Current.CancellationToken).Rows);
    }

    [Fact]
    public void A_wrong_checksum_leaves_nothing_behind()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        byte[] other = [.. _images];
        other[^1] ^= 1;
        server.Serve("/data/toy/labels.gz", _labels);
        server.Serve("/data/toy/images.gz", other);
        TestFiles.Refused(() => OpenToy(ToyOptions(files, server.Base)), "SHA-256", Sum(other), Sum(_images), "/data/toy/images.gz");
        Assert.Equal(["labels.gz"], Names(files));
    }

    [Theory]
    [InlineData("missing", "HTTP 404 Not Found")]
    [InlineData("truncated", "")]
    [InlineData("truncated without length", "bytes with SHA-256")]
    [InlineData("too long", "more than the")]
    [InlineData("silent", "no answer for")]
    public void A_failed_download_says_why_and_leaves_nothing_behind(string what, string word)
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        const string Path = "/data/toy/labels.gz";
        switch (what)
        {
            case "truncated":
                server.Serve(Path, _labels[..^5], _labels.Length);
                break;
            case "truncated without length":
                server.ServeWithoutLength(Path, _labels[..^5]);
                break;
            case "too long":
                server.Serve(Path, [.. _labels, 0]);
                break;
            case "silent":
                server.StaySilent(Path);
                break;
        }

        DatasetSourceOptions options = ToyOptions(files, server.Base) with { Patience = TimeSpan.FromSeconds(what == "silent" ? 0.2 : 30) };
        TestFiles.Refused(() => OpenToy(options), "toy:train", "downloading", Path, "failed", word);
        Assert.Empty(Names(files));
    }

    [Fact]
    public void No_network_is_an_error_that_names_the_address()
    {
        using var files = new TestFiles();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        TestFiles.Refused(() => OpenToy(ToyOptions(files, new Uri($"http://127.0.0.1:{port}"))), $"127.0.0.1:{port}/toy/labels.gz", "failed");
        Assert.Empty(Names(files));
    }

    [Fact]
    public void A_cache_that_can_not_be_written_is_an_error()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        server.Serve("/data/toy/labels.gz", _labels);
        string file = files.Write("not a directory", "occupied");
        DatasetSourceOptions options = ToyOptions(files, server.Base) with { CacheDirectory = Path.Combine(file, "cache") };
        TestFiles.Refused(() => OpenToy(options), "failed", "occupied");
    }

    [Fact]
    public void A_cancelled_download_stops_and_leaves_nothing_behind()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        server.StaySilent("/data/toy/labels.gz");
        using var cancel = new CancellationTokenSource();
        cancel.CancelAfter(100);
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetSource.OpenPublished(_toy, DatasetSplit.Train, ToyOptions(files, server.Base), _noVariables, cancel.Token));
        Assert.Empty(Names(files));
    }

    [Fact]
    public void Binarized_digits_are_not_downloadable_and_say_so()
    {
        using var files = new TestFiles();
        var options = new DatasetSourceOptions { CacheDirectory = files.Folder };
        TestFiles.Refused(
            () => DatasetSource.Open("binarized-mnist:test", options, _noVariables, TestContext.Current.CancellationToken),
            "binarized-mnist:test", "test-images-idx3-ubyte.gz", "can't be downloaded", Path.Combine(files.Folder, "binarized-mnist"));
    }

    [Fact]
    public void Real_files_pass_their_checksums_when_downloaded()
    {
        using var files = new TestFiles();
        using var server = new LoopbackServer();
        foreach (string file in (string[])["mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz", "optdigits/optdigits.tes"])
        {
            server.Serve("/data/" + file, File.ReadAllBytes(TestFiles.Real(file)));
        }

        DatasetSourceOptions options = ToyOptions(files, server.Base);
        Dataset digits = DatasetSource.Open("mnist:test", options, _noVariables, TestContext.Current.CancellationToken);
        Assert.Equal((10_000, 10_000, new ImageShape(28, 28)), (digits.Rows, digits.Labels.Length, digits.Shape));
        Assert.Equal(1797, DatasetSource.Open("optdigits:test", options, _noVariables, TestContext.Current.CancellationToken).Rows);
    }

    private static Dataset Open(string name, DatasetSourceOptions? options = null) =>
        DatasetSource.Open(name, options, TestContext.Current.CancellationToken);

    private static Dataset OpenToy(DatasetSourceOptions options) =>
        DatasetSource.OpenPublished(_toy, DatasetSplit.Train, options, _noVariables, TestContext.Current.CancellationToken);

    private static DatasetSourceOptions ToyOptions(TestFiles files, Uri? address) =>
        new() { CacheDirectory = Path.Combine(files.Folder, "cache"), BaseAddress = address };

    private static PublishedSet MakeToy(Uri? mirror) => new("toy", mirror, null)
    {
        Splits = new Dictionary<DatasetSplit, (PublishedFile Rows, PublishedFile? Labels)>
        {
            [DatasetSplit.Train] = (
                new PublishedFile("images.gz", _images.Length, Sum(_images)), new PublishedFile("labels.gz", _labels.Length, Sum(_labels))),
        },
    };

    private static string Sum(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static IEnumerable<string?> Names(TestFiles files) =>
        Directory.GetFiles(files.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
