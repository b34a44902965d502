using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Imaging;

/// <summary>A chart of bars as SVG: a group for each label, in it a bar for each series, from 0 upwards or downwards.</summary>
/// <remarks>
/// The same chart is the same bytes on every machine and in every country. Where labels would touch each other, every second, fifth,
/// tenth... is written. Immutable; thread-safe.
/// </remarks>
public sealed record BarChart : IChart
{
    // About the width of a letter of 12 pixels, as nobody knows the viewer's font.
    private const double LetterWidth = 7;
    private const double WidestBar = 48;

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

    /// <summary>The share of a group's place that its bars take, above 0 and at most 1: 1 for a histogram, whose bars touch.</summary>
    public double Fill { get; init; } = 0.8;

    /// <summary>The labels of the groups: at least one.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The series: at least one, each with a value for each label.</summary>
    public IReadOnlyList<BarSeries> Series { get; init; } = [];

    /// <summary>Numbers that the upward axis reaches even if no bar does; finite. None by default; 0 is always there.</summary>
    public IReadOnlyList<double> YReaches { get; init; } = [];

    /// <summary>Draws the chart.</summary>
    /// <returns>An SVG document; lines end with a line feed.</returns>
    /// <exception cref="ArgumentException">
    /// There are no labels or series, a series has another number of values or errors than there are labels, a number isn't finite, an
    /// error is below 0, or a size is out of range.
    /// </exception>
    public string ToSvg()
    {
        ChartFrame frame = new(Width, Height, Title, XLabel, YLabel);
        Check(frame);
        double[] numbers =
        [
            .. YReaches,
            .. Series.SelectMany(static bars => bars.Values.SelectMany(
                (value, i) => bars.Errors.Count == 0 ? [value] : (double[])[value - bars.Errors[i], value + bars.Errors[i]])),
        ];
        AxisTicks upwards = new(Math.Min(0, numbers.Min()), Math.Max(0, numbers.Max()), 6);
        StringBuilder svg = new();
        frame.Open(svg);
        frame.AppendAxes(svg, null, upwards);
        for (int series = 0; series < Series.Count; series++)
        {
            AppendBars(svg, frame, series, upwards);
        }

        string zero = ChartText.Number(frame.PlotY(upwards.Place(0)));
        ChartText.Append(svg, $"<path d=\"M{ChartText.Number(frame.PlotX(0))} {zero}H{ChartText.Number(frame.PlotX(1))}\" stroke=\"#333333\"/>\n<g fill=\"#333333\">\n");
        int stride = LabelStride(frame);
        for (int group = 0; group < Labels.Count; group += stride)
        {
            frame.AppendCategory(svg, frame.PlotX((group + 0.5) / Labels.Count), Labels[group]);
        }

        svg.Append("</g>\n");
        frame.AppendLegend(svg, [.. Series.Select((bars, i) => (bars.Name, ColourOf(i), false, false))]);
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
        Throw.IfOutside(Fill, 0.01, 1, "fill");
        Throw.IfLess(Labels.Count, 1, "number of labels");
        Throw.IfLess(Series.Count, 1, "number of series");
        for (int i = 0; i < Series.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"series {i}");
            BarSeries bars = Series[i];
            Throw.IfLengthDiffers(bars.Values.Count, Labels.Count, "values of " + name);
            for (int point = 0; point < bars.Values.Count; point++)
            {
                ChartFrame.CheckFinite(name, point, bars.Values[point]);
            }

            if (bars.Errors.Count == 0)
            {
                continue;
            }

            Throw.IfLengthDiffers(bars.Errors.Count, Labels.Count, "errors of " + name);
            for (int point = 0; point < bars.Errors.Count; point++)
            {
                Throw.IfOutside(bars.Errors[point], 0, double.MaxValue, string.Create(CultureInfo.InvariantCulture, $"error {point} of {name}"));
            }
        }

        for (int i = 0; i < YReaches.Count; i++)
        {
            ChartFrame.CheckFinite("numbers that y reaches", i, YReaches[i]);
        }
    }

    private void AppendBars(StringBuilder svg, ChartFrame frame, int series, AxisTicks upwards)
    {
        BarSeries bars = Series[series];
        double place = (double)frame.PlotWidth / Labels.Count;
        double width = Math.Min(Fill * place / Series.Count, WidestBar);
        double zero = frame.PlotY(upwards.Place(0));
        ChartText.Append(svg, $"<g fill=\"{ColourOf(series)}\">\n");
        for (int group = 0; group < Labels.Count; group++)
        {
            double left = frame.PlotX((group + 0.5) / Labels.Count) + ((series - (0.5 * Series.Count)) * width);
            double end = frame.PlotY(upwards.Place(bars.Values[group]));
            ChartText.Append(svg, $"<rect x=\"{ChartText.Number(left)}\" y=\"{ChartText.Number(Math.Min(zero, end))}\"");
            ChartText.Append(svg, $" width=\"{ChartText.Number(width)}\" height=\"{ChartText.Number(Math.Abs(end - zero))}\"/>\n");
        }

        svg.Append("</g>\n");
        if (bars.Errors.Count == 0)
        {
            return;
        }

        svg.Append("<g stroke=\"#333333\" fill=\"none\">\n");
        for (int group = 0; group < Labels.Count; group++)
        {
            double middle = frame.PlotX((group + 0.5) / Labels.Count) + ((series + 0.5 - (0.5 * Series.Count)) * width);
            double low = frame.PlotY(upwards.Place(bars.Values[group] - bars.Errors[group]));
            double high = frame.PlotY(upwards.Place(bars.Values[group] + bars.Errors[group]));
            double half = Math.Min(4, 0.3 * width);
            string ends = $"{ChartText.Number(middle - half)} ";
            string length = ChartText.Number(2 * half);
            ChartText.Append(svg, $"<path d=\"M{ends}{ChartText.Number(high)}h{length}M{ends}{ChartText.Number(low)}h{length}");
            ChartText.Append(svg, $"M{ChartText.Number(middle)} {ChartText.Number(low)}V{ChartText.Number(high)}\"/>\n");
        }

        svg.Append("</g>\n");
    }

    private int LabelStride(ChartFrame frame)
    {
        double needed = (Labels.Max(static label => label.Length) + 1.5) * LetterWidth;
        double most = Math.Max(1, Math.Floor(frame.PlotWidth / needed));
        int stride = 1;
        for (int round = 0; Math.Ceiling((double)Labels.Count / stride) > most && stride < Labels.Count; round++)
        {
            // 1, 2, 5, 10, 20, 50...
            stride = round % 3 == 1 ? stride * 5 / 2 : stride * 2;
        }

        return stride;
    }

    private string ColourOf(int series) => ChartText.Colour(Series[series].Colour ?? series);
}
