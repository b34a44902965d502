using FastRbm.Reference;

namespace FastRbm.Tests.Reference;

/// <summary>A machine of five units that can be worked out by hand: visible A, B, C and hidden D, E.</summary>
internal static class TutorialMachine
{
    public static ReferenceRbm Create() => new(
        new double[,]
        {
            { 2, -1 },
            { -6, 4 },
            { 2, -3 },
        },
        [1, 2, 1],
        [2, 1]);

    /// <summary>The states of A, B, C by their names.</summary>
    public static bool[] Visible(string units) => [units.Contains('A'), units.Contains('B'), units.Contains('C')];

    /// <summary>The states of D, E by their names.</summary>
    public static bool[] Hidden(string units) => [units.Contains('D'), units.Contains('E')];
}
