using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Networks;

/// <summary>Energy networks that are classifiers, on the command line.</summary>
internal sealed class JemFamily : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => ModelKinds.EnergyNetwork;

    /// <inheritdoc/>
    public override string Summary => "an energy network that is a classifier (JEM): p(class | row), an energy of every row, and samples by Langevin dynamics";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        JemTrainCommand.Create(terminal),
        JemSampleCommand.Create(terminal),
        JemEvaluateCommand.Create(terminal),
        JemInspectCommand.Create(terminal),
    ];

    /// <inheritdoc/>
    public override LoadedClassifier? LoadClassifier(string path) => new(EnergyNetworkFile.Load(path), static data => data);
}
