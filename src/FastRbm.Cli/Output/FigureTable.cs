using System.Text.Json;

namespace FastRbm.Cli.Output;

/// <summary>Named figures in order: rows of text, or the properties of a JSON object.</summary>
internal sealed class FigureTable
{
    private readonly List<(string Name, string? Text, double? Number)> _rows = [];

    /// <summary>Adds a word or a sentence.</summary>
    public void Add(string name, string text) => _rows.Add((name, text, null));

    /// <summary>Adds a number: without one, a dash and null; beyond all bounds, "infinite" and null, since JSON has no infinity.</summary>
    public void Add(string name, double? number) => _rows.Add((name, null, number));

    /// <summary>Writes properties of a JSON object.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        foreach ((string name, string? text, double? number) in _rows)
        {
            if (text is not null)
            {
                json.WriteString(name, text);
            }
            else if (number is { } value && double.IsFinite(value))
            {
                json.WriteNumber(name, value);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }

    /// <summary>Writes a line a figure.</summary>
    public void WriteText(TextWriter output)
    {
        int width = _rows.Max(static row => row.Name.Length);
        foreach ((string name, string? text, double? number) in _rows)
        {
            output.WriteLine($"{name.PadRight(width)}  {text ?? Text(number)}");
        }
    }

    private static string Text(double? number) => number switch
    {
        null => "-",
        { } value when double.IsInfinity(value) => "infinite",
        { } value when value == Math.Floor(value) && Math.Abs(value) < 1e15 => Numbers.Text(value, "0"),
        { } value => Numbers.Text(value, "G6"),
    };
}
