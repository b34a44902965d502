using System.CommandLine;
using FastRbm.Cli.Evaluating;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Subspace;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>rbm evaluate of a subspace RBM.</summary>
internal sealed class SubspaceEvaluateCommand
{
    private const string Exact = "exact";
    private const string Annealing = "ais";
    private const string Auto = "auto";
    private const int Chains = 100;
    private const int Temperatures = 2000;

    // Enumerated by auto: seconds.
    private const double FewStates = 1 << 20;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string> _data = OptionFactory.RequiredText("--data", CommonOptions.DataHelp, "name|path");
    private readonly Option<string> _method = OptionFactory.Choice(
        "--method", $"How: by enumerating the visible units or the gates with their subspace units, of at most {UnitPartitionFunction.MaxStates} states (exact); by annealed "
            + "importance sampling both ways (ais); exact if that takes seconds, else ais (auto)", Auto, Auto, Exact, Annealing);

    private readonly Option<int?> _chains = OptionFactory.OptionalInteger("--chains", $"Runs each way of ais [default: {Chains}]", least: 1);
    private readonly Option<int?> _temperatures = OptionFactory.OptionalInteger("--temperatures", $"Inverse temperatures of ais [default: {Temperatures}]", least: 2);
    private readonly Option<string?> _baseData = OptionFactory.Text(
        "--base-data", "Data whose mean annealing starts from, and reverse runs start at [default: the training split of --data]", "name|path");

    private readonly Option<int?> _limit = OptionFactory.OptionalInteger("--limit", "Use the first rows only", least: 1);
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private SubspaceEvaluateCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        SubspaceEvaluateCommand evaluate = new(terminal);
        Command command = new("evaluate", "Compute the log-likelihood of data under a subspace RBM, in nats a row.")
        {
            evaluate._model, evaluate._data, evaluate._method, evaluate._chains, evaluate._temperatures, evaluate._baseData, evaluate._limit, evaluate._dataDirectory,
            evaluate._seed, evaluate._threads, evaluate._json,
        };
        command.SetAction(evaluate.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        SubspaceRbm model = SubspaceFile.Load(path);
        string method = Method(parse.GetRequiredValue(_method), model, path);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            string data = parse.GetRequiredValue(_data);
            DataSelection selection = new(_terminal, parse.GetValue(_dataDirectory));
            Dataset rows = Open(data, parse.GetValue(_limit));
            int threads = CommonOptions.ThreadsOf(parse, _threads);
            EvaluationFigures figures;
            if (method == Exact)
            {
                figures = UnitEvaluation.Run(model.Joint, rows, threads, signals.Token);
            }
            else
            {
                string baseData = parse.GetValue(_baseData) ?? NamedDatasets.TrainingSplitOf(data);
                figures = Anneal(model, rows, new AnnealingOptions
                {
                    Runs = parse.GetValue(_chains) ?? Chains,
                    Schedule = AnnealingSchedule.Classic(parse.GetValue(_temperatures) ?? Temperatures),
                    Data = baseData == data ? rows : Open(baseData, null),
                    Seed = parse.GetValue(_seed),
                    Threads = threads,
                }, new Share(bar), signals.Token);
            }

            bar.Clear();
            figures.Write(_terminal.Output, parse.GetValue(_json));
            return ExitCode.Done;

            Dataset Open(string nameOrPath, int? limit)
            {
                Dataset opened = selection.OpenBits(nameOrPath, limit, signals.Token);
                DataSelection.RequireWidth(opened, model.Visible, path);
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

    private static string Method(string asked, SubspaceRbm model, string path)
    {
        double states = Math.Min(model.Joint.Visible.JointStates, model.Joint.Hidden.JointStates);
        if (asked == Exact && !UnitPartitionFunction.IsFeasible(model.Joint))
        {
            throw new InvalidInputException(
                path, $"at most {UnitPartitionFunction.MaxStates} states of the visible units, or of the gates and their subspace units, for --method {Exact}; --method {Annealing} has no limit",
                $"{Numbers.Text(model.Visible)} visible units and {Numbers.Text(model.Gates)} gates of {Numbers.Text(model.Subspaces)}");
        }

        return asked == Auto ? states <= FewStates ? Exact : Annealing : asked;
    }

    private static EvaluationFigures Anneal(SubspaceRbm model, Dataset rows, AnnealingOptions options, IProgress<double> progress, CancellationToken cancellation)
    {
        AnnealingEstimate estimate = SubspaceAnnealing.Estimate(model, options, progress, cancellation);
        Memory.BitMatrix visible = new(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, visible.Row(row));
        }

        double[] energies = new double[rows.Rows];
        model.FreeEnergy(visible, model.NewWorkspace(), energies);
        double free = energies.Sum() / rows.Rows;
        return new EvaluationFigures
        {
            Rows = rows.Rows,
            MeanFreeEnergy = free,
            LogPartitionFunction = estimate.LogPartitionFunction,
            LogPartitionFunctionLower = estimate.Lower,
            LogPartitionFunctionUpper = estimate.Upper,
            LogLikelihood = -free - estimate.LogPartitionFunction,
            LogLikelihoodLower = -free - estimate.Upper,
            LogLikelihoodUpper = -free - estimate.Lower,
            EffectiveSampleSize = estimate.EffectiveSampleSize,
            Verdict = estimate.Verdict.Text,
            Method = Annealing,
        };
    }

    private sealed class Share(ProgressBar bar) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, () => "annealing both ways");
    }
}
