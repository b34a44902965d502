using System.Globalization;
using System.Runtime.InteropServices;
using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Benchmarks.Comparison.Results;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>Runs all jobs: of every job the contestants one after another, round by round.</summary>
internal sealed class ComparisonRun(CompareOptions options, TextWriter log)
{
    private const int StandardRounds = 25;
    private const int RoundsALine = 5;

    private readonly SortedDictionary<string, string> _peers = new(StringComparer.Ordinal);

    /// <summary>Whether a peer failed or a check did.</summary>
    public bool Failed { get; private set; }

    /// <summary>Runs everything.</summary>
    public ComparisonResult Run()
    {
        using JobSet jobs = new(options);
        int rounds = options.Rounds ?? StandardRounds;
        List<JobResult> results = [.. jobs.All.Select(job => Run(job, rounds))];
        return new ComparisonResult
        {
            Processor = Machine.Processor,
            Processors = Environment.ProcessorCount,
            SimdLevel = SimdSelection.Current.ToString(),
            Date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Commit = Repository.Commit(),
            Rounds = rounds,
            Quick = options.Quick,
            Versions = Versions(),
            Jobs = results,
        };
    }

    private JobResult Run(Job job, int rounds)
    {
        Competitor[] field = [.. Entries.Of(job, options).Select(static entry => new Competitor(entry))];
        try
        {
            Log($"{job.Title}: warming up");
            foreach (Competitor competitor in field)
            {
                competitor.Prepare(job);
            }

            for (int round = 1; round <= rounds; round++)
            {
                if (round == 1 || round % RoundsALine == 0)
                {
                    Log($"{job.Title}: round {round} of {rounds}");
                }

                foreach (Competitor competitor in field)
                {
                    competitor.Round();
                }
            }

            foreach (Competitor competitor in field)
            {
                competitor.Finish();
            }

            return Result(job, field);
        }
        finally
        {
            Array.ForEach(field, static competitor => competitor.Dispose());
        }
    }

    private JobResult Result(Job job, Competitor[] field)
    {
        Competitor fastest = field.Where(static competitor => competitor.Entry.Name == Contestant.FastRbm).MinBy(static competitor => competitor.Seconds.Min())!;
        Dictionary<int, Outcome> references = new() { [fastest.Steps] = fastest.Outcome! };
        List<ContestantResult> rows = [];
        foreach (Competitor competitor in field)
        {
            Entry entry = competitor.Entry;
            if (competitor.Versions is { } versions)
            {
                _peers[entry.Name] = string.Join(", ", versions.Select(static item => $"{item.Key} {item.Value}"));
            }

            ContestantResult row = new() { Contestant = entry.Name, Threads = entry.Threads, Missing = competitor.Out };
            if (row.Ran)
            {
                row = Measured(job, competitor, fastest, Reference(job, fastest, competitor.Steps, references));
            }

            Failed |= competitor.Failed || !row.Agrees;
            rows.Add(row);
            Log($"{job.Title}: {entry.Name}, threads {entry.Threads}: {(row.Ran ? $"{Numbers.Significant(row.BestSeconds, 4)} s, {(row.Agrees ? "check passed" : "check FAILED")}" : row.Missing)}");
        }

        return new JobResult
        {
            Name = job.Name,
            Title = job.Title,
            Unit = job.Unit,
            RateUnit = job.RateUnit,
            Step = job.Step,
            Check = job.Check,
            Rows = rows,
        };
    }

    private static ContestantResult Measured(Job job, Competitor competitor, Competitor fastRbm, Outcome reference)
    {
        Entry entry = competitor.Entry;
        double Scaled(double seconds, Entry of) => seconds * job.ReportedSteps / of.StepsARound;
        double best = Scaled(competitor.Seconds.Min(), entry);
        double bestFastRbm = Scaled(fastRbm.Seconds.Min(), fastRbm.Entry);
        double[] sorted = [.. competitor.Seconds.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return new ContestantResult
        {
            Contestant = entry.Name,
            Threads = entry.Threads,
            UnitsARound = entry.StepsARound,
            BestSeconds = Numbers.Round(best, 4),
            MedianSeconds = Numbers.Round(Scaled(median, entry), 4),
            Rate = Numbers.Round(job.WorkOfAStep * job.ReportedSteps / best, 4),
            TimesFastRbm = Numbers.Round(best / bestFastRbm, 4),
            Figures = [.. job.Measure(competitor.Outcome!, reference, competitor.Steps).Select(static figure => figure with
            {
                Value = Numbers.Round(figure.Value, 6),
                StandardError = Numbers.Round(figure.StandardError, 6),
                FastRbm = Numbers.Round(figure.FastRbm, 6),
                FastRbmStandardError = Numbers.Round(figure.FastRbmStandardError, 6),
                Tolerance = Numbers.Round(figure.Tolerance, 6),
            })],
            BytesAUnit = competitor.Bytes is { } bytes ? Numbers.Round((double)bytes / entry.StepsARound, 6) : null,
        };
    }

    /// <summary>FastRbm's outcome after some steps: of its own rounds, or of a run that isn't timed.</summary>
    private static Outcome Reference(Job job, Competitor fastRbm, int steps, Dictionary<int, Outcome> references)
    {
        if (!references.TryGetValue(steps, out Outcome? outcome))
        {
            using IContestant contestant = job.FastRbm(fastRbm.Entry.Threads);
            contestant.Begin();
            contestant.Run(0, steps);
            outcome = contestant.Finish();
            references[steps] = outcome;
        }

        return outcome;
    }

    private Dictionary<string, string> Versions()
    {
        Dictionary<string, string> versions = new(StringComparer.Ordinal)
        {
            ["operating system"] = RuntimeInformation.OSDescription,
            [".NET"] = RuntimeInformation.FrameworkDescription,
            ["System.Numerics.Tensors"] = typeof(System.Numerics.Tensors.TensorPrimitives).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        };
        foreach ((string name, string version) in _peers)
        {
            versions[name] = version;
        }

        return versions;
    }

    private void Log(string line) => log.WriteLine(line);
}
