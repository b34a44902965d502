using System.Text.RegularExpressions;

namespace FastRbm.Tests.Repository;

/// <summary>C# source as a compiler sees it, near enough for rules about names and keywords.</summary>
internal static partial class SourceText
{
    /// <summary>The source with comments and the insides of literals removed; lines stay lines.</summary>
    public static string CodeOnly(string source) => NoCode().Replace(source, static match =>
        match.ValueSpan[0] == '/' ? new string('\n', match.Value.Count(static character => character == '\n')) : "\"\"");

    /// <summary>The names of the types declared at the top level.</summary>
    public static IReadOnlyList<string> TopLevelTypes(string source) =>
        [.. TopLevelType().Matches(CodeOnly(source)).Select(static match => match.Groups["name"].Value)];

    /// <summary>The namespace that a file declares, or null.</summary>
    public static string? Namespace(string source) =>
        NamespaceLine().Match(CodeOnly(source)) is { Success: true } match ? match.Groups["name"].Value : null;

    // Strings within the holes of interpolated strings are cut at the inner quotes: what stays is code, which is what rules look at.
    [GeneratedRegex("""
        //[^\n]*|/\*.*?\*/|(?:\$+@?|@\$?)?"{3,}.*?"{3,}|(?:@\$?|\$@)"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NoCode();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|readonly|unsafe|partial|ref)\s+)*" +
        @"(?:(?:record\s+struct|record\s+class|record|class|struct|interface|enum)\s+(?<name>\w+)|delegate\s+[^;(]*?(?<name>\w+)\s*(?:<[^>]*>)?\s*\()",
        RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
