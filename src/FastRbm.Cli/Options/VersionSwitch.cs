using System.CommandLine;
using System.CommandLine.Invocation;

namespace FastRbm.Cli.Options;

/// <summary>The option --version.</summary>
internal static class VersionSwitch
{
    /// <summary>Makes it.</summary>
    public static Option Create(Terminal terminal) => new Option<bool>("--version")
    {
        Description = "Show the version",
        Arity = ArgumentArity.Zero,
        Action = new Show(terminal),
    };

    /// <summary>The version of this program, without the commit that a build may append.</summary>
    public static string Version => typeof(VersionSwitch).Assembly.GetName().Version!.ToString(3);

    private sealed class Show(Terminal terminal) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            terminal.Output.WriteLine($"rbm {Version}");
            return ExitCode.Done;
        }
    }
}
