using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Imaging;

/// <summary>A chart of lines as SVG: title, axes with round ticks, grid, labels, legend.</summary>
/// <remarks>
/// The same chart is the same bytes on every machine and in every country: no dates, no random names, coordinates in hundredths of a
/// pixel. Needs no fonts beside the viewer's own. Immutable; thread-safe.
/// </remarks>
public sealed record LineChart
{
    private const int Left = 76;
    private const int Right = 20;
    private const int Top = 44;
    private const int Bottom = 56;
    private const int LegendLine = 18;
    private const int MostLegendLines = 20;

    // Okabe and Ito (2008): colours that colour-blind people tell apart.
    private static readonly string[] _colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

    /// <summary>The title; empty for none.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>What lies across.</summary>
    public string XLabel { get; init; } = string.Empty;

    /// <summary>What lies upwards.</summary>
    public string YLabel { get; init; } = string.Empty;

    /// <summary>The width in pixels, 200 to 10,000; 720 by default.</summary>
    public int Width { get; init; } = 720;

    /// <summary>The height in pixels, 150 to 10,000; 420 by default.</summary>
    public int Height { get; init; } = 420;

    /// <summary>The lines, drawn in this order: at least one.</summary>
    public IReadOnlyList<LineSeries> Series { get; init; } = [];

    /// <summary>Draws the chart.</summary>
    /// <returns>An SVG document; lines end with a line feed.</returns>
    /// <exception cref="ArgumentException">
    /// There is no series, a series has no points or other numbers of x and y, a number isn't finite (series and point are named), or a
    /// size is out of range.
    /// </exception>
    public string ToSvg()
    {
        Check();
        AxisTicks across = new(Series.Min(static line => line.X.Min()), Series.Max(static line => line.X.Max()), 8);
        AxisTicks upwards = new(Series.Min(static line => line.Y.Min()), Series.Max(static line => line.Y.Max()), 6);
        StringBuilder svg = new();
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\"");
        Append(svg, $" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n");
        if (Title.Length > 0)
        {
            Append(svg, $"<text x=\"{Width / 2}\" y=\"26\" text-anchor=\"middle\" font-size=\"15\">{Escape(Title)}</text>\n");
        }

        AppendAxes(svg, across, upwards);
        for (int i = 0; i < Series.Count; i++)
        {
            AppendLine(svg, Series[i], ColourOf(i), across, upwards);
        }

        AppendLegend(svg);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    /// <summary>Saves the chart; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="ArgumentException">As for <see cref="ToSvg"/>; no file is touched then.</exception>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public void SaveSvg(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToSvg()));

