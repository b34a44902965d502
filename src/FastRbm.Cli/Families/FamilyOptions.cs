using System.CommandLine;
using FastRbm.Cli.Options;

namespace FastRbm.Cli.Families;

/// <summary>Options that families share.</summary>
internal static class FamilyOptions
{
    /// <summary>The option that names a kind of model, or a file of one.</summary>
    public const string ModelName = "--model";

    /// <summary>The --model of a family's train command: its own name, by which the command was found.</summary>
    /// <param name="name">The family's name.</param>
    public static Option<string> Kind(string name) => OptionFactory.Choice(ModelName, "The kind of model", name, name);

    /// <summary>Labels from a file of their own.</summary>
    public static Option<string?> Labels() => OptionFactory.Text(
        "--labels", "The class of each row, where the data have none with them: an IDX file, or text with a class a line (255 or an empty line for none)", "file");
}
