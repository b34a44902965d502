using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Benchmarks.Comparison.Peers;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>An entry at work: its contestant, its times, and why it is out if it is.</summary>
internal sealed class Competitor(Entry entry) : IDisposable
{
    private IContestant? _contestant;

    /// <summary>What was entered.</summary>
    public Entry Entry { get; } = entry;

    /// <summary>Seconds of each round.</summary>
    public List<double> Seconds { get; } = [];

    /// <summary>Bytes allocated in the round with the fewest, as other threads of the process allocate too; null where they can't be seen.</summary>
    public long? Bytes { get; private set; }

    /// <summary>Updates or sweeps since the start.</summary>
    public int Steps { get; private set; }

    /// <summary>What came of it.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>The peer's packages; null if it is none.</summary>
    public IReadOnlyDictionary<string, string>? Versions { get; private set; }

    /// <summary>Why it is out; null while it isn't.</summary>
    public string? Out { get; private set; }

    /// <summary>Whether it is out for another reason than not being installed.</summary>
    public bool Failed { get; private set; }

    /// <summary>Starts it, warms it up and brings it to the start of the first round.</summary>
    public void Prepare(Job job) => Try(() =>
    {
        _contestant = Entry.Create();
        Versions = (_contestant as PeerContestant)?.Versions;
        _contestant.Begin();
        _contestant.Run(0, Math.Min(job.WarmSteps, Entry.StepsARound));
        _contestant.Begin();
        if (Entry.LeadIn > 0)
        {
            _contestant.Run(0, Entry.LeadIn);
            Steps = Entry.LeadIn;
        }
    });

    /// <summary>Runs a round.</summary>
    public void Round() => Try(() =>
    {
        Timing timing = _contestant!.Run(Steps, Entry.StepsARound);
        Steps += Entry.StepsARound;
        Seconds.Add(timing.Seconds);
        Bytes = Bytes is { } least && timing.Bytes is { } bytes ? Math.Min(least, bytes) : timing.Bytes;
    });

    /// <summary>Takes its outcome and ends it.</summary>
    public void Finish()
    {
        Try(() => Outcome = _contestant!.Finish());
        Dispose();
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _contestant?.Dispose();
        _contestant = null;
    }

    private void Try(Action action)
    {
        if (Out is not null)
        {
            return;
        }

        try
        {
            action();
        }
        catch (MissingPeerException error)
        {
            Out = error.Message;
        }
        catch (PeerException error)
        {
            Out = $"failed: {error.Message}";
            Failed = true;
            Dispose();
        }
    }
}
