using FastRbm.Models;

namespace FastRbm.Tests.Repository;

public sealed class PublicApiTests
{
    private const string Snapshot = "tests/FastRbm.Tests/Repository/PublicApi.txt";

    [Fact]
    public void The_public_api_is_the_accepted_one()
    {
        string actual = PublicApiText.Of(typeof(Rbm).Assembly);
        Acceptance.WriteIfAsked(Snapshot, actual);

        string accepted = RepositoryTree.Read(Snapshot);
        Assert.True(accepted == actual, $"The public API differs from {Snapshot}; {Acceptance.Hint}.\n{Difference(accepted, actual)}");
    }

    [Fact]
    public void A_difference_shows_what_went_and_what_came_under_its_type()
    {
        const string before = "class A\n    int X { get; }\n    void Same()\nclass B\n    void Same()\n";
        const string after = "class A\n    long X { get; }\n    void Same()\nclass B\n    void New()\n    void Same()\n";
        Assert.Equal("class A\n-     int X { get; }\n+     long X { get; }\nclass B\n+     void New()", Difference(before, after));
        Assert.Equal("- class B\n-     void Same()", Difference(before, before[..before.IndexOf("class B", StringComparison.Ordinal)]));
    }

    [Fact]
    public void The_text_tells_apart_what_callers_can_tell_apart()
    {
        string text = PublicApiText.Of([typeof(Specimen<>)]);
        string[] expected =
        [
            "class FastRbm.Tests.Repository.PublicApiTests.Specimen<T> : IDisposable where T : unmanaged",
            "    const int Number = 3", "    float Value { get; init; }", "    int Item[int index] { get; }", "    new(string? name = default)",
            "    protected virtual void Inner(ref int a, out T b, in double c)", "    static T[] Make<TKey>(ReadOnlySpan<byte> x, int y = 2) where TKey : struct, IDisposable",
            "    string? Text { get; set; }", "    void Dispose()",
        ];
        Assert.Equal(string.Join('\n', expected) + "\n", text);
    }

    /// <summary>The lines of only one text, each under the type that it belongs to.</summary>
    private static string Difference(string before, string after)
    {
        List<(string Type, string Line)> old = Lines(before);
        List<(string Type, string Line)> now = Lines(after);
        IEnumerable<(string Type, string Text)> changes = old.Except(now).Select(static line => (line.Type, "- " + line.Line))
            .Concat(now.Except(old).Select(static line => (line.Type, "+ " + line.Line)));
        return string.Join('\n', changes.GroupBy(static change => change.Type).OrderBy(static group => group.Key, StringComparer.Ordinal).SelectMany(
            static group => group.Any(change => change.Text[2..] == group.Key) ? group.Select(static change => change.Text) : [group.Key, .. group.Select(static change => change.Text)]));
    }

    private static List<(string Type, string Line)> Lines(string text)
    {
        string type = string.Empty;
        List<(string Type, string Line)> lines = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            type = line.StartsWith(' ') ? type : line;
            lines.Add((type, line));
        }

        return lines;
    }

#pragma warning disable CA1034, CA1045, CA1063, CA1816, CA1021 // Odd on purpose: what the text must tell apart.
    public class Specimen<T>(string? name = null) : IDisposable
        where T : unmanaged
    {
        public const int Number = 3;

        public string? Text { get; set; } = name;

        public float Value { get; init; }

        public int this[int index] => index;

        public static T[] Make<TKey>(ReadOnlySpan<byte> x, int y = 2)
            where TKey : struct, IDisposable => new T[x.Length + y];

        public void Dispose()
        {
        }

        internal void Hidden() => Inner(ref _unused, out _, 1);

        protected virtual void Inner(ref int a, out T b, in double c) => b = default;

        private int _unused;
    }
#pragma warning restore
}