    private void Check()
    {
        Throw.IfOutside(Width, 200, 10_000);
        Throw.IfOutside(Height, 150, 10_000);
        Throw.IfLess(Series.Count, 1, "number of series");
        for (int i = 0; i < Series.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"series {i}");
            LineSeries line = Series[i];
            Throw.IfLess(line.X.Count, 1, "points of " + name);
            Throw.IfLengthDiffers(line.Y.Count, line.X.Count, "y of " + name);
            for (int point = 0; point < line.X.Count; point++)
            {
                if (!double.IsFinite(line.X[point]) || !double.IsFinite(line.Y[point]))
                {
                    Throw.Argument(
                        name, "finite numbers", string.Create(CultureInfo.InvariantCulture, $"({line.X[point]}, {line.Y[point]}) at point {point}"));
                }
            }
        }
    }

    private void AppendAxes(StringBuilder svg, AxisTicks across, AxisTicks upwards)
    {
        svg.Append("<g stroke=\"#dddddd\" fill=\"none\">\n");
        for (int tick = 0; tick < across.Count; tick++)
        {
            string x = Number(PlotX(across.PlaceOf(tick)));
            Append(svg, $"<path d=\"M{x} {Top}V{Height - Bottom}\"/>\n");
        }

        for (int tick = 0; tick < upwards.Count; tick++)
        {
            string y = Number(PlotY(upwards.PlaceOf(tick)));
            Append(svg, $"<path d=\"M{Left} {y}H{Width - Right}\"/>\n");
        }

        Append(svg, $"</g>\n<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" stroke=\"#333333\" fill=\"none\"/>\n<g fill=\"#333333\">\n");
        for (int tick = 0; tick < across.Count; tick++)
        {
            string x = Number(PlotX(across.PlaceOf(tick)));
            Append(svg, $"<text x=\"{x}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{across.Label(tick)}</text>\n");
        }

        for (int tick = 0; tick < upwards.Count; tick++)
        {
            string y = Number(PlotY(upwards.PlaceOf(tick)) + 4);
            Append(svg, $"<text x=\"{Left - 8}\" y=\"{y}\" text-anchor=\"end\">{upwards.Label(tick)}</text>\n");
        }

        svg.Append("</g>\n");
        int middle = Top + ((Height - Top - Bottom) / 2);
        if (XLabel.Length > 0)
        {
            Append(svg, $"<text x=\"{Left + ((Width - Left - Right) / 2)}\" y=\"{Height - 14}\" text-anchor=\"middle\">{Escape(XLabel)}</text>\n");
        }

        if (YLabel.Length > 0)
        {
            Append(svg, $"<text x=\"16\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {middle})\">{Escape(YLabel)}</text>\n");
        }
    }

    private void AppendLine(StringBuilder svg, LineSeries line, string colour, AxisTicks across, AxisTicks upwards)
    {
        if (line.X.Count == 1)
        {
            string x = Number(PlotX(across.Place(line.X[0])));
            Append(svg, $"<circle cx=\"{x}\" cy=\"{Number(PlotY(upwards.Place(line.Y[0])))}\" r=\"2.5\" fill=\"{colour}\"/>\n");
            return;
        }

        Append(svg, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\" stroke-linejoin=\"round\" points=\"");
        for (int i = 0; i < line.X.Count; i++)
        {
            svg.Append(i == 0 ? string.Empty : " ");
            svg.Append(Number(PlotX(across.Place(line.X[i])))).Append(',').Append(Number(PlotY(upwards.Place(line.Y[i]))));
        }

        svg.Append("\"/>\n");
    }

    private void AppendLegend(StringBuilder svg)
    {
        int shown = 0;
        for (int i = 0; i < Series.Count && shown < MostLegendLines; i++)
        {
            if (Series[i].Name is not { Length: > 0 } name)
            {
                continue;
            }

            int y = Top + 14 + (shown * LegendLine);
            Append(svg, $"<path d=\"M{Width - Right - 10} {y - 4}h-24\" stroke=\"{ColourOf(i)}\" stroke-width=\"2.5\"/>\n");

            // A white rim first, as lines may pass behind; an attribute that does both at once isn't known to all viewers.
            string place = string.Create(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right - 40}\" y=\"{y}\" text-anchor=\"end\"");
            Append(svg, $"{place} stroke=\"#ffffff\" stroke-width=\"3\" fill=\"#ffffff\">{Escape(name)}</text>\n{place}>{Escape(name)}</text>\n");
            shown++;
        }
    }

    private string ColourOf(int series) => _colours[(int)((uint)(Series[series].Colour ?? series) % (uint)_colours.Length)];

    private double PlotX(double place) => Left + (place * (Width - Left - Right));

    private double PlotY(double place) => Height - Bottom - (place * (Height - Top - Bottom));

    /// <summary>Hundredths, without trailing zeros; rounding first keeps -0 away.</summary>
    private static string Number(double value) => ((decimal)Math.Round(value, 2) + 0m).ToString("0.##", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder svg, FormattableString text) => svg.Append(FormattableString.Invariant(text));

    /// <summary>Text for XML: its five marks escaped; control characters, which XML can't hold, as question marks.</summary>
    private static string Escape(string text)
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
