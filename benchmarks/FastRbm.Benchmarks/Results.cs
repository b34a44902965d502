using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace FastRbm.Benchmarks;

/// <summary>Tables with the machine that they were measured on, in the folder of that machine.</summary>
internal static class Results
{
    private const string Folder = "perf-results";

    private static readonly JsonWriterOptions _json = new() { Indented = true, NewLine = "\n" };

    /// <summary>The runtime, operating system and processors, for a table's heading.</summary>
    public static string Environment =>
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {System.Environment.ProcessorCount} processors";

    /// <summary>An object that begins with the machine and its environment.</summary>
    /// <param name="content">Writes the rest of the object.</param>
    public static string Json(Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, _json))
        {
            writer.WriteStartObject();
            writer.WriteString("processor", Machine.Processor);
            writer.WriteNumber("processors", System.Environment.ProcessorCount);
            writer.WriteString("framework", RuntimeInformation.FrameworkDescription);
            writer.WriteString("operating_system", RuntimeInformation.OSDescription);
            content(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Refuses to run anywhere but in the root of the repository: better before an hour of measuring than after it.</summary>
    public static void CheckFolder()
    {
        if (!Directory.Exists(Folder) || !File.Exists("FastRbm.sln"))
        {
            throw new UsageException($"expected to run in the root of the repository, found no FastRbm.sln and {Folder} here");
        }
    }

    /// <summary>Writes a table as text and as JSON.</summary>
    /// <param name="name">The files' name without extension.</param>
    /// <param name="markdown">The table as text.</param>
    /// <param name="json">The table as JSON.</param>
    public static void Write(string name, string markdown, string json)
    {
        CheckFolder();
        string folder = Path.Combine(Folder, Machine.Folder);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".md"), markdown);
        File.WriteAllText(Path.Combine(folder, name + ".json"), json);
        Console.Error.WriteLine($"wrote {Path.Combine(folder, name)}.md and .json");
    }
}
