using System.Globalization;
using System.Text;

namespace FastRbm.Serialization;

/// <summary>Text that comes from a file, made fit for an error message.</summary>
internal static class SafetensorsText
{
    private const int MaxLength = 60;

    /// <summary>The text itself if it is short and printable; else with escapes and cut off.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>One line of at most a few hundred characters.</returns>
    public static string Shorten(string text)
    {
        StringBuilder line = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (line.Length >= MaxLength)
            {
                return line.Append("...").ToString();
            }

            UnicodeCategory category = Rune.GetUnicodeCategory(rune);
            bool printable = category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            line.Append(printable ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
        }

        return line.Length == 0 ? "\"\"" : line.ToString();
    }
}
