using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Networks;

/// <summary>rbm evaluate of an energy network.</summary>
internal sealed class JemEvaluateCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<string?> _outliers = OptionFactory.Text("--outliers", "Rows of another kind: says how well log p(x), and the largest p(class | x), tell them from --data (area under the ROC curve)", "name|path");
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private JemEvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        JemEvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Energies of rows under an energy network; with classes error and calibration, with outliers how well they are told apart.")
        {
            evaluate._model, evaluate._data, evaluate._labels, evaluate._outliers, evaluate._limit, evaluate._dataDirectory, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        EnergyNetwork model = EnergyNetworkFile.Load(path);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            int? limit = parse.GetValue(_limit);
            string name = parse.GetRequiredValue(_data);
            Dataset data = parse.GetValue(_labels) is { } labels ? selection.OpenLabelled(name, labels, limit, signals.Token) : selection.Open(name, limit, signals.Token);
            DataSelection.RequireWidth(data, model.Columns, path);
            JemScores scores = JemScores.Of(model, data);
            FigureTable table = new();
            table.Add("rows", data.Rows);
            table.Add("mean_energy", -scores.LogDensities.Average());
            if (data.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) >= 0)
            {
                ClassificationReport report = ClassificationReport.Run(model, data, cancellation: signals.Token);
                table.Add("labelled_rows", report.Rows);
                table.Add("errors", report.Errors);
                table.Add("error_percent", 100 * report.ErrorRate);
                table.Add("cross_entropy", report.CrossEntropy);
                table.Add("calibration_error", report.CalibrationError);
            }

            if (parse.GetValue(_outliers) is { } others)
            {
                Dataset rows = selection.Open(others, limit, signals.Token);
                DataSelection.RequireWidth(rows, model.Columns, path);
                JemScores outlying = JemScores.Of(model, rows);
                table.Add("outlier_rows", rows.Rows);
                table.Add("outlier_mean_energy", -outlying.LogDensities.Average());
                table.Add("outlier_roc_area_of_density", RocCurve.Area(scores.LogDensities, outlying.LogDensities));
                table.Add("outlier_roc_area_of_confidence", RocCurve.Area(scores.Confidences, outlying.Confidences));
            }

            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, table.WriteJson);
            }
            else
            {
                table.WriteText(_terminal.Output);
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }
}
