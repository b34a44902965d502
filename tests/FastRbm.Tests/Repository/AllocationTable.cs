using System.Text;
using System.Text.Json;

namespace FastRbm.Tests.Repository;

/// <summary>Operations with the bytes that a call allocates, as JSON: one object, a line each, in the order of the names.</summary>
internal static class AllocationTable
{
    private static readonly JsonWriterOptions _format = new() { Indented = true, NewLine = "\n" };

    /// <summary>The table as text.</summary>
    public static string Write(IReadOnlyDictionary<string, long> bytes)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, _format))
        {
            writer.WriteStartObject();
            foreach ((string operation, long count) in bytes.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteNumber(operation, count);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>The table from text.</summary>
    public static IReadOnlyDictionary<string, long> Read(string text) => JsonSerializer.Deserialize<Dictionary<string, long>>(text)!;

    /// <summary>What differs, an operation a line.</summary>
    public static IEnumerable<string> Differences(IReadOnlyDictionary<string, long> accepted, IReadOnlyDictionary<string, long> found)
    {
        foreach (string operation in accepted.Keys.Union(found.Keys).Order(StringComparer.Ordinal))
        {
            bool isAccepted = accepted.TryGetValue(operation, out long before);
            bool isFound = found.TryGetValue(operation, out long now);
            if (!isAccepted || !isFound || before != now)
            {
                yield return $"{operation}: expected {(isAccepted ? $"{before} bytes" : "no such operation")}, found {(isFound ? $"{now} bytes" : "none")}";
            }
        }
    }
}
