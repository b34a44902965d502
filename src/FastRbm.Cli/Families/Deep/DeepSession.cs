using System.Diagnostics;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Deep;

/// <summary>One run of rbm train of a deep model: trains, tunes, reports, and saves what there is to save however the run ends.</summary>
internal sealed class DeepSession(Terminal terminal, IDeepRun run, Dataset data, string output, string? checkpoint, bool json, int? sweeps)
{
    private readonly ProgressBar _bar = new(terminal);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private bool _hasHeader;

    /// <summary>Trains to the end, or until a signal or the guard stops it.</summary>
    /// <param name="tuning">How a classifier is tuned, or null for none.</param>
    /// <param name="labelled">The rows that it is tuned with.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="validation">Labelled rows to measure, or null.</param>
    /// <param name="signals">Signals.</param>
    /// <returns>The exit code.</returns>
    public int Run(ClassifierOptions? tuning, Dataset? labelled, int classes, Dataset? validation, TerminationSignals signals)
    {
        try
        {
            run.Train(Show, signals.Token);
            if (tuning is not null)
            {
                ClassifierTrainer trainer = run.Tune(tuning, labelled!, classes, validation, signals.Token);
                trainer.Run(new DeepReport<ClassifierProgress>(progress => Show(progress, tuning)), signals.Token);
            }

            _bar.Clear();
        }
        catch (OperationCanceledException)
        {
            _bar.Clear();
            string path = checkpoint ?? OutputPath.Beside(output, "interrupted");
            terminal.Note(run.SaveState(path, Description())
                ? $"{signals.What}; the state is saved in {path}: the same command with --checkpoint {path} --resume goes on."
                : $"{signals.What} during the layer-wise start, which isn't saved.");
            return signals.ExitCode;
        }
        catch (DivergenceException divergence)
        {
            _bar.Clear();
            string path = OutputPath.Beside(output, "last-good");
            bool saved = run.SaveState(path, Description());
            terminal.Note($"{divergence.Message}{(saved ? $" That state is saved in {path};" : string.Empty)} {output} isn't written.");
            return ExitCode.Failed;
        }

        run.Save(output, Description());
        terminal.Note($"the model is saved in {output}.");
        return ExitCode.Done;
    }

    private void Show(DeepStand stand)
    {
        if (!stand.EpochCompleted)
        {
            _bar.Show(stand.Share, 0, () => $"{stand.Phase}: epoch {Numbers.Text(stand.Epoch)} of {Numbers.Text(stand.Epochs)}");
            return;
        }

        Write(stand.Phase, stand.Epoch, stand.ReconstructionError, null, null);
    }

    private void Show(ClassifierProgress progress, ClassifierOptions options)
    {
        if (!progress.EpochCompleted)
        {
            _bar.Show((double)progress.Update / progress.Updates, 0, () => $"tuning: epoch {Numbers.Text(progress.Epoch)} of {Numbers.Text(options.Epochs)}");
            return;
        }

        double validation = progress.Validation.ErrorRate;
        Write("tuning", progress.Epoch, null, progress.Training.ErrorRate, double.IsNaN(validation) ? null : validation);
    }

    private void Write(string phase, int epoch, double? reconstruction, double? training, double? validation)
    {
        _bar.Clear();
        double seconds = _clock.Elapsed.TotalSeconds;
        if (json)
        {
            FigureTable table = new();
            table.Add("phase", phase);
            table.Add("epoch", epoch);
            table.Add("seconds", seconds);
            table.Add("reconstruction_error", reconstruction);
            table.Add("training_error", training);
            table.Add("validation_error", validation);
            JsonLine.Write(terminal.Output, table.WriteJson);
        }
        else
        {
            if (!_hasHeader)
            {
                terminal.Output.WriteLine("phase    epoch   seconds  reconstruction_error  training_error  validation_error");
                _hasHeader = true;
            }

            terminal.Output.WriteLine(
                $"{phase,-7}  {Numbers.Text(epoch),5}  {Numbers.Text(seconds, "F2"),8}  {Figure(reconstruction),20}  {Figure(training),14}  {Figure(validation),16}");
        }

        terminal.FlushResults();
        if (checkpoint is not null)
        {
            run.SaveState(checkpoint, Description());
        }
    }

    private static string Figure(double? value) => value is { } number ? Numbers.Text(number, "F5") : "-";

    /// <summary>What the model's metadata say of its making: nothing that could differ between two runs with the same bits.</summary>
    private Dictionary<string, string> Description()
    {
        Dictionary<string, string> description = new(StringComparer.Ordinal)
        {
            [PictureShape.MetadataKey] = PictureShape.Text(PictureShape.Of(data)),
            ["data_fingerprint"] = data.Fingerprint(),
            ["rows"] = Numbers.Text(data.Rows),
        };
        if (sweeps is { } count)
        {
            description[DeepFiles.SweepsKey] = Numbers.Text(count);
        }

        return description;
    }
}
