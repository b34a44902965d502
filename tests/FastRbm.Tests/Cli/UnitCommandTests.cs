using System.Globalization;
using System.Text;
using System.Text.Json;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Cli;

/// <summary>Tables of measurements, categories and counts on the command line.</summary>
public sealed class UnitCommandTests
{
    private const string Schema = "# name kind\nheight gaussian\ncolour\tpotts:3\n\nsmoker binary\nvisits binomial:12\n";

    [Fact]
    public void A_table_is_trained_on_evaluated_sampled_completed_and_transformed()
    {
        using Workplace place = new();
        (string table, string holes) = Tables(place, 400);
        CommandRun.InProcess([.. Train(place, table), "--epochs", "30"]).Succeeds();
        Rbm rbm = ModelFile.Load(place["m"]);
        Assert.Equal("mixed:gaussian[1];potts:3[3];binary[1];binomial:12[1]", rbm.Visible.Name);
        double likelihood = Likelihood(place["m"], table);

        // A colour decides all: without it a row is log 3 and some more away, with independent columns nearly two.
        CommandRun.InProcess([.. Train(place, table), "--epochs", "1", "--learning-rate", "0.000001"]).Succeeds();
        Assert.True(likelihood > Likelihood(place["m"], table) + 1, $"{likelihood}");
        CommandRun.InProcess([.. Train(place, holes), "--epochs", "30", "--missing", "marginal"]).Succeeds();
        Assert.True(Likelihood(place["m"], table) > likelihood - 0.2, "missing values");

        CommandRun.InProcess("sample", "--model", place["m"], "--count", "7", "--steps", "20", "--output", place["s.npy"]).Succeeds();
        Dataset sampled = NpyReader.Read(place["s.npy"], anyNumbers: true);
        Assert.Equal((7, 4), (sampled.Rows, sampled.Columns));
        CommandRun completed = CommandRun.InProcess("complete", "--model", place["m"], "--data", table, "--mask", "random:0.3", "--output", place["c.npy"], "--json").Succeeds();
        JsonElement figures = JsonDocument.Parse(completed.Output).RootElement;
        Assert.InRange(figures.GetProperty("filled_categories_wrong_share").GetDouble(), 0, 0.4);
        CommandRun.InProcess("complete", "--model", place["m"], "--data", holes, "--mask", "missing", "--output", place["c.npy"]).Succeeds();
        Dataset filled = NpyReader.Read(place["c.npy"], anyNumbers: true);
        float[] row = new float[4];
        filled.CopyMeans(1, row);
        Assert.InRange(row[0], 100, 250);
        CommandRun.InProcess("transform", "--model", place["m"], "--data", table, "--output", place["f.npy"]).Succeeds();
        Assert.Equal((400, 8), (NpyReader.Read(place["f.npy"], anyNumbers: true).Rows, NpyReader.Read(place["f.npy"], anyNumbers: true).Columns));
        CommandRun.InProcess("inspect", "--model", place["m"], "--json").Succeeds();
    }

    [Theory]
    [InlineData("gaussian", "binary")]
    [InlineData("spin", "spin")]
    [InlineData("relu", "double-relu")]
    [InlineData("potts:2", "binary")]
    public void Threads_and_SIMD_levels_cannot_be_seen_in_the_model(string visible, string hidden)
    {
        using Workplace place = new();
        string images = visible.StartsWith("potts", StringComparison.Ordinal) ? Categories(place) : place.Images(150).Npy;
        if (visible is "gaussian" or "relu" or "spin")
        {
            images = place.Images(150).Idx;
        }

        byte[] expected = Run("1", "scalar");
        Assert.Equal(expected, Run("2", "128"));
        Assert.Equal(expected, Run("1", "256"));
        Assert.Equal(expected, Run("2", "512"));

        byte[] Run(string threads, string level)
        {
            File.Delete(place["m"]);
            CommandRun.InChild(
                ["train", "--data", images, "--visible-unit", visible, "--hidden-unit", hidden, "--hidden", "40", "--epochs", "2", "--batch-size", "50", "--algorithm", "pcd",
                    "--momentum", "0.5", "--learning-rate", "0.001", "--threads", threads, "--output", place["m"]],
                ("FASTRBM_SIMD", level)).Succeeds();
            return File.ReadAllBytes(place["m"]);
        }
    }

