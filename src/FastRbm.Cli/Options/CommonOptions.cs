using System.CommandLine;
using FastRbm.Data;
using FastRbm.Training;

namespace FastRbm.Cli.Options;

/// <summary>Options that more than one command has.</summary>
internal static class CommonOptions
{
    /// <summary>Where models come from.</summary>
    public static Option<string> Model() => OptionFactory.RequiredText("--model", "The model: a safetensors file", "file");

    /// <summary>One JSON object a line instead of a table.</summary>
    public static Option<bool> Json() => OptionFactory.Switch("--json", "Write one JSON object a line");

    /// <summary>The seed.</summary>
    public static Option<ulong> Seed() =>
        OptionFactory.Seed("--seed", "The seed of all random numbers: the same seed gives the same result", new TrainingOptions().Seed);

    /// <summary>Threads.</summary>
    public static Option<int?> Threads() =>
        OptionFactory.OptionalInteger("--threads", "Threads; results don't depend on them [default: all processors]", least: 1);

    /// <summary>Where named data sets are looked for.</summary>
    public static Option<string?> DataDirectory() => OptionFactory.Text(
        "--data-dir", "Where named data sets are looked for first, then in $FASTRBM_DATA and the user's cache", "directory");

    /// <summary>The words about data in the description of an option.</summary>
    public static string DataHelp =>
        $"A file (IDX, .npy or text, plain or gzipped) or a name: {string.Join(", ", NamedDatasets.Names)}; :train, :validation or :test picks a split";

    /// <summary>The number of threads.</summary>
    public static int ThreadsOf(ParseResult parse, Option<int?> option) => parse.GetValue(option) ?? Environment.ProcessorCount;
}
