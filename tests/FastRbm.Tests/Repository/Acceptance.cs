namespace FastRbm.Tests.Repository;

/// <summary>Committed files that hold what is accepted: tests compare with them, and write them when asked to.</summary>
internal static class Acceptance
{
    /// <summary>How to accept a difference, for messages.</summary>
    public const string Hint = "accept it with " + Variable + "=1";

    private const string Variable = "FASTRBM_ACCEPT";

    /// <summary>Writes a file of the repository when FASTRBM_ACCEPT is 1.</summary>
    public static void WriteIfAsked(string path, string content)
    {
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            File.WriteAllText(Path.Combine(RepositoryTree.Root, path), content);
        }
    }
}
