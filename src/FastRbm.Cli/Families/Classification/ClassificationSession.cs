using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Serialization;
using FastRbm.Training.Classification;

namespace FastRbm.Cli.Families.Classification;

/// <summary>One run of rbm train --model classifier: trains, reports, and saves what there is to save however the run ends.</summary>
internal sealed class ClassificationSession(
    Terminal terminal, ClassificationTrainer trainer, Dataset data, string output, string? checkpoint, string fingerprint, bool json)
    : IProgress<ClassificationProgress>, IDisposable
{
    private readonly ProgressBar _bar = new(terminal);
    private readonly double _firstShare = (double)trainer.State.Update / trainer.TotalUpdates;
    private bool _hasHeader;

    /// <summary>Trains to the end, or until a signal or the guard stops it.</summary>
    /// <param name="signals">Signals.</param>
    /// <returns>The exit code.</returns>
    public int Run(TerminationSignals signals)
    {
        try
        {
            trainer.Run(this, signals.Token);
            _bar.Clear();
        }
        catch (OperationCanceledException)
        {
            _bar.Clear();
            string path = checkpoint ?? OutputPath.Beside(output, "interrupted");
            ClassificationFile.SaveCheckpoint(path, trainer, fingerprint, Description());
            terminal.Note(
                $"{signals.What} after update {Numbers.Text(trainer.Update)} of {Numbers.Text(trainer.TotalUpdates)}; the state is saved in {path}: "
                + $"the same command with --checkpoint {path} --resume goes on.");
            return signals.ExitCode;
        }
        catch (DivergenceException divergence)
        {
            _bar.Clear();
            string path = OutputPath.Beside(output, "last-good");
            ClassificationFile.Save(path, trainer.Model, Description());
            terminal.Note($"{divergence.Message} That model is saved in {path}; {output} isn't written.");
            return ExitCode.Failed;
        }

        if (trainer.StoppedEarly)
        {
            terminal.Note(
                $"stopped after epoch {Numbers.Text(trainer.State.Epoch)} of {Numbers.Text(trainer.Options.Epochs)}: the validation error had not fallen for "
                + $"{Numbers.Text(trainer.Options.Patience)}; the model is that of the best epoch.");
        }

        ClassificationFile.Save(output, trainer.Model, Description());
        terminal.Note($"the model is saved in {output}.");
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Report(ClassificationProgress value)
    {
        if (!value.EpochCompleted)
        {
            _bar.Show((double)value.Updates / value.TotalUpdates, _firstShare, () => $"epoch {Numbers.Text(value.Epoch)} of {Numbers.Text(trainer.Options.Epochs)}");
            return;
        }

        _bar.Clear();
        Write(value);
        terminal.FlushResults();
        if (checkpoint is not null)
        {
            ClassificationFile.SaveCheckpoint(checkpoint, trainer, fingerprint, Description());
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => trainer.Dispose();

    private void Write(ClassificationProgress progress)
    {
        ClassificationFigures figures = progress.Figures;
        bool validates = !double.IsNaN(figures.ValidationError);
        if (json)
        {
            FigureTable table = new();
            table.Add("epoch", progress.Epoch);
            table.Add("updates", progress.Updates);
            table.Add("seconds", progress.Seconds);
            table.Add("training_error", figures.TrainingError);
            table.Add("training_cross_entropy", figures.TrainingCrossEntropy);
            if (validates)
            {
                table.Add("validation_error", figures.ValidationError);
                table.Add("validation_cross_entropy", figures.ValidationCrossEntropy);
            }

            JsonLine.Write(terminal.Output, table.WriteJson);
            return;
        }

        if (!_hasHeader)
        {
            terminal.Output.WriteLine(
                "epoch   updates   seconds  training_error  training_cross_entropy" + (validates ? "  validation_error  validation_cross_entropy" : string.Empty));
            _hasHeader = true;
        }

        terminal.Output.WriteLine(
            $"{Numbers.Text(progress.Epoch),5}  {Numbers.Text(progress.Updates),8}  {Numbers.Text(progress.Seconds, "F2"),8}"
            + $"  {Numbers.Text(figures.TrainingError, "F5"),14}  {Numbers.Text(figures.TrainingCrossEntropy, "F5"),22}"
            + (validates ? $"  {Numbers.Text(figures.ValidationError, "F5"),16}  {Numbers.Text(figures.ValidationCrossEntropy, "F5"),24}" : string.Empty));
    }

    /// <summary>What the model's metadata say of its making: nothing that could differ between two runs with the same bits.</summary>
    private Dictionary<string, string> Description()
    {
        Dictionary<string, string> description = new(StringComparer.Ordinal)
        {
            [PictureShape.MetadataKey] = PictureShape.Text(PictureShape.Of(data)),
            ["data_fingerprint"] = fingerprint,
            ["rows"] = Numbers.Text(data.Rows),
            ["epochs"] = Numbers.Text(trainer.State.Epoch),
            ["updates"] = Numbers.Text(trainer.Update),
        };
        foreach ((string key, string value) in trainer.Settings)
        {
            description.TryAdd(key, value);
        }

        return description;
    }
}
