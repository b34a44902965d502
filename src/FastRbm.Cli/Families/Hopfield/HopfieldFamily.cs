using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>Hopfield networks on the command line.</summary>
internal sealed class HopfieldFamily : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => ModelKinds.Hopfield;

    /// <inheritdoc/>
    public override string Summary => "Hopfield networks: pairwise, dense and continuous associative memories";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        HopfieldTrainCommand.Create(terminal),
        HopfieldRecallCommand.Create(terminal),
        HopfieldSampleCommand.Create(terminal),
        HopfieldEvaluateCommand.Create(terminal),
        HopfieldInspectCommand.Create(terminal),
    ];
}
