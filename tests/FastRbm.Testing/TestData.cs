namespace FastRbm.Testing;

/// <summary>Finds data sets that are too large for the repository. Tests that need one skip when it isn't there.</summary>
public static class TestData
{
    /// <summary>The environment variable with the data directory.</summary>
    public const string Variable = "FASTRBM_DATA";

    /// <summary>The data directory; null when the variable isn't set or names no directory.</summary>
    public static string? Directory
    {
        get
        {
            string? directory = Environment.GetEnvironmentVariable(Variable);
            return System.IO.Directory.Exists(directory) ? directory : null;
        }
    }

    /// <summary>The path of a file below the data directory, such as "mnist/train-images-idx3-ubyte.gz"; null when it isn't there.</summary>
    public static string? FindPath(string relativePath) => FindPath(Directory, relativePath);

    /// <summary>The path of a file below a directory; null when either isn't there.</summary>
    public static string? FindPath(string? directory, string relativePath)
    {
        if (directory is null)
        {
            return null;
        }

        string path = Path.Combine(directory, relativePath);
        return File.Exists(path) ? path : null;
    }
}
