using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Boltzmann;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>rbm evaluate of a Boltzmann machine.</summary>
internal sealed class BoltzmannEvaluateCommand
{
    private const string Auto = "auto";
    private const string Exact = "exact";
    private const string Annealing = "ais";
    private const int ExactUnits = 22;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string> _method = OptionFactory.Choice(
        "--method", $"log Z by all states of a machine of at most {BoltzmannEnumeration.MostUnits} units (exact), or by annealed importance sampling both ways (ais); "
            + $"exact up to {ExactUnits} units, else ais (auto)", Auto, Auto, Exact, Annealing);

    private readonly Option<int> _chains = OptionFactory.Integer("--chains", "Runs each way of ais", 100, least: 1);
    private readonly Option<int> _temperatures = OptionFactory.Integer("--temperatures", "Inverse temperatures of ais", 1001, least: 2);
    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private BoltzmannEvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        BoltzmannEvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Compute likelihood and pseudo-likelihood of data under a Boltzmann machine, in nats a row.")
        {
            evaluate._model, evaluate._data, evaluate._method, evaluate._chains, evaluate._temperatures, evaluate._limit, evaluate._dataDirectory,
            evaluate._seed, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        BoltzmannMachine machine = BoltzmannFile.Load(path);
        string method = parse.GetRequiredValue(_method);
        method = method != Auto ? method : machine.Units <= ExactUnits ? Exact : Annealing;
        if (method == Exact && machine.Units > BoltzmannEnumeration.MostUnits)
        {
            throw new InvalidInputException(path, $"at most {BoltzmannEnumeration.MostUnits} units for --method {Exact}", Numbers.Text(machine.Units));
        }

        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            string name = parse.GetRequiredValue(_data);
            Dataset rows = BoltzmannOptions.Open(selection, machine.Kind, name, parse.GetValue(_limit), signals.Token);
            DataSelection.RequireWidth(rows, machine.Units, path);
            FigureTable figures = new();
            double energy = BoltzmannEnumeration.MeanEnergy(machine, rows);
            PseudoLikelihoodReport pseudo = BoltzmannPseudoLikelihood.Evaluate(machine, rows);
            figures.Add("rows", rows.Rows);
            figures.Add("mean_energy", energy);
            figures.Add("log_pseudo_likelihood", pseudo.LogPseudoLikelihood);
            AddPartition(figures, machine, rows, energy, method, parse, bar, signals.Token);
            figures.Add("method", method);
            bar.Clear();
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, figures.WriteJson);
            }
            else
            {
                figures.WriteText(_terminal.Output);
            }

            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; nothing was written.");
            return signals.ExitCode;
        }
    }

    private void AddPartition(
        FigureTable figures, BoltzmannMachine machine, Dataset rows, double energy, string method, ParseResult parse, ProgressBar bar, CancellationToken cancellation)
    {
        int threads = CommonOptions.ThreadsOf(parse, _threads);
        Share progress = new(bar, method);
        if (method == Exact)
        {
            double exact = BoltzmannEnumeration.LogPartitionFunction(machine, threads, progress, cancellation);
            figures.Add("log_partition_function", exact);
            figures.Add("log_likelihood", -energy - exact);
            return;
        }

        AnnealingEstimate estimate = BoltzmannAnnealing.Estimate(
            machine,
            new BoltzmannAnnealingOptions
            {
                Runs = parse.GetValue(_chains),
                Schedule = AnnealingSchedule.Linear(parse.GetValue(_temperatures)),
                Data = rows,
                Seed = parse.GetValue(_seed),
                Threads = threads,
            },
            progress,
            cancellation);
        figures.Add("log_partition_function", estimate.LogPartitionFunction);
        figures.Add("log_partition_function_lower", estimate.Lower);
        figures.Add("log_partition_function_upper", estimate.Upper);
        figures.Add("log_likelihood", -energy - estimate.LogPartitionFunction);
        figures.Add("log_likelihood_lower", -energy - estimate.Upper);
        figures.Add("log_likelihood_upper", -energy - estimate.Lower);
        figures.Add("effective_sample_size", estimate.EffectiveSampleSize);
        figures.Add("verdict", estimate.Verdict.Text);
    }

    private sealed class Share(ProgressBar bar, string what) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, () => what);
    }
}
