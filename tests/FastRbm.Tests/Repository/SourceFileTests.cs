using System.Text.RegularExpressions;

namespace FastRbm.Tests.Repository;

public sealed partial class SourceFileTests
{
    private const int MostLines = 400;

    /// <summary>Files that are longer, each with its reason.</summary>
    private static readonly Dictionary<string, string> _long = [];

    /// <summary>Files outside Memory and Kernels that hand pointers to kernels, each with its reason.</summary>
    private static readonly Dictionary<string, string> _unsafe = new()
    {
        ["src/FastRbm/Evaluation/AnnealedRows.cs"] = "arguments of half steps",
        ["src/FastRbm/Models/BinaryLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/LayerStep.cs"] = "arguments of half steps",
        ["src/FastRbm/Models/MixedLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/PottsLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/Rbm.Batches.cs"] = "arguments of half steps",
        ["src/FastRbm/Models/Rbm.HalfSteps.cs"] = "arguments of half steps",
        ["src/FastRbm/Models/Rbm.Units.cs"] = "arguments of half steps",
        ["src/FastRbm/Models/SpinLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/Subspace/SubspaceLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/UnitLayer.cs"] = "means for weight updates",
        ["src/FastRbm/Models/RbmWorkspace.cs"] = "scratch lists of half steps",
        ["src/FastRbm/Sampling/ChainSet.cs"] = "arguments of half steps",
        ["src/FastRbm/Sampling/ConditionalChains.cs"] = "arguments of half steps",
        ["src/FastRbm/Sampling/TemperedChains.Sweeps.cs"] = "arguments of half steps, energies from their sums",
        ["src/FastRbm/Sampling/TrajectoryRung.cs"] = "arguments of half steps",
        ["src/FastRbm/Training/Classification/ClassificationUpdate.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/Classification/ClassificationUpdate.Gradients.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/ContrastiveDivergenceUpdate.cs"] = "arguments of half steps and weight updates",
        ["src/FastRbm/Training/FastWeights.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/ObjectiveUpdate.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/Objectives/FlipObjective.cs"] = "arguments of half steps and gradients of flips",
        ["src/FastRbm/Training/ParameterStep.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/PhaseMoments.cs"] = "buffers of weight updates",
        ["src/FastRbm/Training/PhaseSums.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/PositivePhase.cs"] = "arguments of half steps",
        ["src/FastRbm/Training/RealGradients.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/RealUnitUpdate.cs"] = "arguments of weight updates",
        ["src/FastRbm/Training/UnitParameterPair.cs"] = "arguments of weight updates",
    };

    private static IEnumerable<string> Sources => RepositoryTree.Files("src", "*.cs").Concat(RepositoryTree.Files("tests", "*.cs"));

    [Fact]
    public void Namespaces_are_folders()
    {
        List<string> wrong = [];
        foreach (string path in Sources)
        {
            string folder = Path.GetDirectoryName(path)!.Replace('\\', '/');
            string expected = folder[(folder.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('/', '.');
            string? found = SourceText.Namespace(RepositoryTree.Read(path));
            if (found is not null && found != expected)
            {
                wrong.Add($"{path}: expected {expected}, found {found}");
            }
        }

        Findings.None(wrong);
    }

    [Fact]
    public void A_file_holds_one_type_and_has_its_name()
    {
        List<string> wrong = [];
        foreach (string path in Sources)
        {
            string source = RepositoryTree.Read(path);
            string name = Path.GetFileNameWithoutExtension(path).Split('.', '{', '`')[0];
            IReadOnlyList<string> types = SourceText.TopLevelTypes(source);
            bool none = types.Count == 0 && SourceText.Namespace(source) is null;
            if (!none && (types.Count != 1 || types[0] != name))
            {
                wrong.Add($"{path} declares {string.Join(", ", types)}");
            }
        }

        Findings.None(wrong);
    }

    [Fact]
    public void A_file_is_short_or_has_a_reason() => Assert.Equal(
        _long.Keys.Order(StringComparer.Ordinal),
        Sources.Where(static path => File.ReadLines(Path.Combine(RepositoryTree.Root, path)).Count() > MostLines).Order(StringComparer.Ordinal));

    [Fact]
    public void Pointers_stay_in_memory_and_kernels_but_for_what_is_handed_to_kernels() => Assert.Equal(
        _unsafe.Keys.Order(StringComparer.Ordinal),
        RepositoryTree.Files("src", "*.cs")
            .Where(static path => !path.StartsWith("src/FastRbm/Memory/", StringComparison.Ordinal))
            .Where(static path => !path.StartsWith("src/FastRbm/Kernels/", StringComparison.Ordinal))
            .Where(static path => UnsafeKeyword().IsMatch(SourceText.CodeOnly(RepositoryTree.Read(path)))));

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine()
    {
        string[] places = ["work/", "tmp/wt", "root/", "home/", "Users/"];
        List<string> wrong = [];
        foreach (string path in RepositoryTree.Files())
        {
            string text = RepositoryTree.Read(path);
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                continue;
            }

            string[] lines = text.Split('\n');
            for (int line = 0; line < lines.Length; line++)
            {
                if (Array.Exists(places, place => Regex.IsMatch(lines[line], $@"(?<![\w.*~$}}/-])/{place}")))
                {
                    wrong.Add($"{path}, line {line + 1}: {lines[line].Trim()}");
                }
            }
        }

        Findings.None(wrong);
    }

    [GeneratedRegex(@"(?<![\w.])unsafe\b")]
    private static partial Regex UnsafeKeyword();
}
