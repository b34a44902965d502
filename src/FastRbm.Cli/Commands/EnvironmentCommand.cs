using System.CommandLine;
using System.Runtime.InteropServices;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Kernels.Simd;

namespace FastRbm.Cli.Commands;

/// <summary>rbm environment: what the program runs on, for reports of bugs and for tests of a forced SIMD level.</summary>
internal static class EnvironmentCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Command command = new("environment", "Show version, SIMD level, processors and runtime.") { json };
        command.Hidden = true;
        command.SetAction(parse => Run(terminal, parse.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, bool json)
    {
        (string Name, string Value)[] facts =
        [
            ("version", VersionSwitch.Version),
            ("simd", SimdSelection.Current.ToString()),
            ("processors", Numbers.Text(Environment.ProcessorCount)),
            ("runtime", RuntimeInformation.FrameworkDescription),
            ("system", RuntimeInformation.RuntimeIdentifier),
        ];
        if (json)
        {
            JsonLine.Write(terminal.Output, line =>
            {
                foreach ((string name, string value) in facts)
                {
                    line.WriteString(name, value);
                }
            });
            return ExitCode.Done;
        }

        foreach ((string name, string value) in facts)
        {
            terminal.Output.WriteLine($"{name,-10}  {value}");
        }

        return ExitCode.Done;
    }
}
