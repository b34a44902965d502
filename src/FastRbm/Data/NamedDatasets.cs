using FastRbm.Data.Generators;

namespace FastRbm.Data;

/// <summary>The data sets that have a name.</summary>
/// <remarks>
/// Built in: bars-and-stripes, shifter, and, or, xor, not, strokes, reviews. Published: mnist and fashion-mnist (train is the whole file of
/// 60,000 rows; there is no validation split), binarized-mnist (50,000 / 10,000 / 10,000 rows, not downloadable), optdigits
/// (train and test; 8 x 8 pixels of 16 grey levels). Stateless: thread-safe.
/// </remarks>
public static class NamedDatasets
{
    private static readonly Dictionary<string, Func<DatasetSplit, Dataset>> _builtIn = new(StringComparer.Ordinal)
    {
        ["bars-and-stripes"] = _ => BarsAndStripes.Create(),
        ["shifter"] = _ => Shifter.Create(),
        ["and"] = _ => LogicGates.And(),
        ["or"] = _ => LogicGates.Or(),
        ["xor"] = _ => LogicGates.Xor(),
        ["not"] = _ => LogicGates.Not(),
        [StrokesName] = split => Strokes.Create(Strokes.DefaultRows(split), split),
        [ReviewsName] = split => Reviews.Create(Reviews.DefaultRows(split), split),
    };

    private static readonly PublishedSet[] _published =
    [
        MnistLike(
            "mnist",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            new("train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            new("train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            new("t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            new("t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")),
        MnistLike(
            "fashion-mnist",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            new("train-images-idx3-ubyte.gz", 26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            new("train-labels-idx1-ubyte.gz", 29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            new("t10k-images-idx3-ubyte.gz", 4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            new("t10k-labels-idx1-ubyte.gz", 5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")),
        new("binarized-mnist", null, null)
        {
            Splits = new Dictionary<DatasetSplit, (PublishedFile Rows, PublishedFile? Labels)>
            {
                [DatasetSplit.Train] =
                    (new("train-images-idx3-ubyte.gz", 1844294, "29c9b0e88796ccc980a814814e1c510c28ec9591af9ee53de6f5b6f5e7d19992"), null),
                [DatasetSplit.Validation] =
                    (new("valid-images-idx3-ubyte.gz", 368995, "28dbb7038b093a1a7b05d5924828d5d992d9b61b780d40321a83edbfbaeba525"), null),
                [DatasetSplit.Test] =
                    (new("test-images-idx3-ubyte.gz", 349419, "2ec0710ee02fe07a3f8d2b6daec8e2aa068dced78b19a8cd6bc1cedf16247367"), null),
            },
        },
        new(
            "optdigits",
            new Uri("https://archive.ics.uci.edu/ml/machine-learning-databases/optdigits/"),
            new DelimitedTextOptions { Divisor = 16, LabelColumn = LabelColumn.Last, Shape = new ImageShape(8, 8) })
        {
            Splits = new Dictionary<DatasetSplit, (PublishedFile Rows, PublishedFile? Labels)>
            {
                [DatasetSplit.Train] = (new("optdigits.tra", 563639, "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"), null),
                [DatasetSplit.Test] = (new("optdigits.tes", 264712, "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"), null),
            },
        },
    ];

    private const string StrokesName = "strokes";
    private const string ReviewsName = "reviews";

    /// <summary>All names, the built-in ones first.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _builtIn.Keys, .. _published.Select(set => set.Name)];

    /// <summary>Whether a name stands for a data set that the library makes itself, so that no file is needed.</summary>
    /// <param name="name">A name, with or without a split ("strokes:test").</param>
    /// <returns>False for published sets, unknown names and paths.</returns>
    public static bool IsBuiltIn(string name) => _builtIn.ContainsKey(WithoutSplit(name));

    /// <summary>Whether a name stands for a data set, built in or published, rather than for a file.</summary>
    /// <param name="name">A name, with or without a split ("mnist:test").</param>
    /// <returns>False for unknown names and paths.</returns>
    public static bool IsKnown(string name) => IsBuiltIn(name) || FindPublished(WithoutSplit(name)) is not null;

    /// <summary>The splits that a known name has.</summary>
    internal static IReadOnlyList<DatasetSplit> SplitsOf(string name) => name is StrokesName or ReviewsName
        ? [DatasetSplit.Train, DatasetSplit.Validation, DatasetSplit.Test]
        : FindPublished(name) is { } set ? [.. set.Splits.Keys.Order()] : [DatasetSplit.Train];

    /// <summary>A built-in set; null if there is none of this name.</summary>
    internal static Dataset? Create(string name, DatasetSplit split) =>
        _builtIn.TryGetValue(name, out Func<DatasetSplit, Dataset>? create) ? create(split) : null;

    /// <summary>A published set; null if there is none of this name.</summary>
    internal static PublishedSet? FindPublished(string name) => Array.Find(_published, set => set.Name == name);

    /// <summary>The name of the training rows that belong to a name; the name itself for sets without any, files and those rows.</summary>
    internal static string TrainingSplitOf(string nameOrPath) =>
        IsKnown(nameOrPath) && nameOrPath.Contains(':', StringComparison.Ordinal) && !nameOrPath.EndsWith(":train", StringComparison.Ordinal)
            && SplitsOf(WithoutSplit(nameOrPath)).Contains(DatasetSplit.Train)
            ? WithoutSplit(nameOrPath)
            : nameOrPath;

    private static string WithoutSplit(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? name : name[..colon];
    }

    private static PublishedSet MnistLike(
        string name, string mirror, PublishedFile trainRows, PublishedFile trainLabels, PublishedFile testRows, PublishedFile testLabels) =>
        new(name, new Uri(mirror), null)
        {
            Splits = new Dictionary<DatasetSplit, (PublishedFile Rows, PublishedFile? Labels)>
            {
                [DatasetSplit.Train] = (trainRows, trainLabels),
                [DatasetSplit.Test] = (testRows, testLabels),
            },
        };
}
