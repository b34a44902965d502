using System.Text.Json;
using FastRbm.Cli.Output;
using FastRbm.Training;

namespace FastRbm.Cli.Running;

/// <summary>A line an epoch: columns for people or JSON objects for programs.</summary>
/// <param name="terminal">Where.</param>
/// <param name="json">Whether lines are JSON objects.</param>
/// <param name="hasGap">Whether there are validation rows.</param>
internal sealed class EpochTable(Terminal terminal, bool json, bool hasGap)
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
            string gapHeader = hasGap ? "  free_energy_gap" : string.Empty;
            terminal.Output.WriteLine("epoch   updates   seconds  samples_per_second  reconstruction_error  log_pseudo_likelihood" + gapHeader);
            _hasHeader = true;
        }

        TrainingFigures figures = progress.Figures;
        string gap = hasGap ? $"  {Numbers.Text(figures.FreeEnergyGap, "F3"),15}" : string.Empty;
        terminal.Output.WriteLine(
            $"{Numbers.Text(progress.Epoch),5}  {Numbers.Text(progress.Updates),8}  {Numbers.Text(progress.Seconds, "F2"),8}"
            + $"  {Numbers.Text(progress.SamplesPerSecond, "F0"),18}  {Numbers.Text(figures.ReconstructionError, "F5"),20}"
            + $"  {Numbers.Text(figures.LogPseudoLikelihood, "F3"),21}{gap}");
    }

    private void Fill(Utf8JsonWriter line, TrainingProgress progress)
    {
        line.WriteNumber("epoch", progress.Epoch);
        line.WriteNumber("updates", progress.Updates);
        line.WriteNumber("seconds", progress.Seconds);
        line.WriteNumber("samples_per_second", progress.SamplesPerSecond);
        line.WriteNumber("reconstruction_error", progress.Figures.ReconstructionError);
        line.WriteNumber("log_pseudo_likelihood", progress.Figures.LogPseudoLikelihood);
        if (hasGap)
        {
            line.WriteNumber("free_energy_gap", progress.Figures.FreeEnergyGap);
        }
    }
}
