using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Deep;
using FastRbm.Models;

namespace FastRbm.Cli.Families.Deep;

/// <summary>rbm evaluate of a deep model: bounds on the log-likelihood, and the error of a tuned one where rows have classes.</summary>
internal sealed class DeepEvaluateCommand
{
    private readonly Terminal _terminal;
    private readonly bool _boltzmann;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<int> _chains = OptionFactory.Integer("--chains", "Annealing runs each way", 100, least: 1);
    private readonly Option<int> _temperatures = OptionFactory.Integer("--temperatures", "Inverse temperatures of the annealing", 14_501, least: 2);
    private readonly Option<int> _sweeps = OptionFactory.Integer("--mean-field", "Mean-field sweeps of each row", DeepLikelihood.DefaultSweeps, least: 0);
    private readonly Option<int> _samples = OptionFactory.Integer("--samples", "Draws upwards of each row", 10, least: 1);
    private readonly Option<string?> _baseData = OptionFactory.Text(
        "--base-data", "Data whose mean annealing starts from, and reverse runs start at [default: the training split of --data]", "name|path");

    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private DeepEvaluateCommand(Terminal terminal, bool boltzmann) => (_terminal, _boltzmann) = (terminal, boltzmann);

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, bool boltzmann)
    {
        DeepEvaluateCommand evaluate = new(terminal, boltzmann);
        Command command = new("evaluate", "Bound the log-likelihood of data from below, in nats a row, with log Z by annealing both ways.")
        {
            evaluate._model, evaluate._data, evaluate._chains, evaluate._temperatures, boltzmann ? evaluate._sweeps : evaluate._samples, evaluate._baseData, evaluate._limit,
            evaluate._dataDirectory, evaluate._seed, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        DeepModel model = DeepModel.Load(path, _boltzmann);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            string name = parse.GetRequiredValue(_data);
            Dataset bits = Open(name, parse.GetValue(_limit));
            string baseName = parse.GetValue(_baseData) ?? NamedDatasets.TrainingSplitOf(name);
            int threads = CommonOptions.ThreadsOf(parse, _threads);
            AnnealingOptions options = new()
            {
                Runs = parse.GetValue(_chains),
                Schedule = AnnealingSchedule.Classic(parse.GetValue(_temperatures)),
                Data = baseName == name ? bits : Open(baseName, null),
                Seed = parse.GetValue(_seed),
                Threads = threads,
            };
            DeepReport<double> progress = new(share => bar.Show(share, 0, static () => "annealing"));
            DeepLikelihoodReport report = model.Boltzmann is { } machine
                ? DeepLikelihood.Estimate(machine, bits, options, parse.GetValue(_sweeps), progress, signals.Token)
                : DeepBeliefLikelihood.Estimate(model.Belief!, bits, options, parse.GetValue(_samples), progress, signals.Token);
            bar.Clear();
            Write(parse, model, path, report, selection.Open(name, parse.GetValue(_limit), signals.Token), threads);
            return ExitCode.Done;

            Dataset Open(string nameOrPath, int? limit)
            {
                Dataset opened = selection.OpenBits(nameOrPath, limit, signals.Token);
                DataSelection.RequireWidth(opened, model.Layers[0], path);
                return opened;
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private void Write(ParseResult parse, DeepModel model, string path, DeepLikelihoodReport report, Dataset rows, int threads)
    {
        FigureTable table = new();
        table.Add("rows", report.Rows);
        table.Add("mean_bound", report.MeanBound);
        table.Add("log_partition_function", report.Partition.LogPartitionFunction);
        table.Add("log_partition_function_lower", report.Partition.Lower);
        table.Add("log_partition_function_upper", report.Partition.Upper);
        table.Add("log_likelihood_bound", report.LogLikelihood);
        table.Add("log_likelihood_bound_lower", report.Lower);
        table.Add("log_likelihood_bound_upper", report.Upper);
        table.Add("effective_sample_size", report.Partition.EffectiveSampleSize);
        table.Add("verdict", report.Partition.Verdict.ToString());
        if (model.Network is not null && rows.Labels.Span.IndexOfAnyExcept(ClassLabels.Unlabelled) >= 0)
        {
            table.Add("error", ClassificationError(model.Classifier(path, threads), rows));
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, table.WriteJson);
        }
        else
        {
            table.WriteText(_terminal.Output);
        }
    }

    /// <summary>The share of labelled rows whose most probable class isn't theirs.</summary>
    internal static double ClassificationError(IClassifier classifier, Dataset rows)
    {
        Memory.Matrix probabilities = new(rows.Rows, classifier.Classes);
        classifier.LogProbabilities(rows, 0, probabilities);
        int known = 0;
        int wrong = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            byte label = rows.Labels.Span[row];
            if (label != ClassLabels.Unlabelled)
            {
                known++;
                ReadOnlySpan<float> line = probabilities.Row(row);
                int best = 0;
                for (int y = 1; y < line.Length; y++)
                {
                    best = line[y] > line[best] ? y : best;
                }

                wrong += best == label ? 0 : 1;
            }
        }

        return (double)wrong / known;
    }
}
