using System.Globalization;
using System.Text.Json;

namespace FastRbm.Tests.Cli;

public sealed class EnumerateCommandTests
{
    [Fact]
    public void The_tutorial_machine_has_32_states_with_the_scores_that_hands_work_out()
    {
        string[] lines = CommandRun.InProcess("enumerate").Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(33, lines.Length);
        Assert.Equal(["visible", "hidden", "energy", "probability", "on", "score"], Columns(lines[0]));

        string[][] rows = [.. lines.Skip(1).Select(Columns)];
        Dictionary<string, double> scores = rows.ToDictionary(row => row[4], row => Number(row[5]));
        Assert.Equal(8, scores["ACD"]);
        Assert.Equal(7, scores["BE"]);
        Assert.Equal(-1, scores["ACE"]);
        Assert.Equal(-2, scores["BD"]);
        Assert.All(rows, row => Assert.Equal(-Number(row[2]), Number(row[5])));
        Assert.Equal(["101", "10"], rows[0][..2]);
        Assert.Equal(0.4495, Number(rows[0][3]), 4);
        Assert.Equal(0.1654, Number(rows[1][3]), 4);
        Assert.Equal(1, rows.Sum(row => Number(row[3])), 1e-12);
        Assert.Equal(rows.OrderByDescending(row => Number(row[3])).Select(row => Number(row[3])), rows.Select(row => Number(row[3])));
    }

    [Fact]
    public void Json_lines_say_the_same_to_the_last_digit()
    {
        string[] lines = CommandRun.InProcess("enumerate", "--json").Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(32, lines.Length);
        JsonElement[] states = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(1, states.Sum(state => state.GetProperty("probability").GetDouble()), 1e-12);
        Assert.Equal("101", states[0].GetProperty("visible").GetString());
        Assert.Equal("10", states[0].GetProperty("hidden").GetString());
        Assert.Equal(-8, states[0].GetProperty("energy").GetDouble());
        Assert.Equal("ACD", states[0].GetProperty("on").GetString());
    }

    [Fact]
    public void The_states_of_a_model_file_sum_to_one()
    {
        using Workplace place = new();
        string output = CommandRun.InProcess("enumerate", "--model", place.Model(5, 4)).Succeeds().Output;
        string[][] rows = [.. output.TrimEnd().Split('\n').Skip(1).Select(Columns)];
        Assert.Equal(512, rows.Length);
        Assert.Equal(["10000", "1000", "-0.5"], rows[0].Take(3).Select((text, i) => i < 2 ? text[..1] + text[1..].Replace('1', '0') : text));
        Assert.Equal(1, rows.Sum(row => Number(row[3])), 1e-12);
    }

    [Fact]
    public void A_model_with_too_many_units_is_refused_with_the_limit()
    {
        using Workplace place = new();
        CommandRun.InProcess("enumerate", "--model", place.Model(11, 10)).Fails(1, "20", "11 visible", "given.safetensors");
    }

    private static string[] Columns(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
