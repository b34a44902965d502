using System.CommandLine;
using CommunityToolkit.HighPerformance;
using FastRbm.Cli.Families;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm classify.</summary>
internal sealed class ClassifyCommand
{
    private const int RowsAtOnce = 1024;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<string?> _outliers = OptionFactory.Text(
        "--outliers", "Rows that are of none of the classes: says how well the largest probability tells them from --data (area under the ROC curve)", "name|path");

    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _output = OptionFactory.Text("--output", "An .npy of 4-byte floats: p(class | row), a row a row of data, a column a class", "file");
    private readonly Option<bool> _confusions = OptionFactory.Switch("--confusions", "Print which classes are taken for which");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<bool> _json = CommonOptions.Json();

    private ClassifyCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        ClassifyCommand classify = new(terminal);
        Command command = new("classify", "Give each row a class by a model with labels; with known classes, say how often and how surely it is right.")
        {
            classify._model, classify._data, classify._labels, classify._outliers, classify._limit, classify._output, classify._confusions, classify._dataDirectory, classify._json,
        };
        command.SetAction(classify.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        string name = parse.GetRequiredValue(_data);
        string? output = parse.GetValue(_output);
        if (output is not null)
        {
            if (OutputPath.IsPicture(output))
            {
                throw new UsageException($"{_output.Name}: expected a file name that ends in .npy, found {output}.");
            }

            OutputPath.RequireOther(_output.Name, output, _model.Name, path);
            OutputPath.RequireOther(_output.Name, output, _data.Name, name);
            OutputPath.RequireWritable(output);
        }

        LoadedClassifier loaded = Load(path);
        using TerminationSignals signals = new();
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset data = Open(selection, parse, name, signals.Token);
            DataSelection.RequireWidth(data, loaded.Classifier.Columns, path);
            ILabelledRows rows = loaded.Prepare(data);
            FigureTable figures = new();
            Matrix probabilities = Probabilities(loaded.Classifier, rows, signals.Token);
            ClassificationReport? report = HasLabels(data) ? ClassificationReport.Run(loaded.Classifier, rows, cancellation: signals.Token) : null;
            Add(figures, data, probabilities, report);
            if (parse.GetValue(_outliers) is { } outliers)
            {
                Dataset others = selection.Open(outliers, parse.GetValue(_limit), signals.Token);
                DataSelection.RequireWidth(others, loaded.Classifier.Columns, path);
                figures.Add("outlier_rows", others.Rows);
                figures.Add("outlier_roc_area", RocCurve.Area(Confidences(probabilities), Confidences(Probabilities(loaded.Classifier, loaded.Prepare(others), signals.Token))));
            }

            if (output is not null)
            {
                NpyWriter.Write(output, (ReadOnlySpan2D<float>)probabilities.AsSpan2D());
            }

            Write(figures, report, parse.GetValue(_json), parse.GetValue(_confusions));
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }

        if (output is not null)
        {
            _terminal.Note($"the probabilities are saved in {output}.");
        }

        return ExitCode.Done;
    }

    private static LoadedClassifier Load(string path)
    {
        string kind = ModelFile.KindOf(path);
        IReadOnlyList<ModelFamily> families = FamilyList.Create();
        return families.FirstOrDefault(one => one.Name == kind)?.LoadClassifier(path)
            ?? throw new InvalidInputException(path, "a model with classes", $"a model of kind {kind}");
    }

    private Dataset Open(DataSelection selection, ParseResult parse, string name, CancellationToken cancellation) => parse.GetValue(_labels) is { } labels
        ? selection.OpenLabelled(name, labels, parse.GetValue(_limit), cancellation)
        : selection.Open(name, parse.GetValue(_limit), cancellation);

    private static bool HasLabels(Dataset data) => data.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) >= 0;

    /// <summary>p(class | row) of all rows.</summary>
    private static Matrix Probabilities(IClassifier classifier, ILabelledRows rows, CancellationToken cancellation)
    {
        Matrix all = new(rows.Rows, classifier.Classes);
        for (int first = 0; first < rows.Rows; first += RowsAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            Matrix logs = new(Math.Min(RowsAtOnce, rows.Rows - first), classifier.Classes);
            classifier.LogProbabilities(rows, first, logs);
            for (int row = 0; row < logs.Rows; row++)
            {
                Span<float> line = all.Row(first + row);
                for (int label = 0; label < line.Length; label++)
                {
                    line[label] = (float)Math.Exp(logs.Row(row)[label]);
                }
            }
        }

        return all;
    }

    private static double[] Confidences(Matrix probabilities)
    {
        double[] largest = new double[probabilities.Rows];
        for (int row = 0; row < largest.Length; row++)
        {
            foreach (float probability in probabilities.Row(row))
            {
                largest[row] = Math.Max(largest[row], probability);
            }
        }

        return largest;
    }

    private static void Add(FigureTable figures, Dataset data, Matrix probabilities, ClassificationReport? report)
    {
        figures.Add("rows", data.Rows);
        figures.Add("classes", probabilities.Columns);
        figures.Add("mean_confidence", Confidences(probabilities).Average());
        if (report is null)
        {
            return;
        }

        figures.Add("labelled_rows", report.Rows);
        figures.Add("errors", report.Errors);
        figures.Add("error_percent", 100 * report.ErrorRate);
        figures.Add("error_percent_deviation", 100 * report.ErrorRateDeviation);
        figures.Add("cross_entropy", report.CrossEntropy);
        figures.Add("calibration_error", report.CalibrationError);
    }

    private void Write(FigureTable figures, ClassificationReport? report, bool json, bool confusions)
    {
        if (json)
        {
            JsonLine.Write(_terminal.Output, figures.WriteJson);
        }
        else
        {
            figures.WriteText(_terminal.Output);
        }

        for (int label = 0; confusions && label < report?.Classes; label++)
        {
            int[] counts = [.. Enumerable.Range(0, report.Classes).Select(prediction => report.Confusions(label, prediction))];
            if (json)
            {
                int named = label;
                JsonLine.Write(_terminal.Output, line =>
                {
                    line.WriteNumber("class", named);
                    line.WriteStartArray("taken_for");
                    Array.ForEach(counts, line.WriteNumberValue);
                    line.WriteEndArray();
                });
            }
            else
            {
                _terminal.Output.WriteLine($"class {Numbers.Text(label),3}: {string.Join(' ', counts.Select(static count => Numbers.Text(count).PadLeft(6)))}");
            }
        }
    }
}
