using FastRbm.Benchmarks.Comparison.Jobs;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>A contestant that is entered for a job.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Create">Makes it.</param>
/// <param name="StepsARound">Updates or sweeps of a round: fewer for the slow, as times are scaled.</param>
/// <param name="LeadIn">Sweeps before the first round.</param>
internal sealed record Entry(string Name, int Threads, Func<IContestant> Create, int StepsARound, int LeadIn);
