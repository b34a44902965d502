using System.Text.RegularExpressions;

namespace FastRbm.Tests.Repository;

public sealed partial class ReadmeTests
{
    private const string Examples = "tests/FastRbm.Tests/Repository/ReadmeExamples.cs";
    private const string Pipeline = ".ci/run";

    [Fact]
    public void Every_csharp_block_is_the_body_of_a_test()
    {
        string source = RepositoryTree.Read(Examples);
        List<string> names = [];
        foreach ((string marker, string language, string body) in Blocks().Where(static block => block.Language is "csharp" or "cs" or "c#"))
        {
            Assert.StartsWith("test: ", marker, StringComparison.Ordinal);
            string name = marker["test: ".Length..];
            names.Add(name);
            string[] lines = body.Split('\n');
            string[] usings = [.. lines.TakeWhile(static line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('=', StringComparison.Ordinal))];
            Assert.All(usings, line => Assert.Contains(line + "\n", source, StringComparison.Ordinal));
            Assert.Equal(string.Join('\n', lines[usings.Length..]).Trim('\n'), BodyOf(source, name));
        }

        Assert.Contains("QuickStart", names);
        Assert.Equal(names, names.Distinct());
        Assert.Equal(names.Count, ExampleStart().Count(source));
    }

    [Fact]
    public void Every_shell_block_is_run_by_the_pipeline()
    {
        string pipeline = RepositoryTree.Read(Pipeline);
        List<string> names = [];
        foreach ((string marker, string language, _) in Blocks().Where(static block => block.Language is not ("csharp" or "cs" or "c#" or "text" or "json")))
        {
            Assert.Equal("sh", language);
            Assert.StartsWith("run: ", marker, StringComparison.Ordinal);
            string name = marker["run: ".Length..];
            Assert.Contains($"readme_command {name}", pipeline, StringComparison.Ordinal);
            names.Add(name);
        }

        Assert.Equal(["first", "tests"], names.Take(2));
    }

    [Fact]
    public void Links_lead_to_files_that_are_there()
    {
        foreach (Match link in LocalLink().Matches(RepositoryTree.Read("README.md")))
        {
            Assert.True(Path.Exists(Path.Combine(RepositoryTree.Root, link.Groups["path"].Value)), $"README.md links to {link.Groups["path"].Value}, which isn't there");
        }
    }

    /// <summary>Fenced blocks: the comment in the line before (empty without one), the language and the text.</summary>
    private static List<(string Marker, string Language, string Body)> Blocks()
    {
        List<(string Marker, string Language, string Body)> blocks = [];
        string[] lines = RepositoryTree.Read("README.md").Split('\n');
        for (int first = 0; first < lines.Length; first++)
        {
            if (!lines[first].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            int end = Array.FindIndex(lines, first + 1, static line => line.TrimStart().StartsWith("```", StringComparison.Ordinal));
            Assert.True(end > first, $"README.md, line {first + 1}: a block without an end");
            string marker = first > 0 && Comment().Match(lines[first - 1]) is { Success: true } match ? match.Groups["text"].Value : string.Empty;
            blocks.Add((marker, lines[first].TrimStart()[3..].Trim(), string.Join('\n', lines[(first + 1)..end])));
            first = end;
        }

        return blocks;
    }

    /// <summary>What stands between an example's two comments, moved to the left margin.</summary>
    private static string BodyOf(string source, string name)
    {
        string[] lines = source.Split('\n');
        int first = Array.FindIndex(lines, line => line.Trim() == $"// README: {name}");
        int end = Array.FindIndex(lines, line => line.Trim() == $"// End of {name}");
        Assert.True(first >= 0 && end > first, $"{Examples} has no example {name}");
        int margin = lines[first].IndexOf('/', StringComparison.Ordinal);
        return string.Join('\n', lines[(first + 1)..end].Select(line => line.Length == 0 ? line : line[margin..])).Trim('\n');
    }

    [GeneratedRegex("^<!-- (?<text>.*) -->$")]
    private static partial Regex Comment();

    [GeneratedRegex("// README: ")]
    private static partial Regex ExampleStart();

    [GeneratedRegex(@"\]\((?!https?:|#|mailto:)(?<path>[^)#\s]+)")]
    private static partial Regex LocalLink();
}
