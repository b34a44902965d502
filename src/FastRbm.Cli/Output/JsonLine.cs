using System.Buffers;
using System.Text;
using System.Text.Json;

namespace FastRbm.Cli.Output;

/// <summary>One JSON object a line.</summary>
internal static class JsonLine
{
    /// <summary>Writes an object and a line feed.</summary>
    /// <param name="output">Where.</param>
    /// <param name="fill">Writes the properties.</param>
    public static void Write(TextWriter output, Action<Utf8JsonWriter> fill)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            fill(json);
            json.WriteEndObject();
        }

        output.Write(Encoding.UTF8.GetString(bytes.WrittenSpan));
        output.Write('\n');
    }
}
