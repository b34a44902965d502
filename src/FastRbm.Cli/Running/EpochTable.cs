using System.Text.Json;
using FastRbm.Cli.Output;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>A line an epoch: columns for people or JSON objects for programs.</summary>
/// <param name="terminal">Where.</param>
/// <param name="json">Whether lines are JSON objects.</param>
/// <param name="hasGap">Whether there are validation rows.</param>
/// <param name="hasLikelihood">Whether log Z is known after each epoch.</param>
internal sealed class EpochTable(Terminal terminal, bool json, bool hasGap, bool hasLikelihood)
{
    private bool _hasHeader;

    /// <summary>Writes the line of an epoch that has just ended.</summary>
    public void Write(TrainingProgress progress)
    {
        if (json)
        {
            JsonLine.Write(terminal.Output, line => Fill(line, progress));
        }
        else
        {
            WriteRow(progress);
        }

        terminal.FlushResults();
    }

    private void WriteRow(TrainingProgress progress)
    {
        if (!_hasHeader)
        {
            terminal.Output.WriteLine(
                "epoch   updates   seconds  samples_per_second  reconstruction_error  log_pseudo_likelihood"
                + (hasGap ? "  free_energy_gap" : string.Empty)
                + (hasLikelihood ? "  log_likelihood" : string.Empty)
                + (hasGap && hasLikelihood ? "  validation_log_likelihood" : string.Empty));
            _hasHeader = true;
        }

        TrainingFigures figures = progress.Figures;
        string gap = hasGap ? $"  {Known(figures.FreeEnergyGap),15}" : string.Empty;
        string likelihood = hasLikelihood ? $"  {Known(figures.LogLikelihood),14}" : string.Empty;
        string validation = hasGap && hasLikelihood ? $"  {Known(figures.ValidationLogLikelihood),25}" : string.Empty;
        terminal.Output.WriteLine(
            $"{Numbers.Text(progress.Epoch),5}  {Numbers.Text(progress.Updates),8}  {Numbers.Text(progress.Seconds, "F2"),8}"
            + $"  {Numbers.Text(progress.SamplesPerSecond, "F0"),18}  {Numbers.Text(figures.ReconstructionError, "F5"),20}"
            + $"  {Known(figures.LogPseudoLikelihood),21}{gap}{likelihood}{validation}");
    }

    /// <summary>A figure, or a dash where there is none that could be trusted.</summary>
    private static string Known(double value) => double.IsNaN(value) ? "-" : Numbers.Text(value, "F3");

    private static void WriteKnown(Utf8JsonWriter line, string name, double value)
    {
        if (double.IsNaN(value))
        {
            line.WriteNull(name);
        }
        else
        {
            line.WriteNumber(name, value);
        }
    }

    private void Fill(Utf8JsonWriter line, TrainingProgress progress)
    {
        line.WriteNumber("epoch", progress.Epoch);
        line.WriteNumber("updates", progress.Updates);
        line.WriteNumber("seconds", progress.Seconds);
        line.WriteNumber("samples_per_second", progress.SamplesPerSecond);
        line.WriteNumber("reconstruction_error", progress.Figures.ReconstructionError);
        WriteKnown(line, "log_pseudo_likelihood", progress.Figures.LogPseudoLikelihood);
        if (hasGap)
        {
            WriteKnown(line, "free_energy_gap", progress.Figures.FreeEnergyGap);
        }

        if (hasLikelihood)
        {
            WriteKnown(line, "log_partition_function", progress.Figures.LogPartitionFunction);
            WriteKnown(line, "log_likelihood", progress.Figures.LogLikelihood);
        }

        if (hasGap && hasLikelihood)
        {
            WriteKnown(line, "validation_log_likelihood", progress.Figures.ValidationLogLikelihood);
        }
    }
}
