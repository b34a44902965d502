using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FastRbm.Cli.Demos;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;

namespace FastRbm.Cli.Commands;

/// <summary>rbm demo: a command below it for each demo; without a name, their list.</summary>
internal sealed class DemoCommand
{
    private readonly Terminal _terminal;
    private readonly Demo _demo;
    private readonly Option<string?> _output;
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private DemoCommand(Terminal terminal, Demo demo)
    {
        _terminal = terminal;
        _demo = demo;
        _output = OptionFactory.Text(
            "--output", $"Where {demo.Name}.html goes, with the charts, pictures and models that it shows [default: {DefaultOutput}]", "directory");
    }

    private string DefaultOutput => "rbm-demo-" + _demo.Name;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        IReadOnlyList<Demo> demos = DemoList.Create();
        Option<bool> json = CommonOptions.Json();
        Command command = new("demo", "Run a worked example from data to one page with pictures. Without a name, list them.") { json };
        command.SetAction(parse => List(terminal, demos, parse.GetValue(json)));
        foreach (Demo demo in demos)
        {
            DemoCommand one = new(terminal, demo);
            Command named = new(demo.Name, demo.Summary) { one._output, one._dataDirectory, one._seed, one._threads, one._json };
            foreach (Option option in demo.Options)
            {
                named.Options.Add(option);
            }

            named.SetAction(one.Run);
            command.Subcommands.Add(named);
        }

        return command;
    }

    private static int List(Terminal terminal, IReadOnlyList<Demo> demos, bool json)
    {
        int width = demos.Max(static demo => demo.Name.Length);
        foreach (Demo demo in demos)
        {
            if (json)
            {
                JsonLine.Write(terminal.Output, line =>
                {
                    line.WriteString("name", demo.Name);
                    line.WriteString("summary", demo.Summary);
                });
            }
            else
            {
                terminal.Output.WriteLine($"{demo.Name.PadRight(width)}  {demo.Summary}");
            }
        }

        return ExitCode.Done;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetValue(_output) ?? DefaultOutput;
        OutputPath.MakeDirectory(output);
        using TerminationSignals signals = new();
        Stopwatch clock = Stopwatch.StartNew();
        DemoRun run = new($"rbm demo {_demo.Name}", char.ToUpperInvariant(_demo.Summary[0]) + _demo.Summary[1..] + ".", CommandLine(parse), _terminal, parse.GetValue(_dataDirectory))
        {
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
            Cancellation = signals.Token,
        };
        try
        {
            _demo.Run(run, parse);
            run.Results.Add("page", run.Save(output, _demo.Name));
            run.Results.Add("seconds", clock.Elapsed.TotalSeconds);
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, run.Results.WriteJson);
            }
            else
            {
                run.Results.WriteText(_terminal.Output);
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            run.EndProgress();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    /// <summary>The command that makes the same page: the seed and the demo's own options that were given.</summary>
    private string CommandLine(ParseResult parse)
    {
        string line = $"rbm demo {_demo.Name} --seed {parse.GetValue(_seed).ToString(CultureInfo.InvariantCulture)}";
        foreach (Option option in _demo.Options)
        {
            if (parse.GetResult(option) is { Implicit: false } given)
            {
                line += $" {option.Name} {string.Join(' ', given.Tokens.Select(static token => token.Value))}";
            }
        }

        return line;
    }
}
