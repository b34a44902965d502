namespace FastRbm.Tests.Repository;

/// <summary>The files of the repository that the tests were built from, without what builds and tools leave behind.</summary>
internal static class RepositoryTree
{
    private static readonly string[] _notOurs = [".git", ".vs", ".idea", "bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>The folder that holds the solution, found from the folder that the tests run in.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Paths below a folder, relative to the root, with slashes, sorted.</summary>
    public static IReadOnlyList<string> Files(string folder = "", string pattern = "*") =>
        [.. Walk(Path.Combine(Root, folder), pattern)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>The text of a file.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder, string pattern) => Directory.EnumerateFiles(folder, pattern).Where(IsOurs).Concat(
        Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(inner => Walk(inner, pattern)));

    // ".git" is a file in a linked working tree.
    private static bool IsOurs(string path) => !_notOurs.Contains(Path.GetFileName(path), StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FastRbm.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FastRbm.sln.");
    }
}
