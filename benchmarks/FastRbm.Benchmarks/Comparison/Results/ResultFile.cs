using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>Comparisons as JSON files.</summary>
internal static class ResultFile
{
    private static readonly JsonSerializerOptions _options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        // A file for people, not for web pages: ">" stays ">".
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of a comparison.</summary>
    public static string Write(ComparisonResult result) => JsonSerializer.Serialize(result, _options) + "\n";

    /// <summary>Reads a comparison.</summary>
    /// <exception cref="JsonException">The text is no comparison.</exception>
    public static ComparisonResult Read(string text) =>
        JsonSerializer.Deserialize<ComparisonResult>(text, _options) ?? throw new JsonException("expected an object, found null");

    /// <summary>The committed comparisons below a folder, by their paths.</summary>
    /// <param name="folder">perf-results.</param>
    /// <exception cref="JsonException">A file is no comparison; the message names it.</exception>
    public static IReadOnlyList<ComparisonResult> ReadAll(string folder)
    {
        List<ComparisonResult> results = [];
        foreach (string path in Directory.EnumerateFiles(folder, "comparison*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            try
            {
                results.Add(Read(File.ReadAllText(path)));
            }
            catch (JsonException error)
            {
                throw new JsonException($"{Path.GetRelativePath(folder, path)}: {error.Message}", error);
            }
        }

        return results;
    }
}
