using FastRbm.Cli.Families.Subspace;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families;

/// <summary>All kinds of models beside the RBM, and which of them a command line is about.</summary>
internal static class FamilyList
{
    /// <summary>The command that makes models, where --model is a kind and not a file.</summary>
    public const string Train = "train";

    /// <summary>New ones: their options hold values, so each command line has its own.</summary>
    public static IReadOnlyList<ModelFamily> Create() =>
    [
        new Classification.ClassificationFamily(),
        new Boltzmann.BoltzmannFamily(),
        new Hopfield.HopfieldFamily(),
        new SubspaceFamily(),
        new Networks.JemFamily(),
        new Deep.DeepFamily(boltzmann: false),
        new Deep.DeepFamily(boltzmann: true),
    ];

    /// <summary>The family that a command line is about: by the word after --model of train, by the file after it of others.</summary>
    /// <param name="args">The arguments.</param>
    /// <returns>A family, or null for an RBM and for whatever can't be told yet.</returns>
    /// <exception cref="UsageException">There is no such kind.</exception>
    public static ModelFamily? Find(IReadOnlyList<string> args)
    {
        if (args.Count < 2 || ModelOf(args) is not { } model)
        {
            return null;
        }

        IReadOnlyList<ModelFamily> families = Create();
        string? kind = args[0] == Train ? model : KindOf(model);
        ModelFamily? family = families.FirstOrDefault(one => one.Name == kind);
        if (family is null && args[0] == Train && kind != ModelKinds.Rbm)
        {
            throw new UsageException($"{FamilyOptions.ModelName}: expected one of {Names(families)}, found {model}.");
        }

        return family;
    }

    /// <summary>All kinds, for messages and help.</summary>
    public static string Names(IEnumerable<ModelFamily> families) => string.Join(", ", families.Select(static one => one.Name).Prepend(ModelKinds.Rbm));

    /// <summary>The value of --model, however it is joined to it.</summary>
    private static string? ModelOf(IReadOnlyList<string> args)
    {
        for (int i = 1; i < args.Count; i++)
        {
            if (args[i] == FamilyOptions.ModelName)
            {
                return i + 1 < args.Count ? args[i + 1] : null;
            }

            if (args[i].StartsWith(FamilyOptions.ModelName, StringComparison.Ordinal) && args[i].Length > FamilyOptions.ModelName.Length + 1
                && args[i][FamilyOptions.ModelName.Length] is '=' or ':')
            {
                return args[i][(FamilyOptions.ModelName.Length + 1)..];
            }
        }

        return null;
    }

    /// <summary>The kind of a model file; null if it can't be told, which the command that reads it explains.</summary>
    private static string? KindOf(string path)
    {
        try
        {
            return ModelFile.KindOf(path);
        }
        catch (Exception unknown) when (unknown is InvalidInputException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
