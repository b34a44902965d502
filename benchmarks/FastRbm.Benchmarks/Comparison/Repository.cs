using System.Diagnostics;

namespace FastRbm.Benchmarks.Comparison;

/// <summary>The working tree that the program was built from.</summary>
internal static class Repository
{
    /// <summary>Its root: the folder above the program that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder that results are committed in.</summary>
    public static string Results => Path.Combine(Root, "perf-results");

    /// <summary>The commit, with "and changes" if the tree has any beside results; "unknown" without git.</summary>
    public static string Commit()
    {
        string? commit = Git("rev-parse", "--short=12", "HEAD");
        if (commit is null)
        {
            return "unknown";
        }

        bool changed = Git("status", "--porcelain", "--", ".", ":!perf-results", ":!README.md") is { Length: > 0 };
        return changed ? $"{commit} and changes" : commit;
    }

    private static string? Git(params string[] arguments)
    {
        ProcessStartInfo start = new("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process? git = Process.Start(start);
            string? text = git?.StandardOutput.ReadToEnd().Trim();
            git?.WaitForExit();
            return git?.ExitCode == 0 ? text : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FastRbm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FastRbm.sln.");
    }
}
