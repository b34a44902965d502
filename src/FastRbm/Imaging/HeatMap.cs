using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Imaging;

/// <summary>A matrix of signed numbers as SVG: a cell for each, white at 0, blue below, red above, with its value and a scale beside.</summary>
/// <remarks>The same map is the same bytes on every machine and in every country. Immutable; thread-safe.</remarks>
public sealed record HeatMap : IChart
{
    private const int LetterWidth = 7;
    private const int TitleHeight = 40;
    private const int Margin = 14;
    private const int LineHeight = 20;
    private const int ScaleWidth = 84;
    private const int ScaleSteps = 51;
    private const int LeastHeightForZero = 44;

    /// <summary>The title; empty for none.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>What the columns are.</summary>
    public string XLabel { get; init; } = string.Empty;

    /// <summary>What the rows are.</summary>
    public string YLabel { get; init; } = string.Empty;

    /// <summary>The names of the rows, from the top: 1 to 1,000.</summary>
    public IReadOnlyList<string> RowLabels { get; init; } = [];

    /// <summary>The names of the columns, from the left: 1 to 1,000.</summary>
    public IReadOnlyList<string> ColumnLabels { get; init; } = [];

    /// <summary>The numbers, row by row: rows times columns; finite.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>The format of the numbers in the cells, a .NET one such as "0.00", by which the scale is labelled too; empty for cells without numbers.</summary>
    public string Format { get; init; } = "0.00";

    /// <summary>The magnitude of the fullest colour, above 0 and finite; null for the largest in the map.</summary>
    public double? Full { get; init; }

    /// <summary>The width of a cell in pixels, 4 to 400; 60 by default.</summary>
    public int CellWidth { get; init; } = 60;

    /// <summary>The height of a cell in pixels, 4 to 400; 34 by default.</summary>
    public int CellHeight { get; init; } = 34;

    /// <summary>Draws the map.</summary>
    /// <returns>An SVG document; lines end with a line feed.</returns>
    /// <exception cref="ArgumentException">There are no rows or columns, too many, other numbers of values, one that isn't finite, or a size is out of range.</exception>
    public string ToSvg()
    {
        Check();
        int left = Margin + (YLabel.Length > 0 ? LineHeight : 0) + (LetterWidth * RowLabels.Max(static label => label.Length)) + 8;
        int top = (Title.Length > 0 ? TitleHeight : Margin) + LineHeight;
        int right = left + (ColumnLabels.Count * CellWidth);
        int bottom = top + (RowLabels.Count * CellHeight);
        int wordsAcross = Math.Max(Title.Length * 8, XLabel.Length * LetterWidth);
        int width = Math.Max(right + ScaleWidth, wordsAcross + (2 * Margin));
        int height = Math.Max(bottom, top + (YLabel.Length * LetterWidth)) + Margin + (XLabel.Length > 0 ? LineHeight : 0);
        double full = Full ?? Values.Max(static value => Math.Abs(value));
        StringBuilder svg = new();
        ChartText.Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"");
        ChartText.Append(svg, $" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n");
        if (Title.Length > 0)
        {
            ChartText.Append(svg, $"<text x=\"{width / 2}\" y=\"25\" text-anchor=\"middle\" font-size=\"15\">{ChartText.Escape(Title)}</text>\n");
        }

