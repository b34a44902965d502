using System.Diagnostics;
using FastRbm.Cli;

namespace FastRbm.Tests.Cli;

/// <summary>What one run of the command left: exit code, standard output, standard error.</summary>
internal sealed record CommandRun(int Code, string Output, string Error)
{
    private const int PatienceMilliseconds = 60_000;

    /// <summary>Runs a command line in this process.</summary>
    public static CommandRun InProcess(params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int code = Application.Run(args, new Terminal(output, error, showsProgress: false));
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line in a process of its own.</summary>
    public static CommandRun InChild(IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        using Process process = Start(args, environment);
        return Finish(process);
    }

    /// <summary>Starts a process.</summary>
    public static Process Start(IEnumerable<string> args, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "FastRbm.Cli.dll"));
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a process.</summary>
    public static CommandRun Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Assert.True(process.WaitForExit(PatienceMilliseconds), "The process didn't end.");
        return new CommandRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Requires success, and that these words were said.</summary>
    public CommandRun Succeeds(params string[] words)
    {
        Assert.True(Code == 0, $"Exit code {Code}: {Error}");
        foreach (string word in words)
        {
            Assert.Contains(word, Error, StringComparison.Ordinal);
        }

        return this;
    }

    /// <summary>Requires a failure with one message line that has all of these words, and no stack trace.</summary>
    public CommandRun Fails(int code, params string[] words)
    {
        Assert.True(Code == code, $"Expected exit code {code}, found {Code}: {Error}");
        Assert.StartsWith("rbm: ", Error, StringComparison.Ordinal);
        Assert.Equal(1, Error.Count(c => c == '\n'));
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("which is a bug", Error, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, Error, StringComparison.Ordinal);
        }

        return this;
    }
}
