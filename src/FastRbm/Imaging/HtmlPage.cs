using System.Globalization;
using System.Text;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Imaging;

/// <summary>A page that is one file: words, charts as SVG, pictures as PNG, tables. It asks no network and runs no script.</summary>
/// <remarks>
/// <para>Everything that is written is escaped; in paragraphs, captions and cells, text between two `backticks` is set as code. The same
/// calls give the same bytes, as long as the runtime's zlib packs pictures the same (see <see cref="PngWriter"/>). The page is HTML and
/// well-formed XML at once, follows the reader's choice of light or dark, and fits small screens.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
public sealed class HtmlPage
{
    /// <summary>The width of charts that stand two beside each other on a wide screen and can be read on a small one.</summary>
    public const int ChartWidth = 460;

    /// <summary>The height that goes with <see cref="ChartWidth"/>.</summary>
    public const int ChartHeight = 310;

    private const int LeastSectionsForContents = 3;

    private readonly string _title;
    private readonly StringBuilder _body = new();
    private readonly List<string> _sections = [];

    /// <summary>Begins a page.</summary>
    /// <param name="title">The title: not empty.</param>
    public HtmlPage(string title)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(title);
        _title = title;
    }

    /// <summary>What stands below the title; empty for nothing.</summary>
    public string Lead { get; set; } = string.Empty;

    /// <summary>Begins a section; pages with three or more list them at the top.</summary>
    /// <param name="heading">Its heading: not empty.</param>
    public void Section(string heading)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(heading);
        _sections.Add(heading);
        Append($"<h2 id=\"s{_sections.Count}\">{ChartText.Escape(heading)}</h2>\n");
    }

    /// <summary>Begins a part of a section.</summary>
    /// <param name="heading">Its heading: not empty.</param>
    public void Subsection(string heading)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(heading);
        Append($"<h3>{ChartText.Escape(heading)}</h3>\n");
    }

    /// <summary>Writes a paragraph.</summary>
    /// <param name="text">The text.</param>
    public void Paragraph(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Append($"<p>{Marked(text)}</p>\n");
    }

    /// <summary>Writes lines as they are, such as a command.</summary>
    /// <param name="text">The text; lines end with a line feed.</param>
    public void Code(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Append($"<pre><code>{string.Join('\n', text.Split('\n').Select(ChartText.Escape))}</code></pre>\n");
    }

    /// <summary>Shows charts, beside each other where there is room, below one caption.</summary>
    /// <param name="caption">What is to be seen.</param>
    /// <param name="charts">At least one.</param>
    /// <exception cref="ArgumentException">There are no charts, or one can't be drawn.</exception>
    public void Figure(string caption, params IReadOnlyList<IChart> charts)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(charts);
        Throw.IfLess(charts.Count, 1, "number of charts");
        string[] drawings = [.. charts.Select(static chart => chart.ToSvg())];
        _body.Append("<figure>\n<div class=\"plates\">\n");
        for (int i = 0; i < drawings.Length; i++)
        {
            Append($"<div class=\"plate\" role=\"img\" aria-label=\"{ChartText.Escape(charts[i].Title)}\">\n{drawings[i]}</div>\n");
        }

        AppendCaption(caption);
    }

    /// <summary>Shows pictures, beside each other where there is room, below one caption.</summary>
    /// <param name="caption">What is to be seen.</param>
    /// <param name="pictures">At least one, each with the words that stand above it, which are read out to those who can't see it.</param>
    /// <exception cref="ArgumentException">There are no pictures.</exception>
    public void Pictures(string caption, params IReadOnlyList<(string Words, PixelImage Image)> pictures)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(pictures);
        Throw.IfLess(pictures.Count, 1, "number of pictures");
        _body.Append("<figure>\n<div class=\"plates\">\n");
        foreach ((string words, PixelImage image) in pictures)
        {
            using MemoryStream png = new();
            image.WritePng(png);
            string bytes = Convert.ToBase64String(png.GetBuffer(), 0, (int)png.Length);
            Append($"<div class=\"picture\"><p>{Marked(words)}</p><img width=\"{image.Width}\" height=\"{image.Height}\" alt=\"{ChartText.Escape(words)}\"");
            Append($" src=\"data:image/png;base64,{bytes}\"/></div>\n");
        }

        AppendCaption(caption);
    }

    /// <summary>Writes a table; columns of numbers are set to the right.</summary>
    /// <param name="header">The names of the columns: at least one.</param>
    /// <param name="rows">The rows: as many cells as there are names.</param>
    /// <param name="caption">What stands below it; empty for nothing.</param>
    /// <exception cref="ArgumentException">There are no columns, or a row has another number of cells.</exception>
    public void Table(IReadOnlyList<string> header, IReadOnlyList<IReadOnlyList<string>> rows, string caption = "")
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(caption);
        Throw.IfLess(header.Count, 1, "number of columns");
        for (int row = 0; row < rows.Count; row++)
        {
            Throw.IfLengthDiffers(rows[row].Count, header.Count, string.Create(CultureInfo.InvariantCulture, $"row {row}"));
        }

        string[] attributes = [.. header.Select((_, column) => rows.All(row => IsNumber(row[column])) ? " class=\"n\"" : string.Empty)];
        _body.Append("<figure>\n<div class=\"table\"><table>\n<thead><tr>");
        for (int column = 0; column < header.Count; column++)
        {
            Append($"<th{attributes[column]}>{Marked(header[column])}</th>");
        }

        _body.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in rows)
        {
            _body.Append("<tr>");
            for (int column = 0; column < header.Count; column++)
            {
                Append($"<td{attributes[column]}>{Marked(row[column])}</td>");
            }

            _body.Append("</tr>\n");
        }

        _body.Append("</tbody>\n</table>\n");
        AppendCaption(caption);
    }

    /// <summary>The whole page.</summary>
    /// <returns>HTML; lines end with a line feed.</returns>
    public string ToHtml()
    {
        StringBuilder page = new();
        string title = ChartText.Escape(_title);
        page.Append("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n");
        page.Append("<title>").Append(title).Append("</title>\n<style>\n").Append(HtmlStyle.Text).Append("</style>\n</head>\n<body>\n<header>\n<h1>");
        page.Append(title).Append("</h1>\n");
        if (Lead.Length > 0)
        {
            page.Append("<p class=\"lead\">").Append(Marked(Lead)).Append("</p>\n");
        }

        page.Append("</header>\n");
        if (_sections.Count >= LeastSectionsForContents)
        {
            page.Append("<nav>\n");
            for (int i = 0; i < _sections.Count; i++)
            {
                ChartText.Append(page, $"<a href=\"#s{i + 1}\">{ChartText.Escape(_sections[i])}</a>\n");
            }

            page.Append("</nav>\n");
        }

        return page.Append("<main>\n").Append(_body).Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>Saves the page; the file appears complete or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="IOException">The file can't be written; what had its name before is as it was.</exception>
    public void Save(string path) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(ToHtml()));

    private void Append(FormattableString text) => ChartText.Append(_body, text);

    private void AppendCaption(string caption)
    {
        _body.Append("</div>\n");
        if (caption.Length > 0)
        {
            Append($"<figcaption>{Marked(caption)}</figcaption>\n");
        }

        _body.Append("</figure>\n");
    }

    /// <summary>Escaped text with what stands between two backticks as code.</summary>
    private static string Marked(string text)
    {
        string[] parts = text.Split('`');
        StringBuilder marked = new();
        for (int i = 0; i < parts.Length; i++)
        {
            bool isCode = i % 2 == 1 && i < parts.Length - 1;
            marked.Append(isCode ? "<code>" : i % 2 == 1 ? "`" : string.Empty).Append(ChartText.Escape(parts[i])).Append(isCode ? "</code>" : string.Empty);
        }

        return marked.ToString();
    }

    private static bool IsNumber(string cell) => cell.Length == 0 || (cell.Any(char.IsAsciiDigit) && "+-.0123456789\u2212".Contains(cell[0], StringComparison.Ordinal))
        || cell == "-";
}
