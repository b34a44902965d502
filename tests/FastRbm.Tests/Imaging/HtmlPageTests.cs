using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using FastRbm.Imaging;
using FastRbm.Testing;

namespace FastRbm.Tests.Imaging;

public sealed class HtmlPageTests
{
    private static readonly XNamespace _html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void A_page_is_the_same_bytes_for_ever_and_in_every_country()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = Cultures.WithCommas;
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Example(withPicture: false).ToHtml())));
            Assert.Equal("7856a2d732cbd61e0943f748b3158ba72e62ab12bdf187efd87df7cf64359420", hash);
            Assert.Equal(Example(withPicture: true).ToHtml(), Example(withPicture: true).ToHtml());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_page_is_well_formed_and_holds_what_was_written_in_its_order()
    {
        XElement page = Parse(Example(withPicture: true));
        Assert.Equal(["A <page>", "A <page>"], page.Descendants().Where(static element => element.Name.LocalName is "title" or "h1").Select(static element => element.Value));
        Assert.Equal(["h2", "p", "pre", "figure", "h2", "figure", "h3", "figure", "h2"], page.Descendants(_html + "main").Elements().Select(static element => element.Name.LocalName));
        XElement[] links = [.. page.Descendants(_html + "nav").Elements(_html + "a")];
        Assert.Equal(["First", "Second & third", "Last"], links.Select(static link => link.Value));
        Assert.Equal(
            links.Select(static link => ((string)link.Attribute("href")!)[1..]), page.Descendants(_html + "h2").Select(static heading => (string)heading.Attribute("id")!));
        Assert.Equal(2, page.Descendants(_svg + "svg").Count());
        Assert.Equal(["n", null, "n"], page.Descendants(_html + "th").Select(static cell => (string?)cell.Attribute("class")));
        Assert.Equal("a\nb", page.Descendants(_html + "pre").Single().Value);
        Assert.Equal(["x < y", "c"], page.Descendants(_html + "p").Concat(page.Descendants(_html + "th")).Descendants(_html + "code").Select(static code => code.Value));
    }

    [Fact]
    public void A_page_asks_nothing_of_any_network_and_runs_nothing()
    {
        string html = Example(withPicture: true).ToHtml();
        XElement page = Parse(Example(withPicture: true));
        Assert.DoesNotContain(page.Descendants(), static element => element.Name.LocalName is "script" or "link" or "iframe" or "object" or "base");
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.All(
            page.DescendantsAndSelf().Attributes().Where(static attribute => attribute.Name.LocalName is "src" or "href" or "srcset"),
            static attribute => Assert.True(attribute.Value.StartsWith("data:image/png;base64,", StringComparison.Ordinal) || attribute.Value[0] == '#', attribute.Value));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), static attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void A_picture_in_a_page_is_the_picture()
    {
        PixelImage image = Picture();
        XElement shown = Parse(Example(withPicture: true)).Descendants(_html + "img").Single();
        byte[] bytes = Convert.FromBase64String(((string)shown.Attribute("src")!)["data:image/png;base64,".Length..]);
        using MemoryStream png = new();
        image.WritePng(png);
        Assert.Equal(png.ToArray(), bytes);
        Assert.Equal(("3", "2", "three by two \""), ((string)shown.Attribute("width")!, (string)shown.Attribute("height")!, (string)shown.Attribute("alt")!));
    }

    [Fact]
    public void Marks_of_HTML_and_control_characters_do_no_harm_anywhere()
    {
        const string text = "</p><script>a&\"'\u0001\uD800";
        HtmlPage page = new(text) { Lead = text };
        page.Section(text);
        page.Subsection(text);
        page.Paragraph(text);
        page.Code(text);
        page.Table([text], [[text]], text);
        page.Figure(text, new LineChart { Title = text, Series = [LineSeries.Of(text, [1, 2])] });
        page.Pictures(text, (text, Picture()));
        XElement parsed = Parse(page);
        Assert.Empty(parsed.Descendants(_html + "script"));
        Assert.Equal(16, parsed.DescendantNodes().OfType<XText>().Count(static node => node.Value == "</p><script>a&\"'?\uFFFD"));
    }

    [Fact]
    public void Backticks_without_a_twin_stay_backticks()
    {
        HtmlPage page = new("a");
        page.Paragraph("`a` `b");
        page.Paragraph("`");
        page.Paragraph("``");
        Assert.Equal(["a `b", "`", ""], Parse(page).Descendants(_html + "p").Select(static paragraph => paragraph.Value));
    }

    [Fact]
    public void What_shows_nothing_is_refused_and_leaves_the_page_as_it_was()
    {
        HtmlPage page = new("a");
        string before = page.ToHtml();
        Assert.Throws<ArgumentException>(() => new HtmlPage(" "));
        Assert.Throws<ArgumentException>(() => page.Section(""));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Figure("a"));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Figure("a", new LineChart { Series = [LineSeries.Of("a", [1])] }, new LineChart()));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Pictures("a"));
        Assert.Throws<ArgumentOutOfRangeException>(() => page.Table([], []));
        Assert.Contains("row 1", Assert.Throws<ArgumentException>(() => page.Table(["a"], [["b"], ["c", "d"]])).Message, StringComparison.Ordinal);
        Assert.Equal(before, page.ToHtml());
        using TemporaryDirectory directory = new();
        page.Save(directory.File("a.html"));
        Assert.Equal(before, File.ReadAllText(directory.File("a.html")));
    }

    private static HtmlPage Example(bool withPicture)
    {
        HtmlPage page = new("A <page>") { Lead = "What it shows." };
        page.Section("First");
        page.Paragraph("If `x < y`, then & so on.");
        page.Code("a\nb");
        page.Figure("Two charts.", new LineChart { Title = "One", Series = [LineSeries.Of("a", [1, 2.5])] }, new BarChart { Title = "Two", Labels = ["a"], Series = [new BarSeries(null, [1])] });
        page.Section("Second & third");
        page.Table(["a", "b", "`c`"], [["1", "x", "-2 %"], ["3", "4", "-"]], "A table.");
        page.Subsection("Part");
        if (withPicture)
        {
            page.Pictures("A picture.", ("three by two \"", Picture()));
        }

        page.Section("Last");
        return page;
    }

    private static PixelImage Picture()
    {
        PixelImage image = new(3, 2, 1);
        image.Pixels[4] = 200;
        return image;
    }

    private static XElement Parse(HtmlPage page)
    {
        using XmlReader reader = XmlReader.Create(new StringReader(page.ToHtml()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader).Root!;
    }
}
