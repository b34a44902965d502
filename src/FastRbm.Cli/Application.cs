using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics.CodeAnalysis;
using FastRbm.Cli.Commands;
using FastRbm.Cli.Families;
using FastRbm.Cli.Options;
using FastRbm.Errors;

namespace FastRbm.Cli;

/// <summary>The command rbm as a function of its arguments: finds the command, runs it, turns every failure into one line and a code.</summary>
internal static class Application
{
    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="terminal">Where to write.</param>
    /// <returns>The exit code.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Users get one line, never a stack trace.")]
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        try
        {
            int code = Invoke(args, terminal);
            terminal.FlushResults();
            return code;
        }
        catch (Exception exception)
        {
            return Explain(exception, terminal);
        }
    }

    private static int Invoke(IReadOnlyList<string> args, Terminal terminal)
    {
        Command root = Build(terminal, FamilyList.Find(args));

        // File names may start with @: response files are off.
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            Command at = result.CommandResult.Command;
            terminal.Note($"{Problem(result, root)}. See {PathOf(at)} --help.");
            return ExitCode.Usage;
        }

        return result.Invoke(new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,

            // Commands that have something to save handle signals themselves and take the time that saving takes.
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>What to tell first when a command line has several faults: words that mean nothing explain the others.</summary>
    private static string Problem(ParseResult result, Command root)
    {
        string? unknown = result.UnmatchedTokens.Count > 0 ? result.UnmatchedTokens[0] : null;
        Command at = result.CommandResult.Command;
        if (at == root && (unknown is not null || result.Tokens.Count == 0))
        {
            return $"expected a command ({string.Join(", ", root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}), found {unknown ?? "none"}";
        }

        if (unknown is not null && at.Subcommands.Count > 0 && !unknown.StartsWith('-'))
        {
            return $"expected a {at.Name} ({string.Join(", ", at.Subcommands.Select(static c => c.Name))}), found {unknown}";
        }

        return unknown is not null ? $"expected an option of {PathOf(at)}, found {unknown}" : result.Errors[0].Message.TrimEnd('.');
    }

    /// <summary>What one types to reach a command: "rbm demo logic".</summary>
    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : command.Name;

    private static Command Build(Terminal terminal, ModelFamily? family)
    {
        Command root = new("rbm", "Restricted Boltzmann machines and their relatives: train, sample, evaluate, look inside. The same seed gives the same bits for any threads and SIMD level.");
        foreach (Command command in Commands(terminal, family))
        {
            root.Subcommands.Add(command);
        }

        root.Options.Add(new HelpOption("--help", "-h", "-?"));
        root.Options.Add(VersionSwitch.Create(terminal));
        return root;
    }

    /// <summary>The commands of a family in the place of those of the RBM, and after them what only some families have.</summary>
    private static List<Command> Commands(Terminal terminal, ModelFamily? family)
    {
        List<Command> commands =
        [
            TrainCommand.Create(terminal),
            SampleCommand.Create(terminal),
            EvaluateCommand.Create(terminal),
            CompleteCommand.Create(terminal),
            TransformCommand.Create(terminal),
            EnumerateCommand.Create(terminal),
            InspectCommand.Create(terminal),
            ClassifyCommand.Create(terminal),
            DiagnoseCommand.Create(terminal),
            DemoCommand.Create(terminal),
            EnvironmentCommand.Create(terminal),
        ];
        Replace(family?.Commands(terminal) ?? [], inTheirPlace: true);
        foreach (ModelFamily other in FamilyList.Create())
        {
            Replace(other.Commands(terminal), inTheirPlace: false);
        }

        return commands;

        void Replace(IEnumerable<Command> owned, bool inTheirPlace)
        {
            foreach (Command command in owned)
            {
                int place = commands.FindIndex(one => one.Name == command.Name);
                if (place < 0)
                {
                    commands.Add(command);
                }
                else if (inTheirPlace)
                {
                    commands[place] = command;
                }
            }
        }
    }

    private static int Explain(Exception exception, Terminal terminal)
    {
        // A forced SIMD level is read when the library is first touched.
        Exception cause = exception is TypeInitializationException { InnerException: { } inner } ? inner : exception;
        (int code, string message) = cause switch
        {
            UsageException => (ExitCode.Usage, cause.Message),
            InvalidInputException or DivergenceException or IOException or UnauthorizedAccessException => (ExitCode.Failed, cause.Message),
            ArgumentException argument => (ExitCode.Failed, OptionErrors.MessageOf(argument)),
            OutOfMemoryException => (ExitCode.Failed, "there isn't enough memory for data and a model of this size."),
            _ => (ExitCode.Failed, $"unexpected failure, which is a bug: {cause.GetType().Name}: {cause.Message}"),
        };
        try
        {
            terminal.Note(message);
        }
        catch (IOException)
        {
            // Nobody reads.
        }

        return code;
    }
}
