using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>Subspace RBMs.</summary>
internal sealed class SubspaceFamily : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => ModelKinds.Subspace;

    /// <inheritdoc/>
    public override string Summary => "a subspace RBM: gates over groups of units, for invariant features";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        SubspaceTrainCommand.Create(terminal),
        SubspaceSampleCommand.Create(terminal),
        SubspaceEvaluateCommand.Create(terminal),
        SubspaceInspectCommand.Create(terminal),
        SubspaceTransformCommand.Create(terminal),
    ];
}
