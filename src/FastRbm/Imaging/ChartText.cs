using System.Globalization;
using System.Text;

namespace FastRbm.Imaging;

/// <summary>Words and numbers in drawings and pages: the same in every country.</summary>
internal static class ChartText
{
    // Okabe and Ito (2008): colours that colour-blind people tell apart.
    private static readonly string[] _colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    /// <summary>A colour for series; beyond the last they begin again.</summary>
    public static string Colour(int number) => _colours[(int)((uint)number % (uint)_colours.Length)];

    /// <summary>Hundredths, without trailing zeros; rounding first keeps -0 away.</summary>
    public static string Number(double value) => ((decimal)Math.Round(value, 2) + 0m).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Appends text with numbers in it.</summary>
    public static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));

    /// <summary>Text for XML and HTML: the five marks escaped; control characters, which XML can't hold, as question marks.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new();
        foreach (Rune rune in text.EnumerateRunes())
        {
            string? mark = rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&apos;",
                < 0x20 or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => "?",
                _ => null,
            };
            escaped.Append(mark ?? rune.ToString());
        }

        return escaped.ToString();
    }
}
