namespace FastRbm.Tests.Repository;

/// <summary>Asserts that a search for violations found none; the failure lists them whole, which xunit's would shorten.</summary>
internal static class Findings
{
    public static void None(IReadOnlyCollection<string> found) => Assert.True(found.Count == 0, string.Join('\n', found));
}
