using System.Diagnostics.CodeAnalysis;

namespace FastRbm.Cli;

/// <summary>The entry point of the command rbm.</summary>
internal static class Program
{
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The application flushes; a second flush after a failure would throw here.")]
    private static int Main(string[] args)
    {
        // Console.Out flushes after every write, which a table of a million states would feel.
        StreamWriter output = new(Console.OpenStandardOutput(), bufferSize: 1 << 16);
        Terminal terminal = new(output, Console.Error, !Console.IsErrorRedirected);
        return Application.Run(args, terminal);
    }
}
