namespace FastRbm.Cli;

/// <summary>The entry point of the command rbm.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        // Console.Out flushes after every write, which a table of a million states would feel.
        using StreamWriter output = new(Console.OpenStandardOutput(), leaveOpen: true);
        Terminal terminal = new(output, Console.Error, !Console.IsErrorRedirected);
        return Application.Run(args, terminal);
    }
}
