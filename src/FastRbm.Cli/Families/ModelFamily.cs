using System.CommandLine;

namespace FastRbm.Cli.Families;

/// <summary>A kind of model beside the RBM: its own train, sample, evaluate, inspect and so on, each with its own options.</summary>
/// <remarks>A new one is a class of its own, named in <see cref="FamilyList"/>: nothing else has to change.</remarks>
internal abstract class ModelFamily
{
    /// <summary>What <c>rbm train --model</c> calls it: the kind that its files name in their metadata.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, in a few words.</summary>
    public abstract string Summary { get; }

    /// <summary>Its commands: each runs in the place of the command of the same name when <c>--model</c> names this kind, or a file of it.</summary>
    /// <param name="terminal">Where they write.</param>
    public abstract IEnumerable<Command> Commands(Terminal terminal);

    /// <summary>The classifier of a model file of this kind, for <c>rbm classify</c>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The classifier; null if models of this kind don't classify.</returns>
    /// <exception cref="Errors.InvalidInputException">The file is no valid model, or this model has no classes.</exception>
    public virtual LoadedClassifier? LoadClassifier(string path) => null;
}
