using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Imaging;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Demos;

/// <summary>What a demo has while it runs: seed and threads, its page, result lines, and files that are saved when all is done.</summary>
internal sealed class DemoRun
{
    private readonly List<(string Name, Action<string> Save)> _files = [];
    private readonly Terminal _terminal;
    private readonly ProgressBar _bar;
    private readonly string? _dataDirectory;

    /// <summary>Begins the page: title, what it shows, and the command that makes it.</summary>
    /// <param name="title">The title.</param>
    /// <param name="lead">What it shows.</param>
    /// <param name="command">The command, without what can't be seen in the page: threads, directories.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="dataDirectory">Where named data sets are looked for first, or null.</param>
    public DemoRun(string title, string lead, string command, Terminal terminal, string? dataDirectory)
    {
        _terminal = terminal;
        _bar = new ProgressBar(terminal);
        _dataDirectory = dataDirectory;
        Page = new HtmlPage(title) { Lead = lead };
        Page.Code(command);
    }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads; nothing that is shown depends on them.</summary>
    public required int Threads { get; init; }

    /// <summary>Cancelled by a signal.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <summary>The page.</summary>
    public HtmlPage Page { get; }

    /// <summary>What is printed: a few figures.</summary>
    public FigureTable Results { get; } = new();

    /// <summary>Tells a person how far the work is, and stops it when a signal came.</summary>
    /// <param name="share">From 0 to 1, of the whole demo.</param>
    /// <param name="doing">What is being done.</param>
    public void Progress(double share, string doing)
    {
        Cancellation.ThrowIfCancellationRequested();
        _bar.Show(share, 0, () => doing);
    }

    /// <summary>Tells the user something, on standard error.</summary>
    public void Note(string message)
    {
        _bar.Clear();
        _terminal.Note(message);
    }

    /// <summary>Whether a named data set is on this machine.</summary>
    public bool HasData(string name) => DatasetSource.IsLocal(name, new DatasetSourceOptions { DataDirectory = _dataDirectory });

    /// <summary>Opens data.</summary>
    /// <param name="name">A name, with a split or without.</param>
    /// <param name="limit">How many rows; null for all.</param>
    public Dataset Open(string name, int? limit = null) => new DataSelection(_terminal, _dataDirectory).Open(name, limit, Cancellation);

    /// <summary>Puts charts on the page and saves each as a file of its own.</summary>
    /// <param name="caption">What is to be seen.</param>
    /// <param name="charts">The charts with the names of their files, without ending.</param>
    public void Figure(string caption, params IReadOnlyList<(string File, IChart Chart)> charts)
    {
        Page.Figure(caption, [.. charts.Select(static named => named.Chart)]);
        foreach ((string file, IChart chart) in charts)
        {
            _files.Add((file + ".svg", path => AtomicFile.Write(path, System.Text.Encoding.UTF8.GetBytes(chart.ToSvg()))));
        }
    }

    /// <summary>Puts pictures on the page and saves each as a file of its own.</summary>
    /// <param name="caption">What is to be seen.</param>
    /// <param name="pictures">The pictures with the names of their files, without ending, and the words above them.</param>
    public void Pictures(string caption, params IReadOnlyList<(string File, string Words, PixelImage Image)> pictures)
    {
        Page.Pictures(caption, [.. pictures.Select(static named => (named.Words, named.Image))]);
        foreach ((string file, _, PixelImage image) in pictures)
        {
            _files.Add((file + ".png", image.SavePng));
        }
    }

    /// <summary>Saves a model: of binary units and spins as it is now, of others as it is in the end.</summary>
    /// <param name="file">The name of the file, without ending.</param>
    /// <param name="rbm">The model; of other units than binary ones and spins it must not change any more.</param>
    /// <param name="shape">How a row lies as an image; null for none.</param>
    public void Model(string file, Rbm rbm, ImageShape? shape = null)
    {
        // A copy: later training must not show.
        bool simple = rbm.Visible.Kind is UnitKind.Binary or UnitKind.Spin && rbm.Hidden.Kind is UnitKind.Binary or UnitKind.Spin;
        Rbm saved = simple ? new Rbm(RbmParameters.From(rbm)) : rbm;
        Dictionary<string, string> extras = shape is { } image ? new() { [PictureShape.MetadataKey] = PictureShape.Text(image) } : [];
        _files.Add((file + ".safetensors", path => ModelFile.Save(path, saved, extras)));
    }

    /// <summary>Saves all files, the page last.</summary>
    /// <param name="directory">An existing directory.</param>
    /// <param name="name">The name of the page, without ending.</param>
    /// <returns>The path of the page.</returns>
    public string Save(string directory, string name)
    {
        _bar.Clear();
        foreach ((string file, Action<string> save) in _files)
        {
            save(Path.Combine(directory, file));
        }

        string page = Path.Combine(directory, name + ".html");
        Page.Save(page);
        return page;
    }

    /// <summary>Removes the progress line.</summary>
    public void EndProgress() => _bar.Clear();
}
