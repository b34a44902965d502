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
public sealed record LineChart : IChart
{
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

    /// <summary>Numbers that the upward axis reaches even if no line does, such as 0 and 1 for shares; finite. None by default.</summary>
    public IReadOnlyList<double> YReaches { get; init; } = [];

    /// <summary>Whether the legend stands at the bottom right, for lines that run along the top; else at the top right.</summary>
    public bool LegendAtBottom { get; init; }

    /// <summary>Draws the chart.</summary>
    /// <returns>An SVG document; lines end with a line feed.</returns>
    /// <exception cref="ArgumentException">
    /// There is no series, a series has no points or other numbers of x and y, a number isn't finite (series and point are named), or a
    /// size is out of range.
    /// </exception>
    public string ToSvg()
    {
        ChartFrame frame = new(Width, Height, Title, XLabel, YLabel);
        Check(frame);
        AxisTicks across = new(Series.Min(static line => line.X.Min()), Series.Max(static line => line.X.Max()), 8);
        AxisTicks upwards = new(
            Series.Select(static line => line.Y.Min()).Concat(YReaches).Min(), Series.Select(static line => line.Y.Max()).Concat(YReaches).Max(), 6);
        StringBuilder svg = new();
        frame.Open(svg);
        frame.AppendAxes(svg, across, upwards);
        for (int i = 0; i < Series.Count; i++)
        {
            AppendLine(svg, frame, Series[i], ColourOf(i), across, upwards);
        }

        frame.AppendLegend(svg, [.. Series.Select((line, i) => (line.Name, ColourOf(i), line.IsBroken, true))], LegendAtBottom);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    /// <summary>Saves the chart; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="ArgumentException">As for <see cref="ToSvg"/>; no file is touched then.</exception>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public void SaveSvg(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToSvg()));

    private void Check(ChartFrame frame)
    {
        frame.Check();
        Throw.IfLess(Series.Count, 1, "number of series");
        for (int i = 0; i < Series.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"series {i}");
            LineSeries line = Series[i];
            Throw.IfLess(line.X.Count, 1, "points of " + name);
            Throw.IfLengthDiffers(line.Y.Count, line.X.Count, "y of " + name);
            for (int point = 0; point < line.X.Count; point++)
            {
                ChartFrame.CheckFinite("x of " + name, point, line.X[point]);
                ChartFrame.CheckFinite("y of " + name, point, line.Y[point]);
            }
        }

        for (int i = 0; i < YReaches.Count; i++)
        {
            ChartFrame.CheckFinite("numbers that y reaches", i, YReaches[i]);
        }
    }

    private static void AppendLine(StringBuilder svg, ChartFrame frame, LineSeries line, string colour, AxisTicks across, AxisTicks upwards)
    {
        if (line.X.Count == 1)
        {
            string x = ChartText.Number(frame.PlotX(across.Place(line.X[0])));
            string y = ChartText.Number(frame.PlotY(upwards.Place(line.Y[0])));
            ChartText.Append(svg, $"<circle cx=\"{x}\" cy=\"{y}\" r=\"2.5\" fill=\"{colour}\"/>\n");
            return;
        }

        string dashes = line.IsBroken ? LineSeries.Dashes : string.Empty;
        ChartText.Append(svg, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\" stroke-linejoin=\"round\"{dashes} points=\"");
        for (int i = 0; i < line.X.Count; i++)
        {
            svg.Append(i == 0 ? string.Empty : " ");
            svg.Append(ChartText.Number(frame.PlotX(across.Place(line.X[i])))).Append(',').Append(ChartText.Number(frame.PlotY(upwards.Place(line.Y[i]))));
        }

        svg.Append("\"/>\n");
    }

    private string ColourOf(int series) => ChartText.Colour(Series[series].Colour ?? series);
}
