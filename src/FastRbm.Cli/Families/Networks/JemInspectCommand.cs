using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Models.Networks;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Networks;

/// <summary>rbm inspect of an energy network.</summary>
internal sealed class JemInspectCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<bool> _json = CommonOptions.Json();

    private JemInspectCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        JemInspectCommand inspect = new(terminal);
        Command command = new("inspect", "Show what is in an energy network: layers, norms, domain, metadata.") { inspect._model, inspect._json };
        command.SetAction(inspect.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        EnergyNetwork model = EnergyNetworkFile.Load(path);
        FigureTable table = new();
        table.Add("kind", ModelKinds.EnergyNetwork);
        table.Add("columns", model.Columns);
        table.Add("classes", model.Classes);
        table.Add("parameters", model.Network.ParameterCount);
        table.Add("bound", model.Options.Bound);
        table.Add("confinement", model.Options.Confinement);
        for (int layer = 0; layer < model.Network.Layers.Count; layer++)
        {
            DenseLayer dense = model.Network.Layers[layer];
            table.Add($"layer_{layer}", $"{Numbers.Text(dense.Inputs)} x {Numbers.Text(dense.Outputs)} {dense.Function.ToString().ToLowerInvariant()}");
            Statistics statistics = Statistics.Of([.. dense.Weights.ToArray().Cast<float>().Select(static weight => (double)weight)]);
            table.Add($"layer_{layer}_weights_deviation", statistics.Deviation);
            table.Add($"layer_{layer}_weights_smallest", statistics.Smallest);
            table.Add($"layer_{layer}_weights_largest", statistics.Largest);
        }

        foreach ((string key, string value) in EnergyNetworkFile.LoadMetadata(path).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
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

    private static string Printable(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? '?' : c));
}
