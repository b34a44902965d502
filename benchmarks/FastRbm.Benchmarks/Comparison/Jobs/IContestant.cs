namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>Does a job. One is at work at a time.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>Starts afresh from the job's parameters, with chains where the job has them start.</summary>
    void Begin();

    /// <summary>Runs updates or sweeps.</summary>
    /// <param name="first">The steps since <see cref="Begin"/>. All steps of a call belong to one epoch.</param>
    /// <param name="count">How many.</param>
    Timing Run(int first, int count);

    /// <summary>What came of the steps so far.</summary>
    Outcome Finish();
}
