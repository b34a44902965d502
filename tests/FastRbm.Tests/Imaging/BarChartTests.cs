using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using FastRbm.Imaging;
using FastRbm.Testing;

namespace FastRbm.Tests.Imaging;

public sealed class BarChartTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    private static BarChart Example => new()
    {
        Title = "Success",
        XLabel = "gate",
        YLabel = "share",
        Labels = ["and", "or", "xor"],
        Series = [new BarSeries("first", [1, 0.5, -1]), new BarSeries("second", [2, 0, 4]) { Errors = [0.5, 0, 1], Colour = 4 }],
    };

    [Fact]
    public void A_chart_is_the_same_bytes_for_ever_and_in_every_country()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.WithCommas;
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Example.ToSvg())));
            Assert.Equal("54dc6d5a031a7439991bdd15d66cb4759a05feb06764d8a25f80efb13291f739", hash);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Bars_stand_on_zero_side_by_side_and_errors_reach_both_ways()
    {
        XElement root = XDocument.Parse(Example.ToSvg()).Root!;
        string[] texts = [.. root.Descendants(_svg + "text").Select(static text => text.Value)];
        Assert.Superset(new HashSet<string> { "Success", "gate", "share", "and", "or", "xor", "first", "second", "-1", "5" }, texts.ToHashSet());
        XElement[] bars = [.. root.Elements(_svg + "g").Where(static group => (string?)group.Attribute("fill") is "#0072b2" or "#e69f00").Elements(_svg + "rect")];
        Assert.Equal(6, bars.Length);

        // The axis goes from -1 to 5 over 320 pixels: 0 lies at 364 - 320 / 6. A group has 208 pixels, a bar the most there may be: 48.
        Assert.Equal(("132", "257.33", "48", "53.33"), Box(bars[0]));
        Assert.Equal(("340", "284", "48", "26.67"), Box(bars[1]));
        Assert.Equal(("548", "310.67", "48", "53.33"), Box(bars[2]));
        Assert.Equal(("180", "204", "48", "106.67"), Box(bars[3]));
        Assert.Equal(("388", "310.67", "48", "0"), Box(bars[4]));
        string[] errors = [.. root.Elements(_svg + "g").Where(static group => (string?)group.Attribute("stroke") == "#333333").Elements(_svg + "path").Select(static path => (string)path.Attribute("d")!)];
        Assert.Equal(["M200 177.33h8M200 230.67h8M204 230.67V177.33", "M408 310.67h8M408 310.67h8M412 310.67V310.67", "M616 44h8M616 150.67h8M620 150.67V44"], errors);

        static (string X, string Y, string Width, string Height) Box(XElement bar) =>
            ((string)bar.Attribute("x")!, (string)bar.Attribute("y")!, (string)bar.Attribute("width")!, (string)bar.Attribute("height")!);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(38, 2)]
    [InlineData(64, 5)]
    [InlineData(900, 50)]
    public void Labels_that_would_touch_each_other_are_thinned_out(int groups, int stride)
    {
        BarChart chart = new()
        {
            Labels = [.. Enumerable.Range(0, groups).Select(static group => group.ToString("000", CultureInfo.InvariantCulture))],
            Series = [new BarSeries(null, new double[groups])],
        };
        int[] shown = [.. XDocument.Parse(chart.ToSvg()).Descendants(_svg + "text").Where(static text => (string?)text.Attribute("y") == "382")
            .Select(static text => int.Parse(text.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(0, (groups + stride - 1) / stride).Select(i => i * stride), shown);
    }

    [Fact]
    public void Charts_that_show_nothing_are_refused_and_no_file_is_touched()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BarChart().ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Series = [] }).ToSvg());
        Assert.Throws<ArgumentException>(() => (Example with { Series = [new BarSeries("a", [1])] }).ToSvg());
        Assert.Throws<ArgumentException>(() => (Example with { Series = [new BarSeries("a", [1, 2, 3]) { Errors = [1] }] }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Series = [new BarSeries("a", [1, 2, 3]) { Errors = [1, -1, 0] }] }).ToSvg());
        Assert.Throws<ArgumentException>(() => (Example with { YReaches = [double.PositiveInfinity] }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Width = 10 }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Fill = 0 }).ToSvg());
        using TemporaryDirectory directory = new();
        BarChart bad = Example with { Series = [new BarSeries("a", [1, double.NaN, 3])] };
        string message = Assert.Throws<ArgumentException>(() => bad.SaveSvg(directory.File("a.svg"))).Message;
        Assert.Contains("series 0", message, StringComparison.Ordinal);
        Assert.Contains("point 1", message, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.File("a.svg")));
        Example.SaveSvg(directory.File("b.svg"));
        Assert.Equal(Example.ToSvg(), File.ReadAllText(directory.File("b.svg")));
    }
}
