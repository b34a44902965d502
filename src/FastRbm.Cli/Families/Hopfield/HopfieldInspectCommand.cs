using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>rbm inspect of a Hopfield network.</summary>
internal sealed class HopfieldInspectCommand
{
    private const int MostUnitsForSpectrum = 1000;
    private const int MostPairs = 2000;
    private const int SpectrumValues = 5;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<bool> _json = CommonOptions.Json();

    private HopfieldInspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        HopfieldInspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in a network: load, correlations and stability of patterns, weights and their spectrum.")
        {
            inspect._model, inspect._json,
        };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        using HopfieldMemory memory = HopfieldMemory.Load(path, threads: 1);
        FigureTable figures = new();
        foreach ((string key, string value) in HopfieldFile.LoadMetadata(path).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            figures.Add(key == "units" ? "metadata_units" : key, value);
        }

        figures.Add("units", memory.Units);
        figures.Add("patterns", memory.Patterns);
        figures.Add("load", (double)memory.Patterns / memory.Units);
        AddCorrelations(figures, memory);
        if (memory.Patterns > 0)
        {
            AddStability(figures, memory);
        }

        if (memory.Network is HopfieldNetwork network)
        {
            AddWeights(figures, network);
        }

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

    /// <summary>Overlaps of pairs of patterns, of the first ones where there are many.</summary>
    private static void AddCorrelations(FigureTable figures, HopfieldMemory memory)
    {
        int count = Math.Min(memory.Patterns, MostPairs);
        if (count < 2)
        {
            return;
        }

        double largest = double.NegativeInfinity;
        double sum = 0;
        float[] state = new float[memory.Units];
        int step = Math.Max(1, count / 100);
        int pairs = 0;
        for (int first = 0; first < count; first += step)
        {
            memory.CopyPattern(first, state);
            for (int second = 0; second < count; second++)
            {
                if (second == first)
                {
                    continue;
                }

                double overlap = memory.Overlap(state, second);
                largest = Math.Max(largest, overlap);
                sum += Math.Abs(overlap);
                pairs++;
            }
        }

        figures.Add("mean_absolute_overlap_of_patterns", sum / pairs);
        figures.Add("largest_overlap_of_patterns", largest);
    }

    private static void AddStability(FigureTable figures, HopfieldMemory memory)
    {
        int count = Math.Min(memory.Patterns, MostPairs);
        Matrix states = new(count, memory.Units);
        for (int row = 0; row < count; row++)
        {
            memory.CopyPattern(row, states.Row(row));
        }

        memory.Recall(states, new RecallOptions { Mode = RecallMode.Synchronous, MostSweeps = 1 }, null, CancellationToken.None);
        double[] overlaps = [.. Enumerable.Range(0, count).Select(row => memory.Overlap(states.Row(row), row))];
        figures.Add("patterns_unchanged_by_an_update", overlaps.Average(static overlap => overlap > 1 - 1e-6 ? 1.0 : 0));
        figures.Add("units_changed_by_an_update", overlaps.Average(static overlap => (1 - overlap) / 2));
    }

    private void AddWeights(FigureTable figures, HopfieldNetwork network)
    {
        if (network.Units > MostUnitsForSpectrum)
        {
            _terminal.Note($"the weights and their spectrum are left out for more than {Numbers.Text(MostUnitsForSpectrum)} units.");
            return;
        }

        double[] weights = new double[network.Units * network.Units];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = network.Weight(i / network.Units, i % network.Units);
        }

        figures.Add("largest_weight", weights.Max(Math.Abs));
        figures.Add("root_mean_square_weight", Math.Sqrt(weights.Average(static weight => weight * weight)));
        figures.Add("largest_threshold", Enumerable.Range(0, network.Units).Max(i => Math.Abs(network.Threshold(i))));
        double[] values = SingularValues.Largest(weights, network.Units, network.Units, Math.Min(SpectrumValues, network.Units));
        for (int k = 0; k < values.Length; k++)
        {
            figures.Add($"absolute_eigenvalue_{k + 1}", values[k]);
        }
    }
}
