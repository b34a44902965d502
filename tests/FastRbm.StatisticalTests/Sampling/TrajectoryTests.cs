using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

public sealed class TrajectoryTests
{
    /// <summary>Two models of three visible units.</summary>
    private static readonly ReferenceRbm[] _two =
    [
        new(new double[3, 2], [0.5, -1.0, 0.25], [0.5, -0.5]),
        new(new[,] { { 1.5, -2.0 }, { -1.25, 0.75 }, { 2.0, 1.0 } }, [-0.5, 0.5, -1.0], [-0.75, 0.5]),
    ];

    /// <summary>Three models of two visible units: both parities of exchanges, one after the other.</summary>
    private static readonly ReferenceRbm[] _three =
    [
        new(new double[2, 2], [0.5, -1.0], [0.5, -0.5]),
        new(new[,] { { 1.5, -2.0 }, { -1.25, 0.75 } }, [-0.5, 0.5], [-0.75, 0.5]),
        new(new[,] { { -2.5, 1.0 }, { 2.0, 1.5 } }, [0.5, -1.5], [0.25, -1.0]),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Trajectory_chains_pass_the_audit(bool three)
    {
        using TrajectorySampler sampler = new(Models(three), seed: 21);
        Pass(three, sampler, seed: 22);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mutant_without_a_mistake_passes_the_audit(bool three) =>
        Pass(three, new TrajectoryMutant(Models(three), TrajectoryMistake.None, seed: 23), seed: 24);

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Every_mutant_is_caught(TrajectoryMistake mistake)
    {
        double least = TrajectoryAudit.Run(_three, new TrajectoryMutant(_three, mistake, seed: 25), seed: 26).Values.Min();
        Assert.True(least < Budget.Caught, $"{mistake}: smallest p-value {least}");
    }

    public static TheoryData<TrajectoryMistake> Mistakes() =>
        [.. Enum.GetValues<TrajectoryMistake>().Where(mistake => mistake != TrajectoryMistake.None)];

    private static ReferenceRbm[] Models(bool three) => three ? _three : _two;

    private static void Pass(bool three, ITrajectorySampler sampler, ulong seed)
    {
        foreach ((string check, double p) in TrajectoryAudit.Run(Models(three), sampler, seed))
        {
            Assert.True(p > Budget.PerCheck, $"{check}: p-value {p}");
        }
    }
}
