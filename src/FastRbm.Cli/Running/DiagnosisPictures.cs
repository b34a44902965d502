using FastRbm.Cli.Output;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Imaging;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Cli.Running;

/// <summary>Pictures of a diagnosis: chains at start and end, traces, autocorrelations, the spectrum of the weights.</summary>
internal sealed class DiagnosisPictures
{
    private const int MostTiles = 100;
    private const int ShownChains = 4;
    private const int MostPoints = 1000;

    // About ten seconds.
    private const double MostSpectrumOperations = 1.5e10;

    private readonly string _directory;
    private readonly MixingReport _report;

    /// <summary>Remembers what to draw.</summary>
    public DiagnosisPictures(string directory, MixingReport report)
    {
        _directory = directory;
        _report = report;
    }

    /// <summary>The files that are written, for the help text.</summary>
    public static string Names => "chains-start.png, chains-end.png, trace-free-energy.svg, trace-active-units.svg, autocorrelation.svg, spectrum.svg";

    /// <summary>Saves all pictures; those of chains only where a row is one.</summary>
    /// <returns>What was left out and why; null when nothing was.</returns>
    public string? Save(Rbm rbm, ImageShape shape)
    {
        string? left = null;
        if (shape.Height > 1)
        {
            Pictures.States(Tiles(_report.Starts), shape).SavePng(PathOf("chains-start.png"));
            Pictures.States(Tiles(_report.Ends), shape).SavePng(PathOf("chains-end.png"));
        }
        else
        {
            left = "pictures of chains are left out: rows of this width aren't images.";
        }

        FreeEnergy().SaveSvg(PathOf("trace-free-energy.svg"));
        Traces("Active units", "units that are on", (_report.Traces[1], "visible, "), (_report.Traces[2], "hidden, ")).SaveSvg(PathOf("trace-active-units.svg"));
        Autocorrelation().SaveSvg(PathOf("autocorrelation.svg"));
        double small = Math.Min(rbm.Visible.Count, rbm.Hidden.Count);
        if (4.0 * rbm.Visible.Count * rbm.Hidden.Count * small > MostSpectrumOperations)
        {
            return "the spectrum is left out: it would take long for weights of this size.";
        }

        Spectrum(rbm).SaveSvg(PathOf("spectrum.svg"));
        return left;
    }

    /// <summary>Some chains' free energies, sweep by sweep.</summary>
    public LineChart FreeEnergy() => Traces("Free energy", "free energy (nats)", (_report.Traces[0], string.Empty));

    private string PathOf(string name) => Path.Combine(_directory, name);

    /// <summary>The first chains of both kinds, half and half.</summary>
    private BitMatrix Tiles(BitMatrix states)
    {
        int data = Math.Min(_report.DataChains, MostTiles / 2);
        int random = Math.Min(_report.RandomChains, MostTiles - data);
        BitMatrix tiles = new(random + data, states.Columns);
        for (int tile = 0; tile < tiles.Rows; tile++)
        {
            states.Row(tile < random ? tile : _report.RandomChains + tile - random).CopyTo(tiles.Row(tile));
        }

        return tiles;
    }

    private LineChart Traces(string title, string label, params ReadOnlySpan<(MixingTrace Trace, string Name)> traces)
    {
        List<LineSeries> lines = [];
        int colour = 0;
        foreach ((MixingTrace trace, string name) in traces)
        {
            Append(lines, trace, 0, Math.Min(ShownChains, _report.RandomChains), name + "from random", colour);
            Append(lines, trace, _report.RandomChains, Math.Min(ShownChains, _report.DataChains), name + "from data", colour + 1);
            colour += 2;
        }

        return new LineChart { Title = title, XLabel = "sweep", YLabel = label, Series = lines };
    }

    private static void Append(List<LineSeries> lines, MixingTrace trace, int first, int count, string name, int colour)
    {
        int stride = (trace.Sweeps + MostPoints - 1) / MostPoints;
        int points = (trace.Sweeps + stride - 1) / stride;
        double[] sweeps = new double[points];
        for (int i = 0; i < points; i++)
        {
            sweeps[i] = trace.FirstSweep + (i * stride);
        }

        for (int chain = first; chain < first + count; chain++)
        {
            ReadOnlySpan<double> values = trace.Values.GetRowSpan(chain);
            double[] shown = new double[points];
            for (int i = 0; i < points; i++)
            {
                shown[i] = values[i * stride];
            }

            lines.Add(new LineSeries(chain == first ? name : null, sweeps, shown) { Colour = colour });
        }
    }

    /// <summary>The autocorrelations of all traces after the warm-up.</summary>
    public LineChart Autocorrelation()
    {
        int judged = _report.Options.Sweeps - _report.Options.WarmUp;
        double time = double.IsFinite(_report.AutocorrelationTime) ? _report.AutocorrelationTime : judged;

        // Beyond half of the sweeps the means of chains are known too badly for correlations.
        int lags = Math.Min((int)Math.Min(judged / 2, Math.Max(20, 4 * time)), MostPoints);
        return new LineChart
        {
            Title = "Autocorrelation after the warm-up",
            XLabel = "lag (sweeps)",
            YLabel = "correlation",
            Series = [.. _report.Traces.Select(trace => LineSeries.Of(
                trace.Name.Replace('_', ' '), ChainDiagnostics.Autocorrelations(trace.Judged(_report.Options.WarmUp), lags)))],
        };
    }

    private static LineChart Spectrum(Rbm rbm)
    {
        RbmParameters parameters = RbmParameters.From(rbm);
        return new LineChart
        {
            Title = "Singular values of the weights",
            XLabel = "rank",
            YLabel = "singular value",
            Series = [LineSeries.Of(null, SingularValues.Compute(parameters.Weights, parameters.Visible, parameters.Hidden), firstX: 1)],
        };
    }
}
