using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation.Classification;
using FastRbm.Memory;
using FastRbm.Models.Classification;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Classification;

/// <summary>rbm evaluate of a classification RBM.</summary>
internal sealed class ClassificationEvaluateCommand
{
    /// <summary>2^16 states of h take seconds.</summary>
    private const int MostHidden = 16;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string?> _labels = FamilyOptions.Labels();
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private ClassificationEvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        ClassificationEvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", $"Error and cross-entropy of a classification RBM, and with at most {MostHidden} hidden units its exact likelihoods.")
        {
            evaluate._model, evaluate._data, evaluate._labels, evaluate._limit, evaluate._dataDirectory, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        ClassificationRbm model = ClassificationFile.Load(path);
        using TerminationSignals signals = new();
        try
        {
            Dataset data = new DataSelection(_terminal, parse.GetValue(_dataDirectory)).OpenLabelled(
                parse.GetRequiredValue(_data), parse.GetValue(_labels), parse.GetValue(_limit), signals.Token);
            DataSelection.RequireWidth(data, model.Columns, path);
            Dataset rows = data.Labelled();
            if (rows.Rows < data.Rows)
            {
                _terminal.Note($"{Numbers.Text(data.Rows - rows.Rows)} of {Numbers.Text(data.Rows)} rows have no label; they are left out.");
            }

            CheckLabels(rows, model.Classes);
            FigureTable table = new();
            table.Add("rows", rows.Rows);
            Measure(model, rows, table, signals.Token);
            if (model.Hidden <= MostHidden)
            {
                JointLikelihoodReport likelihood = JointLikelihood.Compute(model, rows, CommonOptions.ThreadsOf(parse, _threads), signals.Token);
                table.Add("log_partition_function", likelihood.LogPartitionFunction);
                table.Add("joint_log_likelihood", likelihood.Joint);
                table.Add("log_likelihood", likelihood.Marginal);
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

    private static void CheckLabels(Dataset rows, int classes)
    {
        int row = rows.Labels.Span.IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1));
        if (row >= 0)
        {
            throw new InvalidInputException(rows.Name, $"labels from 0 to {Numbers.Text(classes - 1)}, the model's classes", Numbers.Text(rows.Labels.Span[row]), $"row {Numbers.Text(row)}");
        }
    }

    private static void Measure(ClassificationRbm model, Dataset rows, FigureTable table, CancellationToken cancellation)
    {
        const int Batch = 1000;
        double loss = 0;
        int wrong = 0;
        for (int first = 0; first < rows.Rows; first += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            Matrix lines = new(Math.Min(Batch, rows.Rows - first), model.Classes);
            model.LogProbabilities(rows, first, lines);
            for (int row = 0; row < lines.Rows; row++)
            {
                ReadOnlySpan<float> line = lines.Row(row);
                int label = rows.Labels.Span[first + row];
                loss -= line[label];
                int largest = 0;
                for (int y = 1; y < line.Length; y++)
                {
                    largest = line[y] > line[largest] ? y : largest;
                }

                wrong += largest == label ? 0 : 1;
            }
        }

        table.Add("wrong", wrong);
        table.Add("error", (double)wrong / rows.Rows);
        table.Add("cross_entropy", loss / rows.Rows);
    }
}
