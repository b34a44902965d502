namespace FastRbm.Tests.Repository;

public sealed class SourceTextTests
{
    [Theory]
    [InlineData("a // FastRbm.Data\nb", "a \nb")]
    [InlineData("a /* unsafe\n x */ b", "a \n b")]
    [InlineData("a(\"unsafe // \\\" x\") + b", "a(\"\") + b")]
    [InlineData("a(@\"c:\\\") + b", "a(\"\") + b")]
    [InlineData("a(\"\"\"x \"y\" // z\"\"\") + b", "a(\"\") + b")]
    [InlineData("a('\"') + b // c", "a(\"\") + b ")]
    [InlineData("a('\\'', '\\u0041') + b", "a(\"\", \"\") + b")]
    public void Comments_and_literals_are_not_code(string source, string code) => Assert.Equal(code, SourceText.CodeOnly(source));

    [Fact]
    public void Top_level_types_of_every_kind_are_found_and_nested_ones_are_not()
    {
        const string source = """
            namespace A.B;
            /// <summary>class Wrong</summary>
            [Attribute]
            public sealed class One<T> : Two
            {
                private sealed class Nested;
            }
            internal readonly record struct Three(int X);
            public delegate void Four(Span2D<float> weights);
            internal delegate ReadOnlySpan<T> Five<T>(int row)
                where T : unmanaged;
            internal static unsafe partial class Six
            public enum Seven
            """;
        Assert.Equal(["One", "Three", "Four", "Five", "Six", "Seven"], SourceText.TopLevelTypes(source));
        Assert.Equal("A.B", SourceText.Namespace(source));
    }
}
