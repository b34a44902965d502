using System.Text.RegularExpressions;

namespace FastRbm.Tests.Repository;

/// <summary>The layers of the library, lowest first, and which folder may use which.</summary>
internal static partial class Layers
{
    private static readonly string[][] _order =
    [
        ["Errors", "Memory", "Random", "Threading"],
        ["Kernels"],
        ["Models"],
        ["Training", "Sampling", "Evaluation"],
        ["Data", "Serialization", "Imaging"],
    ];

    /// <summary>What is used within a layer: foundations check their arguments, reports run chains, and data and pictures are replaced as atomically as models are.</summary>
    private static readonly (string User, string Used)[] _withinLayer =
    [
        ("Memory", "Errors"),
        ("Training", "Sampling"),
        ("Threading", "Errors"),
        ("Evaluation", "Sampling"),
        ("Data", "Serialization"),
        ("Imaging", "Serialization"),
    ];

    /// <summary>All folders, lowest first.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. _order.SelectMany(static layer => layer)];

    /// <summary>The uses within a layer that are allowed.</summary>
    public static IReadOnlyList<(string User, string Used)> WithinLayer => _withinLayer;

    /// <summary>Whether code of one folder may use another: itself, a lower layer, or what is named above.</summary>
    public static bool MayUse(string user, string used) =>
        user == used || Level(used) < Level(user) || _withinLayer.Contains((user, used));

    /// <summary>The folders that a source names in usings and qualified names, beside its own.</summary>
    public static IReadOnlyList<string> NamedIn(string folder, string source) =>
        [.. QualifiedName().Matches(SourceText.CodeOnly(source))
            .Select(static match => match.Groups["folder"].Value)
            .Where(named => named != folder && Folders.Contains(named))
            .Distinct()];

    private static int Level(string folder) => Array.FindIndex(_order, layer => layer.Contains(folder));

    // Within FastRbm.Models, "Kernels.Simd.SimdLevel" names a type as "FastRbm.Kernels.Simd.SimdLevel" does.
    [GeneratedRegex(@"(?<![\w.])(?:global::)?(?:FastRbm\.(?<folder>[A-Z]\w*)\b|(?<folder>[A-Z]\w*)\.[A-Z])")]
    private static partial Regex QualifiedName();
}
