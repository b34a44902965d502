using System.Text;

namespace FastRbm.Data;

/// <summary>Shows what was found in a file within a message: short, and without control characters.</summary>
internal static class FoundText
{
    private const int MostCharacters = 24;

    /// <summary>The start of a text, with a dot for each byte that isn't printable ASCII.</summary>
    public static string Show(ReadOnlySpan<byte> text)
    {
        var shown = new StringBuilder();
        foreach (byte b in text[..Math.Min(text.Length, MostCharacters)])
        {
            shown.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        }

        return shown.Append(text.Length > MostCharacters ? "..." : string.Empty).ToString();
    }
}
