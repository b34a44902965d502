using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Deep;

/// <summary>Deep belief networks, or deep Boltzmann machines, on the command line.</summary>
internal sealed class DeepFamily(bool boltzmann) : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => boltzmann ? ModelKinds.DeepBoltzmann : ModelKinds.DeepBelief;

    /// <inheritdoc/>
    public override string Summary => boltzmann
        ? "a deep Boltzmann machine: layers coupled both ways, trained together, tuned as a classifier"
        : "a deep belief network: RBMs trained one on the other, tuned as a classifier";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        DeepTrainCommand.Create(terminal, boltzmann),
        DeepSampleCommand.Create(terminal, boltzmann),
        DeepEvaluateCommand.Create(terminal, boltzmann),
        DeepInspectCommand.Create(terminal, boltzmann),
    ];

    /// <inheritdoc/>
    public override LoadedClassifier? LoadClassifier(string path) =>
        new(DeepModel.Load(path, boltzmann).Classifier(path, Environment.ProcessorCount), static data => data);
}
