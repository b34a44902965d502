using System.CommandLine;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Classification;

/// <summary>Classification RBMs on the command line.</summary>
internal sealed class ClassificationFamily : ModelFamily
{
    /// <inheritdoc/>
    public override string Name => ModelKinds.Classifier;

    /// <inheritdoc/>
    public override string Summary => "a classification RBM: p(class | row) exactly, and samples of each class";

    /// <inheritdoc/>
    public override IEnumerable<Command> Commands(Terminal terminal) =>
    [
        ClassificationTrainCommand.Create(terminal),
        ClassificationSampleCommand.Create(terminal),
        ClassificationEvaluateCommand.Create(terminal),
        ClassificationInspectCommand.Create(terminal),
    ];

    /// <inheritdoc/>
    public override LoadedClassifier? LoadClassifier(string path) => new(ClassificationFile.Load(path), static data => data);
}
