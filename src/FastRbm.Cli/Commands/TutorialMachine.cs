using FastRbm.Evaluation;
using FastRbm.Models;

namespace FastRbm.Cli.Commands;

/// <summary>A machine of five units whose states can be worked out by hand: visible A, B, C and hidden D, E.</summary>
internal static class TutorialMachine
{
    private const int Visible = 3;
    private const string Letters = "ABCDE";

    /// <summary>Biases A 1, B 2, C 1, D 2, E 1; weights AD 2, AE -1, BD -6, BE 4, CD 2, CE -3.</summary>
    public static RbmParameters Parameters => new([2, -1, -6, 4, 2, -3], [1, 2, 1], [2, 1]);

    /// <summary>The letters of the units that are on: "ACD".</summary>
    public static string UnitsOn(JointState state) =>
        string.Concat(Letters.Where((_, unit) => ((state.Visible | (state.Hidden << Visible)) >> unit & 1) != 0));
}
