using System.Xml.Linq;
using FastRbm.Models;

namespace FastRbm.Tests.Repository;

public sealed class DependencyTests
{
    private const string Versions = "Directory.Packages.props";

    [Fact]
    public void The_library_needs_nothing_but_the_platform_and_the_community_toolkit()
    {
        IEnumerable<string> references = typeof(Rbm).Assembly.GetReferencedAssemblies()
            .Select(static name => name.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal));
        Assert.Equal(["CommunityToolkit.HighPerformance"], references);

        IEnumerable<string> packages = ProjectFiles.Items(ProjectFiles.Find("FastRbm"), "PackageReference")
            .Where(static item => (string?)item.Attribute("PrivateAssets") != "all")
            .Select(static item => (string)item.Attribute("Include")!);
        Assert.Equal(["CommunityToolkit.HighPerformance"], packages);
    }

    [Fact]
    public void Versions_stand_in_one_file_alone()
    {
        foreach (string path in ProjectFiles.All)
        {
            foreach (XElement item in ProjectFiles.Items(path, "PackageReference"))
            {
                Assert.True(
                    item.Attribute("Version") is null && item.Attribute("VersionOverride") is null && item.Element("Version") is null,
                    $"{path}: {item} carries a version");
            }

            Assert.True(path == Versions || ProjectFiles.Items(path, "PackageVersion").Count == 0, $"{path} carries package versions");
        }
    }

    [Fact]
    public void Every_version_is_exact_and_belongs_to_a_package_that_a_project_uses()
    {
        // Pinned for FsCheck and for BenchmarkDotNet, which bring them.
        HashSet<string> used = ["FSharp.Core", "Microsoft.CodeAnalysis.CSharp", "Microsoft.Diagnostics.Tracing.TraceEvent", "System.Management"];
        foreach (string path in ProjectFiles.All)
        {
            used.UnionWith(ProjectFiles.Items(path, "PackageReference").Select(static item => (string)item.Attribute("Include")!));
        }

        foreach (XElement item in ProjectFiles.Items(Versions, "PackageVersion"))
        {
            Assert.Contains((string)item.Attribute("Include")!, used);
            Assert.Matches(@"^\d+\.\d+\.\d+$", (string)item.Attribute("Version")!);
        }
    }
}
