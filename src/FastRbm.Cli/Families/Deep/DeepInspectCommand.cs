using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Deep;

/// <summary>rbm inspect of a deep model.</summary>
internal sealed class DeepInspectCommand
{
    private readonly Terminal _terminal;
    private readonly bool _boltzmann;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<string?> _images = OptionFactory.Text("--images", $"Save pictures here: filters.png, the first {Pictures.MostFilters} units of the first hidden layer", "directory");
    private readonly Option<bool> _json = CommonOptions.Json();

    private DeepInspectCommand(Terminal terminal, bool boltzmann) => (_terminal, _boltzmann) = (terminal, boltzmann);

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, bool boltzmann)
    {
        DeepInspectCommand inspect = new(terminal, boltzmann);
        Command command = new("inspect", "Show what is in a deep model, layer by layer: shapes, norms, histograms, metadata.")
        {
            inspect._model, inspect._images, inspect._json,
        };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        DeepModel model = DeepModel.Load(parse.GetRequiredValue(_model), _boltzmann);
        FigureTable table = new();
        table.Add("kind", _boltzmann ? ModelKinds.DeepBoltzmann : ModelKinds.DeepBelief);
        table.Add("layers", string.Join(",", model.Layers));
        for (int layer = 0; layer + 1 < model.Layers.Count; layer++)
        {
            Matrix weights = Weights(model, layer);
            if (layer == 0 && parse.GetValue(_images) is { } images)
            {
                OutputPath.MakeDirectory(images);
                Rbm first = Rbm.Binary(weights.Rows, weights.Columns);
                first.Edit((own, _, _) => weights.AsSpan2D().CopyTo(own));
                Pictures.Filters(first, model.Shape).SavePng(Path.Combine(images, "filters.png"));
            }

            Add(table, $"weights_{layer}", [.. Enumerable.Range(0, weights.Rows).SelectMany(row => weights.Row(row).ToArray())]);
        }

        for (int layer = 0; layer < model.Layers.Count; layer++)
        {
            Add(table, $"bias_{layer}", Bias(model, layer));
        }

        table.Add("classifier", model.Network is null ? "none" : string.Join(",", model.Network.Layers.Select(static dense => dense.Inputs).Append(model.Network.Outputs)));
        foreach ((string key, string value) in model.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            table.Add($"metadata.{Printable(key)}", Printable(value));
        }

        if (parse.GetValue(_json))
        {
            JsonLine.Write(_terminal.Output, table.WriteJson);
        }
        else
        {
            table.WriteText(_terminal.Output);
        }

        return ExitCode.Done;
    }

    private static Matrix Weights(DeepModel model, int layer)
    {
        if (model.Belief is { } network)
        {
            Matrix copy = new(network.Layers[layer], network.Layers[layer + 1]);
            network.Machines[layer].Weights.CopyTo(copy.AsSpan2D());
            return copy;
        }

        Matrix weights = new(model.Layers[layer], model.Layers[layer + 1]);
        model.Boltzmann!.CopyWeights(layer, weights);
        return weights;
    }

    /// <summary>Of a deep belief network, the biases of the pass upwards for hidden layers.</summary>
    private static float[] Bias(DeepModel model, int layer) => model.Boltzmann is { } machine
        ? machine.Bias(layer).ToArray()
        : (layer == 0 ? model.Belief!.Machines[0].Visible : model.Belief!.Machines[layer - 1].Hidden).Bias.ToArray();

    private static void Add(FigureTable table, string name, float[] values)
    {
        Statistics statistics = Statistics.Of(Array.ConvertAll(values, static value => (double)value));
        table.Add($"{name}_mean", statistics.Mean);
        table.Add($"{name}_deviation", statistics.Deviation);
        table.Add($"{name}_smallest", statistics.Smallest);
        table.Add($"{name}_largest", statistics.Largest);
    }

    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
