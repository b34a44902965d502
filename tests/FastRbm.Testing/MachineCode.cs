using System.Text.RegularExpressions;

namespace FastRbm.Testing;

/// <summary>
/// The listings that the runtime writes of the methods it compiles: <c>DOTNET_JitDisasm=patterns DOTNET_JitStdOutFile=file</c>, on
/// release runtimes too.
/// </summary>
public static partial class MachineCode
{
    /// <summary>Reads a file of listings.</summary>
    /// <param name="listing">The text.</param>
    /// <returns>The methods in the order in which they were compiled.</returns>
    public static IReadOnlyList<CompiledMethod> Parse(string listing)
    {
        ArgumentNullException.ThrowIfNull(listing);
        List<CompiledMethod> methods = [];
        string? name = null;
        List<string> lines = [];
        foreach (string line in listing.Split('\n'))
        {
            Match start = Start().Match(line);
            if (start.Success)
            {
                Add();
                name = start.Groups["name"].Value;
            }
            else if (!string.IsNullOrWhiteSpace(line) && line[0] != ';')
            {
                int comment = line.IndexOf(';', StringComparison.Ordinal);
                lines.Add((comment < 0 ? line : line[..comment]).Trim());
            }
        }

        Add();
        return methods;

        void Add()
        {
            if (name is not null)
            {
                methods.Add(new CompiledMethod(name, lines));
            }

            lines.Clear();
        }
    }

    [GeneratedRegex(@"^; Assembly listing for method (?<name>.*) \(\w.*\)\s*$")]
    private static partial Regex Start();
}
