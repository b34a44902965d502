using System.Text.Json;
using FastRbm.Benchmarks.Comparison.Results;

namespace FastRbm.Tests.Repository;

public sealed class ComparisonTests
{
    private const string Results = "perf-results";

    [Fact]
    public void The_table_of_the_readme_is_that_of_the_recorded_comparisons()
    {
        string readme = RepositoryTree.Read("README.md");
        string table = ReadmeTable.Write(ResultFile.ReadAll(Path.Combine(RepositoryTree.Root, Results)));
        string? drift = ReadmeTable.Drift(readme, ReadmeTable.Replace(readme, table));
        Assert.True(drift is null, $"{drift} Run: dotnet run -c Release --project benchmarks/FastRbm.Benchmarks -- readme");
    }

    [Fact]
    public void The_report_beside_a_recorded_comparison_is_made_of_it()
    {
        foreach (string path in RepositoryTree.Files(Results, "comparison*.json"))
        {
            ComparisonResult result = ResultFile.Read(RepositoryTree.Read(path));
            Assert.Equal(ReportTable.Write(result), RepositoryTree.Read(Path.ChangeExtension(path, ".md")));
            Assert.Equal(ResultFile.Write(result), RepositoryTree.Read(path));
        }
    }

    [Fact]
    public void A_row_a_job_and_a_column_a_contestant_that_ran()
    {
        string[] lines = ReadmeTable.Write([Sample()]).Split('\n');
        Assert.Equal("Seconds on Some CPU, 2 processors, 256-bit vectors, 2026-01-31; in brackets the multiple of FastRbm's time:", lines[0]);
        Assert.Equal(
            [
                "| | FastRbm | PyTorch | scikit-learn |",
                "|---|---:|---:|---:|",
                "| CD-1: an epoch | 0.500 | 1.25 (2.5) | 60.0 (120), **check failed** |",
                "| Gibbs: 100 sweeps | 0.0123 | – | – |",
            ],
            lines[2..^1]);
    }

    [Fact]
    public void Without_comparisons_the_table_says_so() => Assert.Equal("No comparison is recorded.\n", ReadmeTable.Write([]));

    [Fact]
    public void Drift_is_told_with_its_line_and_both_texts()
    {
        const string readme = "# A\n<!-- generated: comparison -->\nold\n<!-- end generated -->\nrest\n";
        string expected = ReadmeTable.Replace(readme, "new\n");
        Assert.Equal("# A\n<!-- generated: comparison -->\nnew\n<!-- end generated -->\nrest\n", expected);
        Assert.Equal("README.md, line 3: expected \"new\" from perf-results, found \"old\".", ReadmeTable.Drift(readme, expected));
        Assert.Null(ReadmeTable.Drift(expected, expected));
    }

    [Theory]
    [InlineData("# A\n", "found none")]
    [InlineData("<!-- generated: comparison -->\n", "found none")]
    [InlineData("<!-- generated: comparison -->\n<!-- generated: comparison -->\n<!-- end generated -->\n", "found several")]
    public void A_readme_without_its_two_lines_is_refused(string readme, string found) =>
        Assert.Contains(found, Assert.Throws<FormatException>(() => ReadmeTable.Replace(readme, "new\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void Results_are_the_same_after_writing_and_reading()
    {
        string text = ResultFile.Write(Sample());
        Assert.Equal(text, ResultFile.Write(ResultFile.Read(text)));
        Assert.Throws<JsonException>(() => ResultFile.Read("null"));
        Assert.Throws<JsonException>(() => ResultFile.Read("{}"));
    }

    [Theory]
    [InlineData(-1.0199, true)]
    [InlineData(-1.0201, false)]
    [InlineData(-0.9801, true)]
    [InlineData(-0.9799, false)]
    [InlineData(double.NaN, false)]
    public void Figures_agree_within_a_share_of_the_other(double value, bool agrees) => Assert.Equal(agrees, Figure.Relative("x", value, -1, 0.02).Agrees);

    [Theory]
    [InlineData(120, true)]
    [InlineData(120.1, false)]
    [InlineData(80, true)]
    [InlineData(79.9, false)]
    [InlineData(double.NaN, false)]
    public void Means_agree_within_four_standard_errors(double value, bool agrees) => Assert.Equal(agrees, Figure.OfMeans("x", value, 3, 100, 4).Agrees);

    [Theory]
    [InlineData(0.01234, 3, "0.0123")]
    [InlineData(9.996, 3, "10.0")]
    [InlineData(1234.5, 3, "1230")]
    [InlineData(0, 3, "0")]
    [InlineData(-2.5, 2, "-2.5")]
    public void Numbers_have_their_significant_digits(double value, int digits, string text) => Assert.Equal(text, Numbers.Significant(value, digits));

    private static ComparisonResult Sample() => new()
    {
        Processor = "Some CPU",
        Processors = 2,
        SimdLevel = "Vector256",
        Date = "2026-01-31",
        Commit = "abc",
        Rounds = 5,
        Quick = false,
        Versions = new Dictionary<string, string> { [".NET"] = "10" },
        Jobs =
        [
            Job("CD-1", "an epoch", [
                Row(Contestant.FastRbm, 1, 0.9, 1.8, 0.02), Row(Contestant.FastRbm, 2, 0.5, 1, 0.02),
                Row(Contestant.PyTorch, 1, 2, 4, 0.02), Row(Contestant.PyTorch, 2, 1.25, 2.5, 0.02),
                new ContestantResult { Contestant = Contestant.NumPy, Threads = 1, Missing = "not installed: numpy" },
                Row(Contestant.ScikitLearn, 1, 60, 120, 0.03),
            ]),
            Job("Gibbs", "100 sweeps", [Row(Contestant.FastRbm, 1, 0.01234, 1, 0.02)]),
        ],
    };

    private static JobResult Job(string title, string unit, ContestantResult[] rows) =>
        new() { Name = title, Title = title, Unit = unit, RateUnit = "GCUPS", Step = "update", Check = "Checked.", Rows = rows };

    private static ContestantResult Row(string contestant, int threads, double seconds, double times, double error) => new()
    {
        Contestant = contestant,
        Threads = threads,
        UnitsARound = 600,
        BestSeconds = seconds,
        MedianSeconds = seconds,
        Rate = 10,
        TimesFastRbm = times,
        Figures = [Figure.Relative("reconstruction error", error, 0.02, 0.02)],
    };
}
