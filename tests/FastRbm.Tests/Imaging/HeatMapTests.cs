using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using FastRbm.Imaging;
using FastRbm.Testing;

namespace FastRbm.Tests.Imaging;

public sealed class HeatMapTests
{
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    private static HeatMap Example => new()
    {
        Title = "Weights",
        XLabel = "hidden",
        YLabel = "visible",
        RowLabels = ["a", "b"],
        ColumnLabels = ["x", "y", "<z>"],
        Values = [2, -1, 0, -2, 0.5, -0.001],
    };

    [Fact]
    public void A_map_is_the_same_bytes_for_ever_and_in_every_country()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.WithCommas;
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Example.ToSvg())));
            Assert.Equal("07c9861ee08f6b45e9d5c1e976fafb7b60c2f61dfa86713543f953f10d045877", hash);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Cells_have_the_colour_of_their_number_and_the_number()
    {
        XElement root = XDocument.Parse(Example.ToSvg()).Root!;
        XElement[] cells = [.. root.Descendants(_svg + "rect").Where(static cell => cell.Attribute("stroke") is not null)];
        Assert.Equal(["#6e0014", "#5a8ce6", "#ffffff", "#0a1e6e", "#f5afa3", "#ffffff"], cells.Select(static cell => (string)cell.Attribute("fill")!));
        string[] texts = [.. root.Descendants(_svg + "text").Select(static text => text.Value)];
        Assert.Equal(["Weights", "2.00", "-1.00", "0.00", "-2.00", "0.50", "0.00", "a", "b", "x", "y", "<z>", "hidden", "visible", "2.00", "0", "-2.00"], texts);
        XElement[] wider = [.. XDocument.Parse((Example with { Full = 4, Format = "" }).ToSvg()).Root!.Descendants(_svg + "rect").Where(static cell => cell.Attribute("stroke") is not null)];
        Assert.Equal("#eb5f46", (string)wider[0].Attribute("fill")!);
        Assert.Contains(">4</text>", (Example with { Full = 4, Format = "" }).ToSvg(), StringComparison.Ordinal);
        Assert.DoesNotContain("-1.00", (Example with { Format = "" }).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_is_drawn_inside_whatever_the_words()
    {
        foreach (string words in new[] { "", "w", "words that are rather long" })
        {
            HeatMap map = new() { Title = words, XLabel = words, YLabel = words, RowLabels = [words, "b"], ColumnLabels = [words], Values = [0, 0] };
            XElement root = XDocument.Parse(map.ToSvg()).Root!;
            double width = double.Parse((string)root.Attribute("width")!, CultureInfo.InvariantCulture);
            double height = double.Parse((string)root.Attribute("height")!, CultureInfo.InvariantCulture);
            foreach (XElement drawn in root.Descendants().Where(static element => element.Attribute("x") is not null))
            {
                Assert.InRange(double.Parse((string)drawn.Attribute("x")!, CultureInfo.InvariantCulture), 0, width);
                Assert.InRange(double.Parse((string)drawn.Attribute("y")!, CultureInfo.InvariantCulture), 0, height);
            }
        }
    }

    [Fact]
    public void Maps_that_show_nothing_are_refused_and_no_file_is_touched()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HeatMap().ToSvg());
        Assert.Throws<ArgumentException>(() => (Example with { Values = [1] }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { Full = 0 }).ToSvg());
        Assert.Throws<ArgumentOutOfRangeException>(() => (Example with { CellWidth = 1 }).ToSvg());
        using TemporaryDirectory directory = new();
        HeatMap bad = Example with { Values = [1, 2, 3, 4, double.NaN, 6] };
        Assert.Contains("row 1, column 1", Assert.Throws<ArgumentException>(() => bad.SaveSvg(directory.File("a.svg"))).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(directory.File("a.svg")));
        Example.SaveSvg(directory.File("b.svg"));
        Assert.Equal(Example.ToSvg(), File.ReadAllText(directory.File("b.svg")));
    }
}
