using System.Runtime.InteropServices;

namespace FastRbm.Benchmarks;

/// <summary>The machine that results are from.</summary>
internal static class Machine
{
    /// <summary>The processor's name, family and model.</summary>
    public static string Processor { get; } = Describe();

    /// <summary>The processor's name as a folder's.</summary>
    public static string Folder => string.Join('-', Processor.Split([' ', '(', ')', '/', '@'], StringSplitOptions.RemoveEmptyEntries));

    private static string Describe()
    {
        const string Information = "/proc/cpuinfo";
        if (!File.Exists(Information))
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        string[] lines = File.ReadAllLines(Information);
        string Field(string name) => Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown";
        return $"{Field("model name")} family {Field("cpu family")} model {Field("model")}";
    }
}
