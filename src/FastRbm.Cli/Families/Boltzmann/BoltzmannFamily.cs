using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Boltzmann;

/// <summary>Fully visible Boltzmann machines.</summary>
internal sealed class BoltzmannFamily : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => ModelKinds.Boltzmann;

    /// <inheritdoc/>
    public override string Summary => "a fully visible Boltzmann machine: binary units or spins, coupled all to all or along a graph";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        BoltzmannTrainCommand.Create(terminal), BoltzmannSampleCommand.Create(terminal), BoltzmannEvaluateCommand.Create(terminal),
        BoltzmannInspectCommand.Create(terminal), BoltzmannEnumerateCommand.Create(terminal),
    ];
}