    [Fact]
    public void What_units_cannot_be_is_refused_with_row_and_column()
    {
        using Workplace place = new();
        (string table, string holes) = Tables(place, 20);
        string[] train = ["train", "--hidden", "2", "--output", place["never"], "--data"];
        CommandRun.InProcess([.. train, table, "--visible-unit", "potts:3"]).Fails(1, "category", "row 0, column 0");
        CommandRun.InProcess([.. train, table, "--visible-unit", "binomial:3"]).Fails(1, "row 0, column 0");
        CommandRun.InProcess([.. train, table, "--visible-unit", "gauss"]).Fails(2, "--visible-unit", "gauss", "gaussian");
        CommandRun.InProcess([.. train, table, "--hidden-unit", "potts:5"]).Fails(2, "--hidden-unit", "potts:5");
        CommandRun.InProcess([.. train, table, "--visible-unit", "gaussian", "--schema", place["schema"]]).Fails(2, "--schema", "--visible-unit");
        CommandRun.InProcess([.. train, holes, "--schema", place["schema"]]).Fails(1, "NaN", "--missing");
        CommandRun.InProcess([.. train, table, "--visible-unit", "gaussian", "--algorithm", "pt"]).Fails(1, "algorithm", "gaussian");
        File.WriteAllText(place["short"], "a gaussian\nb potts:3\n");
        CommandRun.InProcess([.. train, table, "--schema", place["short"]]).Fails(1, "2 columns", "4");
        File.WriteAllText(place["odd"], "a gaussian\nb potts:1\n");
        CommandRun.InProcess([.. train, table, "--schema", place["odd"]]).Fails(1, "line 2", "potts:1");
        File.WriteAllText(place["twice"], "a gaussian\na binary\n");
        CommandRun.InProcess([.. train, table, "--schema", place["twice"]]).Fails(1, "line 2", "again");
        File.WriteAllText(place["counts"], "1,2\n3,-4\n");
        CommandRun.InProcess([.. train, place["counts"], "--visible-unit", "replicated-softmax", "--batch-size", "2"]).Fails(1, "row 1, column 1", "-4");
        CommandRun.InProcess([.. train, place["counts"], "--visible-unit", "gaussian", "--hidden-unit", "gaussian", "--initial-weights", "xavier"]).Fails(1, "singular value below 1");
        CommandRun.InProcess([.. train, place["counts"], "--visible-unit", "gaussian", "--hidden-unit", "gaussian", "--learning-rate", "1", "--epochs", "300"])
            .Fails(1, "diverged", "singular value");
        File.Delete(place["never.last-good.safetensors"]);
        Assert.False(File.Exists(place["never"]));
        File.WriteAllText(place["constant"], "1,2\n1,3\n1,5\n");
        CommandRun.InProcess("train", "--hidden", "2", "--output", place["m"], "--data", place["constant"], "--visible-unit", "gaussian").Succeeds("columns 0 hold one value only");
    }

