using System.Diagnostics;
using System.Globalization;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>One run of rbm train --model boltzmann: trains, reports, and saves what there is to save however the run ends.</summary>
internal sealed class BoltzmannSession : IProgress<BoltzmannProgress>, IDisposable
{
    private readonly Terminal _terminal;
    private readonly BoltzmannTrainer _trainer;
    private readonly Dataset _data;
    private readonly string _output;
    private readonly string? _checkpoint;
    private readonly bool _json;
    private readonly string _algorithm;
    private readonly ProgressBar _bar;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly double _firstShare;
    private bool _hasHeader;

    /// <summary>Takes over a trainer.</summary>
    public BoltzmannSession(Terminal terminal, BoltzmannTrainer trainer, Dataset data, string output, string? checkpoint, bool json, string algorithm)
    {
        _terminal = terminal;
        _trainer = trainer;
        _data = data;
        _output = output;
        _checkpoint = checkpoint;
        _json = json;
        _algorithm = algorithm;
        _bar = new ProgressBar(terminal);
        _firstShare = (double)trainer.Update / trainer.TotalUpdates;
    }

    /// <summary>Refuses a resumed run of another graph or other units.</summary>
    public void RequireSame(CouplingGraph graph, UnitKind kind)
    {
        BoltzmannMachine machine = _trainer.Machine;
        if (machine.Kind != kind || machine.Graph.Name != graph.Name || machine.Graph.Edges != graph.Edges)
        {
            throw new InvalidInputException(
                _checkpoint ?? _output, "the units and graph of the saved run",
                $"{machine.Kind} and {machine.Graph.Name} in the checkpoint, {kind} and {graph.Name} now");
        }

        if (_trainer.State.Epoch > _trainer.Options.Epochs || (_trainer.State.Epoch == _trainer.Options.Epochs && _trainer.State.FirstRow > 0))
        {
            throw new InvalidInputException(
                _checkpoint ?? _output, $"a run of at most {Numbers.Text(_trainer.Options.Epochs)} epochs, by --epochs", $"one of {Numbers.Text(_trainer.Update)} updates");
        }
    }

    /// <summary>Trains to the end, or until a signal or the guard stops it.</summary>
    public int Run(TerminationSignals signals)
    {
        try
        {
            _trainer.Run(this, signals.Token);
            _bar.Clear();
        }
        catch (OperationCanceledException)
        {
            _bar.Clear();
            string path = _checkpoint ?? OutputPath.Beside(_output, "interrupted");
            SaveState(path);
            _terminal.Note(
                $"{signals.What} after update {Numbers.Text(_trainer.Update)} of {Numbers.Text(_trainer.TotalUpdates)}; the state is saved in {path}: "
                + $"the same command with --checkpoint {path} --resume goes on.");
            return signals.ExitCode;
        }
        catch (DivergenceException divergence)
        {
            _bar.Clear();
            string path = OutputPath.Beside(_output, "last-good");
            BoltzmannFile.Save(path, _trainer.Machine, Description());
            _terminal.Note($"{divergence.Message} That model is saved in {path}; {_output} isn't written.");
            return ExitCode.Failed;
        }

        BoltzmannFile.Save(_output, _trainer.Machine, Description());
        _terminal.Note($"the model is saved in {_output}.");
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Report(BoltzmannProgress value)
    {
        if (!value.EpochCompleted)
        {
            _bar.Show(
                (double)value.Updates / value.TotalUpdates, _firstShare,
                () => $"epoch {Numbers.Text(value.Epoch)} of {Numbers.Text(_trainer.Options.Epochs)}");
            return;
        }

        _bar.Clear();
        Write(value);
        if (_checkpoint is not null)
        {
            SaveState(_checkpoint);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _trainer.Dispose();

    private void Write(BoltzmannProgress value)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        bool exact = !double.IsNaN(value.Figures.LogLikelihood);
        if (_json)
        {
            JsonLine.Write(_terminal.Output, line =>
            {
                line.WriteNumber("epoch", value.Epoch);
                line.WriteNumber("updates", value.Updates);
                line.WriteNumber("seconds", seconds);
                line.WriteNumber("log_pseudo_likelihood", value.Figures.LogPseudoLikelihood);
                if (exact)
                {
                    line.WriteNumber("log_likelihood", value.Figures.LogLikelihood);
                }
            });
        }
        else
        {
            if (!_hasHeader)
            {
                _terminal.Output.WriteLine($"epoch   updates   seconds  log_pseudo_likelihood{(exact ? "  log_likelihood" : string.Empty)}");
                _hasHeader = true;
            }

            _terminal.Output.WriteLine(
                $"{Numbers.Text(value.Epoch),5}  {Numbers.Text(value.Updates),8}  {Numbers.Text(seconds, "F2"),8}  {Numbers.Text(value.Figures.LogPseudoLikelihood, "F4"),21}"
                + (exact ? $"  {Numbers.Text(value.Figures.LogLikelihood, "F4"),14}" : string.Empty));
        }

        _terminal.FlushResults();
    }

    private void SaveState(string path) => BoltzmannFile.SaveCheckpoint(path, _trainer, _data.Fingerprint(), Description());

    /// <summary>Nothing that could differ between two runs with the same bits.</summary>
    private Dictionary<string, string> Description()
    {
        BoltzmannTrainingOptions options = _trainer.Options;
        Dictionary<string, string> description = new(StringComparer.Ordinal)
        {
            [PictureShape.MetadataKey] = PictureShape.Text(PictureShape.Of(_data)),
            ["data_fingerprint"] = _data.Fingerprint(),
            ["rows"] = Numbers.Text(_data.Rows),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["algorithm"] = _algorithm,
            ["epochs"] = Numbers.Text(_trainer.State.Epoch),
            ["updates"] = Numbers.Text(_trainer.Update),
            ["batch_size"] = Numbers.Text(options.BatchSize),
            ["learning_rate"] = Numbers.Text(options.LearningRate.Initial),
            ["weight_decay"] = Numbers.Text(options.WeightDecay),
        };
        if (options.Algorithm == BoltzmannAlgorithm.PersistentChains)
        {
            description["chains"] = Numbers.Text(options.Chains);
            description["steps"] = Numbers.Text(options.Steps);
        }

        return description;
    }
}
