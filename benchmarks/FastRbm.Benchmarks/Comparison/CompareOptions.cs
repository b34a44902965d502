using System.Globalization;
using FastRbm.Benchmarks.Comparison.Jobs;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>What a comparison is asked to do.</summary>
internal sealed record CompareOptions
{
    private const int MostThreads = 1024;

    /// <summary>The arguments that it understands.</summary>
    public const string Usage =
        "[--quick] [--write] [--threads N] [--rounds N] [--data DIR] [--only JOB] [--python PATH] [--timeout SECONDS]";

    /// <summary>Rounds a fifth as long: one epoch in all instead of five.</summary>
    public bool Quick { get; init; }

    /// <summary>Whether the results become files below perf-results.</summary>
    public bool Write { get; init; }

    /// <summary>Everybody is measured with one thread and with as many.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Rounds; null for the usual 25.</summary>
    public int? Rounds { get; init; }

    /// <summary>The directory with data sets and reference-models; $FASTRBM_DATA if null.</summary>
    public string? Data { get; init; }

    /// <summary>The one job to run, or null for all.</summary>
    public string? Only { get; init; }

    /// <summary>The Python interpreter; null to look for one that has each peer's packages.</summary>
    public string? Python { get; init; }

    /// <summary>How long a peer may take for one answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary>Reads the arguments after "compare".</summary>
    /// <exception cref="UsageException">They can't be understood.</exception>
    public static CompareOptions Parse(ReadOnlySpan<string> arguments)
    {
        CompareOptions options = new() { Data = Environment.GetEnvironmentVariable("FASTRBM_DATA") is { Length: > 0 } set ? set : null };
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            switch (name)
            {
                case "--quick":
                    options = options with { Quick = true };
                    continue;
                case "--write":
                    options = options with { Write = true };
                    continue;
            }

            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                throw new UsageException($"expected an option, found \"{name}\"; usage: compare {Usage}");
            }

            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            i++;
            options = name switch
            {
                "--threads" => options with { Threads = Number(name, value, MostThreads) },
                "--rounds" => options with { Rounds = Number(name, value, 1000) },
                "--timeout" => options with { Timeout = TimeSpan.FromSeconds(Number(name, value, 86_400)) },
                "--data" => options with { Data = Value(name, value) },
                "--only" => options with { Only = Value(name, value) },
                "--python" => options with { Python = Value(name, value) },
                _ => throw new UsageException($"unknown option {name}; usage: compare {Usage}"),
            };
        }

        if (options.Only is { } only && !JobSet.Names.Contains(only))
        {
            throw new UsageException($"--only: expected one of {string.Join(", ", JobSet.Names)}, found \"{only}\"");
        }

        if (options.Only is not null && options.Write)
        {
            throw new UsageException("--write: expected all jobs, found --only: recorded results are of one run");
        }

        return options.Data is null || Directory.Exists(options.Data)
            ? options
            : throw new UsageException($"--data (or FASTRBM_DATA): expected a directory, found none of the name {options.Data}");
    }

    private static string Value(string name, string? value) =>
        value is { Length: > 0 } && !value.StartsWith("--", StringComparison.Ordinal) ? value : throw new UsageException($"{name}: expected a value; usage: compare {Usage}");

    private static int Number(string name, string? value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= most
            ? number
            : throw new UsageException($"{name}: expected a number from 1 to {most}, found \"{value}\"");
}
