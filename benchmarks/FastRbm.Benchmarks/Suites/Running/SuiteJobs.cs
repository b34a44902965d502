using System.Runtime.Intrinsics;
using BenchmarkDotNet.Jobs;
using FastRbm.Kernels.Simd;
using Perfolizer.Horology;

namespace FastRbm.Benchmarks.Suites.Running;

/// <summary>The jobs of the suites: how long to measure, at which SIMD level.</summary>
internal static class SuiteJobs
{
    /// <summary>The environment variable that a job's level is read back from.</summary>
    public const string LevelVariable = SimdSelection.VariableName;

    private static readonly Dictionary<string, SimdLevel> _names = new()
    {
        ["scalar"] = SimdLevel.Scalar,
        ["128"] = SimdLevel.Vector128,
        ["256"] = SimdLevel.Vector256,
        ["512"] = SimdLevel.Vector512,
    };

    /// <summary>The levels that the machine has instructions for, and scalar.</summary>
    public static IReadOnlyList<SimdLevel> Accelerated { get; } =
    [
        SimdLevel.Scalar,
        .. Vector128.IsHardwareAccelerated ? (SimdLevel[])[SimdLevel.Vector128] : [],
        .. Vector256.IsHardwareAccelerated ? (SimdLevel[])[SimdLevel.Vector256] : [],
        .. Vector512.IsHardwareAccelerated ? (SimdLevel[])[SimdLevel.Vector512] : [],
    ];

    /// <summary>Some seconds a benchmark.</summary>
    public static Job Usual { get; } = new Job("usual").WithWarmupCount(3).WithIterationCount(12).WithIterationTime(TimeInterval.FromMilliseconds(150));

    /// <summary>The levels that an argument such as "256,512" names.</summary>
    /// <param name="text">Names between commas.</param>
    public static IReadOnlyList<SimdLevel> Levels(string text)
    {
        List<SimdLevel> levels = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!_names.TryGetValue(name, out SimdLevel level) || !Accelerated.Contains(level))
            {
                string known = string.Join(", ", _names.Where(static pair => Accelerated.Contains(pair.Value)).Select(static pair => pair.Key));
                throw new UsageException($"--levels: expected some of {known}, the levels of this machine, found \"{name}\"");
            }

            levels.Add(level);
        }

        return [.. levels.Distinct()];
    }

    /// <summary>The job of BenchmarkDotNet that an argument names.</summary>
    /// <param name="text">dry, short, medium or long.</param>
    public static Job Length(string text) => text.ToUpperInvariant() switch
    {
        "USUAL" => Usual,
        "DRY" => Job.Dry,
        "SHORT" => Job.ShortRun,
        "MEDIUM" => Job.MediumRun,
        "LONG" => Job.LongRun,
        _ => throw new UsageException($"--job: expected usual, dry, short, medium or long, found \"{text}\""),
    };

    /// <summary>A job at a level, with the settings that the command line runs with.</summary>
    /// <param name="length">How long to measure.</param>
    /// <param name="level">The level.</param>
    public static Job At(Job length, SimdLevel level) => length
        .WithId(Name(level))
        .WithEnvironmentVariables(
            new EnvironmentVariable("DOTNET_TieredCompilation", "0"),
            new EnvironmentVariable(LevelVariable, Name(level)))
        .WithGcConcurrent(false)
        .WithGcServer(false);

    /// <summary>The level of a job.</summary>
    /// <param name="job">A job of <see cref="At"/>.</param>
    public static SimdLevel LevelOf(Job job) =>
        _names[job.Environment.EnvironmentVariables.Single(static variable => variable.Key == LevelVariable).Value];

    private static string Name(SimdLevel level) => _names.Single(pair => pair.Value == level).Key;
}
