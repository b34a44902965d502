using System.Security.Cryptography;
using FastRbm.Data;
using FastRbm.Errors;

namespace FastRbm.Cli.Families.Deep;

/// <summary>What is asked of the files of deep models.</summary>
internal static class DeepFiles
{
    /// <summary>Where a machine's file says how many mean-field sweeps its classifier was tuned with.</summary>
    public const string SweepsKey = "classifier_sweeps";

    /// <summary>Whether a checkpoint is of tuning.</summary>
    public static bool IsTuning(IReadOnlyDictionary<string, string> metadata) => metadata.ContainsKey("training_classifier_options");

    /// <summary>Refuses a checkpoint of other layers.</summary>
    public static void RequireLayers(string path, IReadOnlyList<int> expected, IReadOnlyList<int> found)
    {
        if (!expected.SequenceEqual(found))
        {
            throw new InvalidInputException(path, $"layers of {string.Join(", ", expected)} units", string.Join(", ", found));
        }
    }

    /// <summary>What identifies rows with their labels.</summary>
    public static string Fingerprint(Dataset data) => $"{data.Fingerprint()}:{Convert.ToHexStringLower(SHA256.HashData(data.Labels.Span))}";
}
