using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using FastRbm.Imaging;
using FastRbm.Testing;

namespace FastRbm.Tests.Imaging;

public sealed class LineChartTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    private static LineChart Example => new()
    {
        Title = "Free energy",
        XLabel = "sweep",
        YLabel = "nats",
        Series =
        [
            LineSeries.Of("up", [-1.5, 0, 2.25, 3], firstX: 1),
            new LineSeries("down", [1, 4], [3, -1]) { Colour = 4 },
            new LineSeries(null, [2], [0]),
        ],
    };

    [Fact]
    public void A_chart_is_the_same_bytes_for_ever_and_in_every_country()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.WithCommas;
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Example.ToSvg())));
            Assert.Equal("0456f986fc09c75fa25c9c42c7c11b32a1761222b85e907bb227619bca9e01c6", hash);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_chart_is_well_formed_and_holds_title_labels_legend_and_lines()
    {
        XElement root = XDocument.Parse(Example.ToSvg()).Root!;
        Assert.Equal((_svg + "svg", "720", "420"), (root.Name, (string)root.Attribute("width")!, (string)root.Attribute("height")!));
        string[] texts = [.. root.Descendants(_svg + "text").Select(static text => text.Value)];
        Assert.Superset(new HashSet<string> { "Free energy", "sweep", "nats", "up", "down", "-2", "0", "3", "1.0", "4.0" }, texts.ToHashSet());
        XElement[] lines = [.. root.Descendants(_svg + "polyline")];
        Assert.Equal(2, lines.Length);
        Assert.Equal(["#0072b2", "#e69f00"], lines.Select(static line => (string)line.Attribute("stroke")!));
        Assert.Single(root.Descendants(_svg + "circle"));

        // The axes go from 1 to 4 in steps of a half and from -2 to 3 in steps of 1.
        Assert.Equal("76,332 284,236 492,92 700,44", (string)lines[0].Attribute("points")!);
    }

    [Fact]
    public void Broken_lines_a_higher_axis_and_a_legend_at_the_bottom_are_drawn_when_asked_for()
    {
        LineChart chart = Example with { YReaches = [10], LegendAtBottom = true, Series = [LineSeries.Of("a", [0, 1]), LineSeries.Of("b", [1, 0]) with { IsBroken = true }] };
        XElement root = XDocument.Parse(chart.ToSvg()).Root!;
        Assert.Equal([null, "5 4"], root.Descendants(_svg + "polyline").Select(static line => (string?)line.Attribute("stroke-dasharray")));
        Assert.Contains("10", root.Descendants(_svg + "text").Select(static text => text.Value));
        Assert.Equal(["338", "338", "356", "356"], root.Elements(_svg + "text").Where(static text => text.Value is "a" or "b").Select(static text => (string)text.Attribute("y")!));
        Assert.Throws<ArgumentException>(() => (Example with { YReaches = [double.NaN] }).ToSvg());
    }

    [Fact]
    public void Marks_of_XML_and_control_characters_do_no_harm()
    {
        string text = "a<b>&\"'\u0001\u00e9\U0001F600\uD800";
        LineChart chart = Example with { Title = text, XLabel = text, YLabel = text, Series = [LineSeries.Of(text, [1, 2])] };
        string[] texts = [.. XDocument.Parse(chart.ToSvg()).Descendants(_svg + "text").Select(static element => element.Value)];
        Assert.Equal(5, texts.Count(static found => found == "a<b>&\"'?\u00e9\U0001F600\uFFFD"));
    }

    [Fact]
    public void Whatever_the_numbers_coordinates_are_finite_and_inside()
    {
        SplitMix64 random = new(1);
        for (int round = 0; round < 300; round++)
        {
            double scale = Math.Pow(10, random.NextDouble(-320, 308));
            double offset = random.NextBool() ? 0 : random.NextDouble(-1, 1) * Math.Pow(10, random.NextDouble(-10, 307));
            double[] values = [.. random.NextDoubles(1 + random.NextInt(5)).Select(value => Math.Clamp(offset + ((value - 0.5) * scale), double.MinValue, double.MaxValue))];
            Inside(new LineChart { Series = [new LineSeries(null, values, [.. values.Reverse()])] });
        }

        Inside(new LineChart { Series = [LineSeries.Of(null, [double.MinValue, double.MaxValue])] });
        Inside(new LineChart { Series = [LineSeries.Of(null, [double.Epsilon, 0])] });
        Inside(new LineChart { Series = [LineSeries.Of(null, [0, 0, 0])] });
    }

    [Theory]
    [InlineData(0, 10, "0 2 4 6 8 10")]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-0.013, 0.027, "-0.02 -0.01 0 0.01 0.02 0.03")]
    [InlineData(950, 1020, "940 960 980 1000 1020")]
    [InlineData(0, 3e7, "0 5e6 10e6 15e6 20e6 25e6 30e6")]
    [InlineData(2e-7, 8e-7, "2e-7 3e-7 4e-7 5e-7 6e-7 7e-7 8e-7")]
    [InlineData(5, 5, "2 3 4 5 6 7 8")]
    [InlineData(-400, -300, "-400 -380 -360 -340 -320 -300")]
    public void Ticks_are_round_numbers_that_enclose_the_data(double low, double high, string labels)
    {
        AxisTicks ticks = new(low, high, 6);
        Assert.Equal(labels.Replace("0.0 ", "0 ", StringComparison.Ordinal), string.Join(' ', Enumerable.Range(0, ticks.Count).Select(ticks.Label)));
        Assert.InRange(ticks.Place(low), 0, 1);
        Assert.InRange(ticks.Place(high), 0, 1);
    }

    [Fact]
    public void Charts_that_show_nothing_are_refused_and_no_file_is_touched()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LineChart().ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => new LineChart { Series = [LineSeries.Of("a", [])] }.ToSvg());
        Assert.Throws<ArgumentException>(() => new LineChart { Series = [new LineSeries("a", [1, 2], [1])] }.ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Width = 10 }).ToSvg());
        using TemporaryDirectory directory = new();
        LineChart bad = new() { Series = [LineSeries.Of("a", [1]), LineSeries.Of("a", [1, double.NaN])] };
        Assert.Contains("series 1", Assert.Throws<ArgumentException>(() => bad.SaveSvg(directory.File("a.svg"))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.File("a.svg")));
        Example.SaveSvg(directory.File("b.svg"));
        Assert.Equal(Example.ToSvg(), File.ReadAllText(directory.File("b.svg")));
    }

    private static void Inside(LineChart chart)
    {
        XElement root = XDocument.Parse(chart.ToSvg()).Root!;
        Assert.DoesNotContain(root.Descendants(_svg + "text"), static text => text.Value.Contains("NaN", StringComparison.Ordinal) || text.Value == "-0");
        IEnumerable<string> points = root.Descendants(_svg + "polyline").SelectMany(static line => ((string)line.Attribute("points")!).Split(' '))
            .Concat(root.Descendants(_svg + "circle").Select(static circle => $"{(string)circle.Attribute("cx")!},{(string)circle.Attribute("cy")!}"));
        foreach (string point in points)
        {
            string[] place = point.Split(',');
            Assert.InRange(double.Parse(place[0], CultureInfo.InvariantCulture), 76 - 0.01, 700.01);
            Assert.InRange(double.Parse(place[1], CultureInfo.InvariantCulture), 44 - 0.01, 364.01);
        }
    }
}
