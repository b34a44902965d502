using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm diagnose.</summary>
internal sealed class DiagnoseCommand
{
    private static readonly MixingOptions _defaults = new();

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _data = OptionFactory.Text(
        "--data", "Rows that half of the chains start from and samples are compared with. " + CommonOptions.DataHelp, "name|path");

    private readonly Option<int> _chains = OptionFactory.Integer("--chains", "Chains in all", _defaults.Chains, least: 4);
    private readonly Option<int> _sweeps = OptionFactory.Integer(
        "--sweeps", "Gibbs steps of each chain; the first half isn't judged", _defaults.Sweeps, least: 2 * ChainDiagnostics.LeastDraws);

    private readonly Option<string?> _images = OptionFactory.Text("--images", $"Save pictures here: {DiagnosisPictures.Names}", "directory");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private DiagnoseCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        DiagnoseCommand diagnose = new(terminal);
        Command command = new("diagnose", "Tell whether the chains of a model mix, and how its samples compare with data.")
        {
            diagnose._model, diagnose._data, diagnose._chains, diagnose._sweeps, diagnose._images, diagnose._dataDirectory, diagnose._seed,
            diagnose._threads, diagnose._json,
        };
        command.SetAction(diagnose.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        MixingOptions options = Read(parse);
        string path = parse.GetRequiredValue(_model);
        string? images = parse.GetValue(_images);
        Rbm rbm = ModelFile.Load(path);
        ImageShape shape = PictureShape.Of(ModelFile.LoadMetadata(path), rbm.Visible.Count);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            Dataset? data = null;
            if (parse.GetValue(_data) is { } name)
            {
                data = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenBits(name, null, signals.Token);
                DataSelection.RequireWidth(data, rbm.Visible.Count, path);
            }

            if (images is not null)
            {
                OutputPath.MakeDirectory(images);
            }

            MixingReport report = MixingReport.Run(rbm, options, data, new Sweeping(bar), signals.Token);
            FigureTable table = new();
            DiagnosisReport.Fill(table, report);
            if (data is not null)
            {
                DiagnosisData.Fill(table, rbm, data, report, signals.Token);
            }

            bar.Clear();
            if (images is not null && new DiagnosisPictures(images, report).Save(rbm, shape) is { } left)
            {
                _terminal.Note(left);
            }

            Write(table, parse.GetValue(_json));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private MixingOptions Read(ParseResult parse)
    {
        MixingOptions options = _defaults with
        {
            Chains = parse.GetValue(_chains),
            Sweeps = parse.GetValue(_sweeps),
            Seed = parse.GetValue(_seed),
            Threads = CommonOptions.ThreadsOf(parse, _threads),
        };
        try
        {
            options.Validate();
            return options;
        }
        catch (ArgumentOutOfRangeException outOfRange)
        {
            throw new UsageException("--" + OptionErrors.MessageOf(outOfRange));
        }
    }

    private void Write(FigureTable table, bool json)
    {
        if (json)
        {
            JsonLine.Write(_terminal.Output, table.WriteJson);
        }
        else
        {
            table.WriteText(_terminal.Output);
        }
    }

    private sealed class Sweeping(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, static () => "running chains");
    }
}
