using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Commands;

/// <summary>rbm evaluate.</summary>
internal sealed class EvaluateCommand
{
    private const string Exact = "exact";
    private const string Auto = "auto";
    private const string Threshold = "threshold";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string> _method = OptionFactory.Choice(
        "--method", $"How the partition function is found: by enumerating the smaller layer, of at most {ExactPartitionFunction.MaxUnits} units", Auto, Auto, Exact);

    private readonly Option<string> _binarize = OptionFactory.Choice("--binarize", "What becomes of grey levels: on from one half", Threshold, Threshold);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private EvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        EvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Compute the log-likelihood of data under a model, in nats a row.")
        {
            evaluate._model, evaluate._data, evaluate._method, evaluate._binarize, evaluate._limit, evaluate._dataDirectory, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        RbmParameters parameters = ModelFile.LoadParameters(path);
        if (Math.Min(parameters.Visible, parameters.Hidden) > ExactPartitionFunction.MaxUnits)
        {
            throw new InvalidInputException(
                path, $"at most {ExactPartitionFunction.MaxUnits} units in the smaller layer, which the exact method enumerates",
                $"{Numbers.Text(parameters.Visible)} visible and {Numbers.Text(parameters.Hidden)} hidden units");
        }

        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset rows = selection.OpenBits(parse.GetRequiredValue(_data), parse.GetValue(_limit), signals.Token);
            DataSelection.RequireWidth(rows, parameters.Visible, path);
            LikelihoodReport report = ExactLikelihood.Evaluate(
                parameters, rows, CommonOptions.ThreadsOf(parse, _threads), new Enumeration(bar), signals.Token);
            bar.Clear();
            Write(report, parse.GetValue(_json));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private void Write(LikelihoodReport report, bool json)
    {
        if (json)
        {
            JsonLine.Write(_terminal.Output, line =>
            {
                line.WriteNumber("rows", report.Rows);
                line.WriteNumber("mean_free_energy", report.MeanFreeEnergy);
                line.WriteNumber("log_partition_function", report.LogPartitionFunction);
                line.WriteNumber("log_likelihood", report.LogLikelihood);
                line.WriteString("method", report.Method);
            });
            return;
        }

        _terminal.Output.WriteLine($"rows                    {Numbers.Text(report.Rows)}");
        _terminal.Output.WriteLine($"mean_free_energy        {Numbers.Text(report.MeanFreeEnergy, "F10")}");
        _terminal.Output.WriteLine($"log_partition_function  {Numbers.Text(report.LogPartitionFunction, "F10")}");
        _terminal.Output.WriteLine($"log_likelihood          {Numbers.Text(report.LogLikelihood, "F10")}");
        _terminal.Output.WriteLine($"method                  {report.Method}");
    }

    private sealed class Enumeration(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, static () => "enumerating states");
    }
}
