using System.Diagnostics;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Errors;
using FastRbm.Serialization;
using FastRbm.Training.Networks;

namespace FastRbm.Cli.Families.Networks;

/// <summary>One run of rbm train --model jem: trains, reports, and saves what there is to save however the run ends.</summary>
internal sealed class JemSession(Terminal terminal, JemTrainer trainer, Dataset data, JemFiles files, string fingerprint, bool json) : IProgress<JemProgress>, IDisposable
{
    private readonly ProgressBar _bar = new(terminal);
    private readonly double _firstShare = (double)trainer.Update / trainer.TotalUpdates;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ImageShape _shape = PictureShape.Of(data);
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
            string path = files.Checkpoint ?? OutputPath.Beside(files.Output, "interrupted");
            EnergyNetworkFile.SaveCheckpoint(path, trainer, fingerprint, Description());
            terminal.Note(
                $"{signals.What} after update {Numbers.Text(trainer.Update)} of {Numbers.Text(trainer.TotalUpdates)}; the state is saved in {path}: "
                + $"the same command with --checkpoint {path} --resume goes on.");
            return signals.ExitCode;
        }
        catch (DivergenceException divergence)
        {
            _bar.Clear();
            string path = OutputPath.Beside(files.Output, "last-good");
            EnergyNetworkFile.Save(path, trainer.Model, Description());
            terminal.Note($"{divergence.Message} That model is saved in {path}; {files.Output} isn't written.");
            return ExitCode.Failed;
        }

        EnergyNetworkFile.Save(files.Output, trainer.Model, Description());
        if (files.Images is not null)
        {
            JemPictures.Save(files.Images, string.Empty, trainer, _shape);
        }

        terminal.Note($"the model is saved in {files.Output}.");
        return ExitCode.Done;
    }

    /// <inheritdoc/>
    public void Report(JemProgress value)
    {
        if (!value.EpochCompleted)
        {
            _bar.Show((double)value.Update / value.Updates, _firstShare, () => $"epoch {Numbers.Text(value.Epoch)} of {Numbers.Text(trainer.Options.Epochs)}");
            return;
        }

        _bar.Clear();
        Write(value);
        terminal.FlushResults();
        if (files.Checkpoint is not null)
        {
            EnergyNetworkFile.SaveCheckpoint(files.Checkpoint, trainer, fingerprint, Description());
        }

        if (files.Images is not null)
        {
            JemPictures.Save(files.Images, $"-{value.Epoch:0000}", trainer, _shape);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => trainer.Dispose();

    private void Write(JemProgress progress)
    {
        FigureTable table = new();
        JemFigures figures = progress.Training;
        (string Name, double Value, int Width, string Format)[] columns =
        [
            ("epoch", progress.Epoch, 5, "F0"), ("updates", progress.Update, 8, "F0"), ("seconds", _clock.Elapsed.TotalSeconds, 8, "F2"),
            ("classifier_loss", figures.ClassifierLoss, 15, "F5"), ("generative_loss", figures.GenerativeLoss, 15, "F5"), ("data_energy", figures.DataEnergy, 11, "F3"),
            ("sample_energy", figures.SampleEnergy, 13, "F3"), ("training_error", figures.ErrorRate, 14, "F5"),
            ("validation_error", progress.Validation.ErrorRate, 16, "F5"), ("validation_cross_entropy", progress.Validation.CrossEntropy, 24, "F5"),
        ];
        if (double.IsNaN(progress.Validation.ErrorRate))
        {
            columns = columns[..^2];
        }

        if (json)
        {
            foreach ((string name, double value, _, _) in columns)
            {
                table.Add(name, value);
            }

            JsonLine.Write(terminal.Output, table.WriteJson);
            return;
        }

        if (!_hasHeader)
        {
            terminal.Output.WriteLine(string.Join("  ", columns.Select(static column => column.Name.PadLeft(column.Width))));
            _hasHeader = true;
        }

        terminal.Output.WriteLine(string.Join("  ", columns.Select(static column => (double.IsNaN(column.Value) ? "-" : Numbers.Text(column.Value, column.Format)).PadLeft(column.Width))));
    }

    /// <summary>What the model's metadata say of its making: nothing that could differ between two runs with the same bits.</summary>
    private Dictionary<string, string> Description() => new(StringComparer.Ordinal)
    {
        [PictureShape.MetadataKey] = PictureShape.Text(_shape),
        ["data_fingerprint"] = fingerprint,
        ["rows"] = Numbers.Text(data.Rows),
        ["epochs"] = Numbers.Text(trainer.Epoch),
        ["updates"] = Numbers.Text(trainer.Update),
        ["langevin_step_size"] = Numbers.Text(trainer.Options.Langevin.StepSize, "R"),
        ["langevin_noise"] = Numbers.Text(trainer.Options.Langevin.NoiseUsed, "R"),
        ["langevin_clamp"] = trainer.Options.Langevin.Clamp ? "true" : "false",
        ["seed"] = trainer.Options.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
