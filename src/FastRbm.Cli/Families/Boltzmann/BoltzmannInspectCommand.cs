using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>rbm inspect of a Boltzmann machine.</summary>
internal sealed class BoltzmannInspectCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<bool> _json = CommonOptions.Json();

    private BoltzmannInspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        BoltzmannInspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in a Boltzmann machine: units, graph, couplings, biases, metadata.") { inspect._model, inspect._json };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        BoltzmannMachine machine = BoltzmannFile.Load(path);
        FigureTable figures = new();
        figures.Add("units", machine.Units);
        figures.Add("kind", machine.Kind == UnitKind.Spin ? BoltzmannOptions.Spin : BoltzmannOptions.Binary);
        figures.Add("graph", machine.Graph.Name);
        figures.Add("edges", machine.Graph.Edges);
        figures.Add("largest_degree", Enumerable.Range(0, machine.Units).Max(machine.Graph.Degree));
        figures.Add("colours", GraphColouring.Greedy(machine.Graph).Colours);
        figures.Add("input_bound", machine.InputBound);

        // Couplings are J = 2 W, what a pair contributes to -E.
        Spread(figures, "coupling", machine.Weights, 2);
        Spread(figures, "bias", machine.Biases, 1);
        foreach ((string key, string value) in BoltzmannFile.LoadMetadata(path).Where(static pair => pair.Key is not ("format" or "unit" or "graph")).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            figures.Add(key, value);
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

    private static void Spread(FigureTable figures, string name, ReadOnlySpan<float> values, double unit)
    {
        double sum = 0;
        double squares = 0;
        double least = double.PositiveInfinity;
        double most = double.NegativeInfinity;
        foreach (float value in values)
        {
            sum += value;
            squares += (double)value * value;
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        int count = values.Length;
        figures.Add($"{name}_least", count == 0 ? null : unit * least);
        figures.Add($"{name}_most", count == 0 ? null : unit * most);
        figures.Add($"{name}_mean", count == 0 ? null : unit * sum / count);
        figures.Add($"{name}_root_mean_square", count == 0 ? null : unit * Math.Sqrt(squares / count));
    }
}