    [Fact]
    public void Bits_are_spins_up_and_down_for_every_command()
    {
        using Workplace place = new();
        foreach (string hidden in (string[])["spin", "gaussian"])
        {
            CommandRun.InProcess(
                "train", "--data", "bars-and-stripes", "--visible-unit", "spin", "--hidden-unit", hidden, "--hidden", "6", "--epochs", "200", "--images", place["i"], "--output", place["m"]).Succeeds();
            Assert.InRange(Likelihood(place["m"], "bars-and-stripes"), -11.2, -3);
            CommandRun.InProcess("sample", "--model", place["m"], "--start", "data", "--data", "bars-and-stripes", "--count", "3", "--output", place["s.npy"]).Succeeds();
            CommandRun.InProcess("transform", "--model", place["m"], "--data", "bars-and-stripes", "--output", place["f.npy"]).Succeeds();
            CommandRun run = CommandRun.InProcess(
                "complete", "--model", place["m"], "--data", "bars-and-stripes", "--mask", "random:0.2", "--output", place["c.npy"], "--json").Succeeds();

            // Spins lie 2 apart: a coin's guess of 0 is wrong by 1, and bits instead of spins would add to that.
            Assert.InRange(JsonDocument.Parse(run.Output).RootElement.GetProperty("filled_squared_error").GetDouble(), 0, 1);
        }
    }

    [Fact]
    public void Everything_or_nothing_may_be_known()
    {
        using Workplace place = new();
        (string table, _) = Tables(place, 30);
        CommandRun.InProcess([.. Train(place, table), "--epochs", "2"]).Succeeds();
        string[] complete = ["complete", "--model", place["m"], "--data", table, "--output", place["c.npy"], "--steps", "3", "--burn-in", "1", "--mask"];
        CommandRun.InProcess([.. complete, "random:0"]).Succeeds("everything is known");
        Dataset same = NpyReader.Read(place["c.npy"], anyNumbers: true);
        Dataset before = DelimitedTextReader.Read(table, new DelimitedTextOptions { AnyNumbers = true });
        Assert.Equal(before.Fingerprint(), same.Fingerprint());
        CommandRun.InProcess([.. complete, "random:1"]).Succeeds("nothing is known");
        CommandRun.InProcess([.. complete, "random:0.5", "--likelihood"]).Fails(1, "binary units");
        CommandRun.InProcess("evaluate", "--model", place["m"], "--data", table, "--method", "ais").Fails(1, "ais", "gaussian");
        CommandRun.InProcess("sample", "--model", place["m"], "--output", place["x.npy"], "--algorithm", "pt").Fails(1, "pt", "gaussian");
    }

    private static string[] Train(Workplace place, string data) =>
        ["train", "--data", data, "--schema", place["schema"], "--hidden", "8", "--output", place["m"]];

    private static double Likelihood(string model, string data)
    {
        CommandRun run = CommandRun.InProcess("evaluate", "--model", model, "--data", data, "--json").Succeeds();
        return JsonDocument.Parse(run.Output).RootElement.GetProperty("log_likelihood").GetDouble();
    }

    /// <summary>A table where one column, a colour, decides how the others are; and the same with holes.</summary>
    private static (string Table, string Holes) Tables(Workplace place, int rows)
    {
        File.WriteAllText(place["schema"], Schema);
        SplitMix64 random = new(3);
        StringBuilder table = new();
        StringBuilder holes = new();
        for (int row = 0; row < rows; row++)
        {
            int colour = random.NextInt(3);
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            int visits = Enumerable.Range(0, 12).Count(_ => random.NextBool(0.2 + (0.3 * colour)));
            string[] values =
            [
                (150 + (20 * colour) + (5 * normal)).ToString("F2", CultureInfo.InvariantCulture), colour.ToString(CultureInfo.InvariantCulture),
                random.NextBool(0.1 + (0.4 * colour)) ? "1" : "0", visits.ToString(CultureInfo.InvariantCulture),
            ];
            table.AppendLine(string.Join(',', values));
            holes.AppendLine(string.Join(',', values.Select(value => random.NextBool(0.25) ? "NaN" : value)));
        }

        File.WriteAllText(place["table.csv"], table.ToString());
        File.WriteAllText(place["holes.csv"], holes.ToString());
        return (place["table.csv"], place["holes.csv"]);
    }

    private static string Categories(Workplace place)
    {
        byte[] values = new byte[150 * 200];
        SplitMix64 random = new(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (byte)random.NextInt(2);
        }

        File.WriteAllBytes(place["categories.npy"], Workplace.Npy("(150, 200)", values));
        return place["categories.npy"];
    }
}
