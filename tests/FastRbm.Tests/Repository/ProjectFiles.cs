using System.Xml.Linq;

namespace FastRbm.Tests.Repository;

/// <summary>The project files and what stands in them.</summary>
internal static class ProjectFiles
{
    /// <summary>All project files, and files that they import; not those of .ci, which stand for strangers' programs.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. RepositoryTree.Files()
            .Where(static path => Path.GetExtension(path) is ".csproj" or ".props" or ".targets")
            .Where(static path => !path.StartsWith(".ci/", StringComparison.Ordinal))];

    /// <summary>The path of a project by its name.</summary>
    public static string Find(string project) => Assert.Single(All, path => Path.GetFileName(path) == project + ".csproj");

    /// <summary>The items of one kind in a file.</summary>
    public static IReadOnlyList<XElement> Items(string path, string kind) => [.. XDocument.Parse(RepositoryTree.Read(path)).Descendants(kind)];
}
