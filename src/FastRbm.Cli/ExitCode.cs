namespace FastRbm.Cli;

/// <summary>What the process returns. After a signal it is 128 plus its number: 130 for an interrupt, 143 for a termination.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
