namespace FastRbm.Cli;

/// <summary>The entry point of the command rbm.</summary>
internal static class Program
{
    private static int Main() => 0;
}