        AppendCells(svg, left, top, full);
        AppendNames(svg, left, top);
        AppendScale(svg, right + 16, top, bottom, full);
        svg.Append("</svg>\n");
        return svg.ToString();
    }

    /// <summary>Saves the map; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="ArgumentException">As for <see cref="ToSvg"/>; no file is touched then.</exception>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public void SaveSvg(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToSvg()));

    private void Check()
    {
        Throw.IfOutside(RowLabels.Count, 1, 1000, "number of row labels");
        Throw.IfOutside(ColumnLabels.Count, 1, 1000, "number of column labels");
        Throw.IfLengthDiffers(Values.Count, RowLabels.Count * ColumnLabels.Count, "values");
        Throw.IfOutside(CellWidth, 4, 400, "cell width");
        Throw.IfOutside(CellHeight, 4, 400, "cell height");
        if (Full is { } full)
        {
            Throw.IfOutside(full, double.Epsilon, double.MaxValue, "full");
        }

        for (int i = 0; i < Values.Count; i++)
        {
            if (!double.IsFinite(Values[i]))
            {
                Throw.Argument(
                    "values", "finite numbers",
                    string.Create(CultureInfo.InvariantCulture, $"{Values[i]} in row {i / ColumnLabels.Count}, column {i % ColumnLabels.Count}"));
            }
        }
    }

    private void AppendCells(StringBuilder svg, int left, int top, double full)
    {
        svg.Append("<g text-anchor=\"middle\">\n");
        for (int i = 0; i < Values.Count; i++)
        {
            int x = left + (i % ColumnLabels.Count * CellWidth);
            int y = top + (i / ColumnLabels.Count * CellHeight);
            int level = LevelOf(Values[i], full);
            ChartText.Append(svg, $"<rect x=\"{x}\" y=\"{y}\" width=\"{CellWidth}\" height=\"{CellHeight}\" fill=\"{ColourOf(level)}\" stroke=\"#cccccc\"/>\n");
            if (Format.Length > 0)
            {
                // Colours beyond this level are too dark for black letters.
                string ink = Math.Abs(level) > 110 ? "#ffffff" : "#000000";
                ChartText.Append(svg, $"<text x=\"{ChartText.Number(x + (0.5 * CellWidth))}\" y=\"{ChartText.Number(y + (0.5 * CellHeight) + 4)}\" fill=\"{ink}\">{Text(Values[i])}</text>\n");
            }
        }

        svg.Append("</g>\n");
    }

    private void AppendNames(StringBuilder svg, int left, int top)
    {
        svg.Append("<g fill=\"#333333\">\n");
        for (int row = 0; row < RowLabels.Count; row++)
        {
            string y = ChartText.Number(top + ((row + 0.5) * CellHeight) + 4);
            ChartText.Append(svg, $"<text x=\"{left - 8}\" y=\"{y}\" text-anchor=\"end\">{ChartText.Escape(RowLabels[row])}</text>\n");
        }

        for (int column = 0; column < ColumnLabels.Count; column++)
        {
            string x = ChartText.Number(left + ((column + 0.5) * CellWidth));
            ChartText.Append(svg, $"<text x=\"{x}\" y=\"{top - 7}\" text-anchor=\"middle\">{ChartText.Escape(ColumnLabels[column])}</text>\n");
        }

        int bottom = top + (RowLabels.Count * CellHeight);
        if (XLabel.Length > 0)
        {
            ChartText.Append(svg, $"<text x=\"{left + (ColumnLabels.Count * CellWidth / 2)}\" y=\"{bottom + 20}\" text-anchor=\"middle\">{ChartText.Escape(XLabel)}</text>\n");
        }

        if (YLabel.Length > 0)
        {
            int middle = (top + bottom) / 2;
            ChartText.Append(svg, $"<text x=\"18\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 18 {middle})\">{ChartText.Escape(YLabel)}</text>\n");
        }

        svg.Append("</g>\n");
    }

    private void AppendScale(StringBuilder svg, int x, int top, int bottom, double full)
    {
        double step = (double)(bottom - top) / ScaleSteps;
        for (int i = 0; i < ScaleSteps; i++)
        {
            int level = (int)Math.Round(DivergingColours.Full * (1 - (2.0 * i / (ScaleSteps - 1))));

            // Half a pixel more, so that no light shines through between two steps.
            ChartText.Append(svg, $"<rect x=\"{x}\" y=\"{ChartText.Number(top + (i * step))}\" width=\"12\" height=\"{ChartText.Number(step + (i == ScaleSteps - 1 ? 0 : 0.5))}\" fill=\"{ColourOf(level)}\"/>\n");
        }

        svg.Append("<g fill=\"#333333\">\n");
        ChartText.Append(svg, $"<text x=\"{x + 17}\" y=\"{top + 10}\">{Text(full)}</text>\n");
        if (bottom - top >= LeastHeightForZero)
        {
            ChartText.Append(svg, $"<text x=\"{x + 17}\" y=\"{ChartText.Number((0.5 * (top + bottom)) + 4)}\">0</text>\n");
        }

        ChartText.Append(svg, $"<text x=\"{x + 17}\" y=\"{bottom - 1}\">{Text(-full)}</text>\n</g>\n");
    }

    private string Text(double value)
    {
        string text = value.ToString(Format.Length > 0 ? Format : "0.##", CultureInfo.InvariantCulture);

        // -0.001 rounds to -0.00, which is 0.
        return text.StartsWith('-') && text.All(static letter => letter is '-' or '0' or '.') ? text[1..] : text;
    }

    private static int LevelOf(double value, double full) =>
        full == 0 ? 0 : (int)Math.Round(Math.Clamp(value / full, -1, 1) * DivergingColours.Full, MidpointRounding.AwayFromZero);

    private static string ColourOf(int level)
    {
        byte[] pixel = new byte[3];
        DivergingColours.Write(level, pixel);
        return "#" + Convert.ToHexStringLower(pixel);
    }
}
