using System.Reflection;
using FastRbm.Models;

namespace FastRbm.Tests.Repository;

public sealed class LayeringTests
{
    private const string Library = "src/FastRbm/";

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_folders_of_the_library_are_the_layers()
    {
        IEnumerable<string> folders = LibrarySources().Select(FolderOf).Where(static folder => folder.Length > 0).Distinct();
        Assert.Equal(Layers.Folders.Order(), folders.Order());
    }

    [Fact]
    public void Sources_name_only_lower_layers()
    {
        List<string> wrong = [];
        foreach (string path in LibrarySources())
        {
            string folder = FolderOf(path);
            foreach (string named in Layers.NamedIn(folder, RepositoryTree.Read(path)))
            {
                if (folder.Length > 0 && !Layers.MayUse(folder, named))
                {
                    wrong.Add($"{path} names {named}");
                }
            }
        }

        Findings.None(wrong);
    }

    [Fact]
    public void Compiled_types_use_only_lower_layers()
    {
        SortedSet<string> wrong = [];
        int uses = 0;
        foreach (Type type in typeof(Rbm).Assembly.GetTypes())
        {
            foreach (Type used in UsedBy(type).SelectMany(Parts))
            {
                if (LayerOf(type) is { } user && LayerOf(used) is { } layer)
                {
                    uses++;
                    if (!Layers.MayUse(user, layer))
                    {
                        wrong.Add($"{type} uses {used}");
                    }
                }
            }
        }

        Findings.None(wrong);
        Assert.InRange(uses, 1000, int.MaxValue);
    }

    [Fact]
    public void Uses_within_a_layer_are_still_there()
    {
        foreach ((string user, string used) in Layers.WithinLayer)
        {
            Assert.Contains(LibrarySources(), path => FolderOf(path) == user && Layers.NamedIn(user, RepositoryTree.Read(path)).Contains(used));
        }
    }

    [Theory]
    [InlineData("using FastRbm.Training;", "Training")]
    [InlineData("using static FastRbm.Data.IdxReader;", "Data")]
    [InlineData("using Alias = FastRbm.Imaging.Mosaic;", "Imaging")]
    [InlineData("var x = new global::FastRbm.Sampling.ChainSet(rbm);", "Sampling")]
    [InlineData("Evaluation.StateTable.Rows(x);", "Evaluation")]
    public void An_upward_reference_is_seen_in_every_spelling(string source, string named)
    {
        Assert.Equal([named], Layers.NamedIn("Kernels", source));
        Assert.False(Layers.MayUse("Kernels", named));
        Assert.False(Layers.MayUse("Models", named));
    }

    [Fact]
    public void Reflection_looks_into_generics_arrays_pointers_and_methods()
    {
        IEnumerable<Type> seen = UsedBy(typeof(Probe)).SelectMany(Parts);
        Assert.Superset(new HashSet<Type> { typeof(Uri), typeof(Version), typeof(DateOnly), typeof(TimeOnly), typeof(Guid), typeof(Half) }, seen.ToHashSet());
    }

    [Fact]
    public void Projects_reference_each_other_in_one_direction()
    {
        Dictionary<string, string> expected = new()
        {
            ["FastRbm"] = "",
            ["FastRbm.Benchmarks"] = "FastRbm",
            ["FastRbm.Cli"] = "FastRbm",
            ["FastRbm.Reference"] = "",
            ["FastRbm.Testing"] = "FastRbm.Reference",
            ["FastRbm.StatisticalTests"] = "FastRbm FastRbm.Reference FastRbm.Testing",
            ["FastRbm.Tests"] = "FastRbm FastRbm.Cli FastRbm.Reference FastRbm.Testing",
        };
        foreach ((string project, string references) in expected)
        {
            IEnumerable<string> found = ProjectFiles.Items(ProjectFiles.Find(project), "ProjectReference")
                .Select(static item => Path.GetFileNameWithoutExtension((string)item.Attribute("Include")!));
            Assert.Equal(references, string.Join(' ', found.Order(StringComparer.Ordinal)));
        }
    }

    private static IEnumerable<string> LibrarySources() => RepositoryTree.Files(Library, "*.cs");

    private static string FolderOf(string path)
    {
        string inner = path[Library.Length..];
        return inner.Contains('/', StringComparison.Ordinal) ? inner[..inner.IndexOf('/', StringComparison.Ordinal)] : string.Empty;
    }

    private static string? LayerOf(Type type) => type.Assembly == typeof(Rbm).Assembly && type.Namespace is { } name
        ? name.Split('.').ElementAtOrDefault(1)
        : null;

    private static IEnumerable<Type> UsedBy(Type type)
    {
        IEnumerable<Type?> used =
        [
            type.BaseType,
            .. type.GetInterfaces(),
            .. type.GetGenericArguments().SelectMany(static argument => argument.GetGenericParameterConstraints()),
            .. type.GetFields(Everything).Select(static field => field.FieldType),
            .. type.GetMethods(Everything).Select(static method => method.ReturnType),
            .. type.GetMethods(Everything).SelectMany(static method => method.GetGenericArguments()).SelectMany(static argument => argument.GetGenericParameterConstraints()),
            .. Bodies(type).SelectMany(static method => method.GetParameters()).Select(static parameter => parameter.ParameterType),
            .. Bodies(type).SelectMany(static method => method.GetMethodBody()?.LocalVariables ?? []).Select(static local => local.LocalType),
            .. type.GetCustomAttributesData().Select(static attribute => attribute.AttributeType),
        ];
        return used.OfType<Type>();
    }

    private static IEnumerable<MethodBase> Bodies(Type type) => [.. type.GetMethods(Everything), .. type.GetConstructors(Everything)];

    /// <summary>A type and what it is made of.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
    [
        type,
        .. type.HasElementType ? Parts(type.GetElementType()!) : [],
        .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : [],
    ];

    private abstract unsafe class Probe : List<Uri>
    {
        public Version[][]? Field { get; set; }

        public DateOnly* Pointer { get; set; }

        public static void Method<T>(ref TimeOnly argument, Func<Dictionary<int, Guid>> function)
            where T : IEnumerable<Half> => argument = function is null ? default : argument;
    }
}
