using System.Globalization;
using System.Text;
using FastRbm.Errors;

namespace FastRbm.Imaging;

/// <summary>What charts with two axes share: the sheet, the title, grid, axes, their names and the legend.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Title">The title, or nothing.</param>
/// <param name="XLabel">What lies across, or nothing.</param>
/// <param name="YLabel">What lies upwards, or nothing.</param>
internal sealed record ChartFrame(int Width, int Height, string Title, string XLabel, string YLabel)
{
    private const int Left = 76;
    private const int Right = 20;
    private const int Top = 44;
    private const int Bottom = 56;
    private const int LegendLine = 18;
    private const int MostLegendLines = 20;

    /// <summary>The width between the axes' ends.</summary>
    public int PlotWidth => Width - Left - Right;

    /// <summary>Refuses sizes that can't hold a chart.</summary>
    public void Check()
    {
        Throw.IfOutside(Width, 200, 10_000, "width");
        Throw.IfOutside(Height, 150, 10_000, "height");
    }

    /// <summary>Refuses a number that isn't finite.</summary>
    public static void CheckFinite(string series, int point, double value)
    {
        if (!double.IsFinite(value))
        {
            Throw.Argument(series, "finite numbers", string.Create(CultureInfo.InvariantCulture, $"{value} at point {point}"));
        }
    }

    /// <summary>Where a place from 0 to 1 of the axis lies across.</summary>
    public double PlotX(double place) => Left + (place * PlotWidth);

    /// <summary>Where a place from 0 to 1 of the upward axis lies.</summary>
    public double PlotY(double place) => Height - Bottom - (place * (Height - Top - Bottom));

    /// <summary>Begins the drawing: sheet and title.</summary>
    public void Open(StringBuilder svg)
    {
        ChartText.Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\"");
        ChartText.Append(svg, $" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n");
        if (Title.Length > 0)
        {
            ChartText.Append(svg, $"<text x=\"{Width / 2}\" y=\"26\" text-anchor=\"middle\" font-size=\"15\">{ChartText.Escape(Title)}</text>\n");
        }
    }

    /// <summary>Draws grid, axes and their names.</summary>
    /// <param name="svg">Where to.</param>
    /// <param name="across">The ticks of the axis across; null for none, where categories stand.</param>
    /// <param name="upwards">The ticks of the upward axis.</param>
    public void AppendAxes(StringBuilder svg, AxisTicks? across, AxisTicks upwards)
    {
        svg.Append("<g stroke=\"#dddddd\" fill=\"none\">\n");
        for (int tick = 0; tick < across?.Count; tick++)
        {
            string x = ChartText.Number(PlotX(across.PlaceOf(tick)));
            ChartText.Append(svg, $"<path d=\"M{x} {Top}V{Height - Bottom}\"/>\n");
        }

        for (int tick = 0; tick < upwards.Count; tick++)
        {
            string y = ChartText.Number(PlotY(upwards.PlaceOf(tick)));
            ChartText.Append(svg, $"<path d=\"M{Left} {y}H{Width - Right}\"/>\n");
        }

        ChartText.Append(svg, $"</g>\n<path d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\" stroke=\"#333333\" fill=\"none\"/>\n<g fill=\"#333333\">\n");
        for (int tick = 0; tick < across?.Count; tick++)
        {
            AppendCategory(svg, PlotX(across.PlaceOf(tick)), across.Label(tick));
        }

        for (int tick = 0; tick < upwards.Count; tick++)
        {
            string y = ChartText.Number(PlotY(upwards.PlaceOf(tick)) + 4);
            ChartText.Append(svg, $"<text x=\"{Left - 8}\" y=\"{y}\" text-anchor=\"end\">{upwards.Label(tick)}</text>\n");
        }

        svg.Append("</g>\n");
        int middle = Top + ((Height - Top - Bottom) / 2);
        if (XLabel.Length > 0)
        {
            ChartText.Append(svg, $"<text x=\"{Left + (PlotWidth / 2)}\" y=\"{Height - 14}\" text-anchor=\"middle\">{ChartText.Escape(XLabel)}</text>\n");
        }

        if (YLabel.Length > 0)
        {
            ChartText.Append(svg, $"<text x=\"16\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {middle})\">{ChartText.Escape(YLabel)}</text>\n");
        }
    }

    /// <summary>Writes a word below the axis.</summary>
    public void AppendCategory(StringBuilder svg, double x, string label) =>
        ChartText.Append(svg, $"<text x=\"{ChartText.Number(x)}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{ChartText.Escape(label)}</text>\n");

    /// <summary>Draws the legend at the top right, or at the bottom right.</summary>
    /// <param name="svg">Where to.</param>
    /// <param name="entries">Names with their colours, whether their line is broken, and whether they are lines and not areas; those without a name are left out.</param>
    /// <param name="atBottom">Where lines run along the top.</param>
    public void AppendLegend(StringBuilder svg, IReadOnlyList<(string? Name, string Colour, bool IsBroken, bool IsLine)> entries, bool atBottom = false)
    {
        entries = [.. entries.Where(static entry => entry.Name is { Length: > 0 }).Take(MostLegendLines)];
        int first = atBottom ? Height - Bottom - 8 - (LegendLine * (entries.Count - 1)) : Top + 14;
        int shown = 0;
        foreach ((string? name, string colour, bool isBroken, bool isLine) in entries)
        {
            int y = first + (shown * LegendLine);
            string dashes = isBroken ? LineSeries.Dashes : string.Empty;
            if (isLine)
            {
                ChartText.Append(svg, $"<path d=\"M{Width - Right - 10} {y - 4}h-24\" stroke=\"{colour}\" stroke-width=\"2.5\"{dashes}/>\n");
            }
            else
            {
                ChartText.Append(svg, $"<rect x=\"{Width - Right - 22}\" y=\"{y - 10}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\n");
            }

            // A white rim first, as lines may pass behind; an attribute that does both at once isn't known to all viewers.
            string place = string.Create(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right - (isLine ? 40 : 28)}\" y=\"{y}\" text-anchor=\"end\"");
            string text = ChartText.Escape(name!);
            ChartText.Append(svg, $"{place} stroke=\"#ffffff\" stroke-width=\"3\" fill=\"#ffffff\">{text}</text>\n{place}>{text}</text>\n");
            shown++;
        }
    }
}
