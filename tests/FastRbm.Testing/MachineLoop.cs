using System.Text.RegularExpressions;

namespace FastRbm.Testing;

/// <summary>The instructions of a loop, wherever they were laid out, and the blocks that it leaves to.</summary>
/// <param name="Instructions">The instructions.</param>
/// <param name="Exits">The blocks outside that a jump from inside goes to.</param>
public sealed record MachineLoop(IReadOnlyList<string> Instructions, IReadOnlyList<IReadOnlyList<string>> Exits)
{
    /// <summary>How many instructions match.</summary>
    /// <param name="pattern">A regular expression.</param>
    /// <returns>Their number.</returns>
    public int Count(string pattern) => Instructions.Count(instruction => Regex.IsMatch(instruction, pattern));

    /// <summary>What keeps a loop from being straight arithmetic: calls in it, and exits to a helper that throws (range checks).</summary>
    /// <returns>The instructions.</returns>
    public IReadOnlyList<string> Interruptions() =>
    [
        .. Instructions.Where(IsCall),
        .. Exits.Select(static exit => exit.FirstOrDefault(static instruction => IsCall(instruction) && instruction.Contains("CORINFO_HELP_", StringComparison.Ordinal)))
            .OfType<string>(),
    ];

    private static bool IsCall(string instruction) => instruction.StartsWith("call", StringComparison.Ordinal);
}
