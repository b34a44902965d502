using FastRbm.Cli.Output;
using FastRbm.Imaging;

namespace FastRbm.Cli.Demos;

/// <summary>Numbers and charts in the sizes that pages of demos have.</summary>
internal static class DemoText
{
    /// <summary>A number with so many decimals.</summary>
    public static string Fixed(double value, int decimals)
    {
        string text = Numbers.Text(value, "F" + Numbers.Text(decimals));
        return text.StartsWith('-') && text.All(static letter => letter is '-' or '0' or '.') ? text[1..] : text;
    }

    /// <summary>A share as a percentage.</summary>
    public static string Percent(double share, int decimals = 1) => Fixed(100 * share, decimals) + " %";

    /// <summary>A whole number with commas between thousands.</summary>
    public static string Count(long value) => Numbers.Text(value, "#,0");

    /// <summary>The lowest bits of a state, unit 0 first.</summary>
    public static string Bits(int state, int units) =>
        string.Create(units, state, static (text, bits) =>
        {
            for (int unit = 0; unit < text.Length; unit++)
            {
                text[unit] = (bits >> unit & 1) != 0 ? '1' : '0';
            }
        });

    /// <summary>A chart of lines.</summary>
    public static LineChart Lines(string title, string across, string upwards, params IReadOnlyList<LineSeries> series) => new()
    {
        Title = title,
        XLabel = across,
        YLabel = upwards,
        Series = series,
        Width = HtmlPage.ChartWidth,
        Height = HtmlPage.ChartHeight,
    };

    /// <summary>A chart of bars.</summary>
    public static BarChart Bars(string title, string across, string upwards, IReadOnlyList<string> labels, params IReadOnlyList<BarSeries> series) => new()
    {
        Title = title,
        XLabel = across,
        YLabel = upwards,
        Labels = labels,
        Series = series,
        Width = HtmlPage.ChartWidth,
        Height = HtmlPage.ChartHeight,
    };
}
