using FastRbm.Testing;

namespace FastRbm.StatisticalTests;

/// <summary>The false-alarm budget of this project.</summary>
internal static class Budget
{
    /// <summary>The probability that any check of a correct library fails, over the choice of seeds.</summary>
    public const double Total = 1e-4;

    /// <summary>More checks than there are.</summary>
    public const int Checks = 1000;

    /// <summary>A mutant is caught when a check finds its states less likely than this.</summary>
    public const double Caught = 1e-9;

    /// <summary>The p-value below which one check fails.</summary>
    public static double PerCheck { get; } = MonteCarlo.FalseAlarmPerTest(Total, Checks);
}
