using System.Text.Json;
using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

/// <summary>Boltzmann machines on the command line.</summary>
public sealed class BoltzmannCommandTests
{
    [Fact]
    public void A_machine_is_trained_evaluated_sampled_inspected_and_enumerated()
    {
        using Workplace place = new();
        string[] train = ["train", "--model", "boltzmann", "--data", "bars-and-stripes", "--algorithm", "exact", "--epochs", "100", "--threads", "1"];
        CommandRun.InProcess([.. train, "--output", place["m"]]).Succeeds("the model is saved");
        JsonElement figures = Json("evaluate", "--model", place["m"], "--data", "bars-and-stripes", "--json");
        Assert.Equal("exact", figures.GetProperty("method").GetString());
        double exact = figures.GetProperty("log_likelihood").GetDouble();
        Assert.InRange(exact, -9, -6);
        figures = Json("evaluate", "--model", place["m"], "--data", "bars-and-stripes", "--method", "ais", "--temperatures", "301", "--json");
        Assert.InRange(exact, figures.GetProperty("log_likelihood_lower").GetDouble(), figures.GetProperty("log_likelihood_upper").GetDouble());
        Assert.StartsWith("trust", figures.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        foreach (string algorithm in (string[])["gibbs", "pt"])
        {
            CommandRun.InProcess("sample", "--model", place["m"], "--count", "9", "--steps", "30", "--algorithm", algorithm, "--output", place["s.npy"]).Succeeds("saved");
            Dataset samples = NpyReader.Read(place["s.npy"]);
            Assert.Equal((9, 16), (samples.Rows, samples.Columns));
        }

        CommandRun.InProcess("sample", "--model", place["m"], "--count", "4", "--steps", "2", "--output", place["s.png"]).Succeeds("saved");
        JsonElement inspected = Json("inspect", "--model", place["m"], "--json");
        Assert.Equal(120, inspected.GetProperty("edges").GetInt32());
        Assert.Equal("4x4", inspected.GetProperty("visible_shape").GetString());
        string[] states = CommandRun.InProcess("enumerate", "--model", place["m"]).Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(65_537, states.Length);
    }

    [Theory]
    [InlineData("pcd", "binary", "grid:4x4")]
    [InlineData("pl", "spin", "dense")]
    [InlineData("mpf", "spin", "torus:4x4")]
    public void A_stopped_run_goes_on_to_the_same_bytes_on_other_threads(string algorithm, string units, string graph)
    {
        using Workplace place = new();
        string[] train = ["train", "--model", "boltzmann", "--data", "bars-and-stripes", "--algorithm", algorithm, "--units", units, "--graph", graph, "--batch-size", "10"];
        CommandRun.InProcess([.. train, "--epochs", "4", "--threads", "1", "--output", place["a"]]).Succeeds();
        CommandRun.InProcess([.. train, "--epochs", "2", "--threads", "2", "--output", place["b"], "--checkpoint", place["c"]]).Succeeds();
        CommandRun.InProcess([.. train, "--epochs", "4", "--threads", "3", "--output", place["b"], "--checkpoint", place["c"], "--resume"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(place["a"]), File.ReadAllBytes(place["b"]));
        BoltzmannMachine machine = BoltzmannFile.Load(place["a"]);
        Assert.Equal(graph, machine.Graph.Name);
        Assert.Equal(units == "spin" ? UnitKind.Spin : UnitKind.Binary, machine.Kind);
        CommandRun.InProcess([.. train, "--epochs", "4", "--seed", "2", "--output", place["b"], "--checkpoint", place["c"], "--resume"]).Fails(1, "seed 1 in the checkpoint, 2 now");
    }

    [Fact]
    public void A_graph_comes_from_a_file_and_mistakes_are_named()
    {
        using Workplace place = new();
        File.WriteAllText(place["g"], "# ring\n0 1\n1,2\n2\t3\n\n3 0\n");
        string[] train = ["train", "--model", "boltzmann", "--data", "bars-and-stripes", "--epochs", "1", "--output", place["m"]];
        CommandRun.InProcess([.. train, "--graph", place["g"]]).Succeeds();
        Assert.Equal(4, BoltzmannFile.Load(place["m"]).Graph.Edges);
        File.WriteAllText(place["g"], "0 1\n1 16\n");
        CommandRun.InProcess([.. train, "--graph", place["g"]]).Fails(1, "line 2", "from 0 to 15", "1 16");
        File.WriteAllText(place["g"], "0 1\n1 0\n");
        CommandRun.InProcess([.. train, "--graph", place["g"]]).Fails(1, "(0, 1) twice");
        CommandRun.InProcess([.. train, "--graph", "grid:4x5"]).Fails(1, "16 units", "20");
        CommandRun.InProcess([.. train, "--graph", "torus:2x8"]).Fails(2, "--graph", "torus:2x8");
        CommandRun.InProcess([.. train, "--graph", "nothing"]).Fails(2, "--graph", "nothing");
        CommandRun.InProcess([.. train, "--sweep", "coloured"]).Fails(2, "--sweep", "dense");
        CommandRun.InProcess([.. train, "--units", "potts"]).Fails(2, "--units", "binary, spin");
        CommandRun.InProcess([.. train, "--weight-decay", "-1"]).Fails(1, "WeightDecay");
        CommandRun.InProcess([.. train, "--resume"]).Fails(2, "--checkpoint");
        BoltzmannFile.Save(place["large"], new BoltzmannMachine(CouplingGraph.Grid(6, 6, periodic: false)));
        CommandRun.InProcess("enumerate", "--model", place["large"]).Fails(1, "at most 16", "36");
        CommandRun.InProcess("evaluate", "--model", place["large"], "--data", "bars-and-stripes").Fails(1, "36 values");
        CommandRun.InProcess("evaluate", "--model", place["large"], "--data", "bars-and-stripes", "--method", "exact").Fails(1, "at most 28", "36");
        CommandRun.InProcess("sample", "--model", place["large"], "--levels", "3", "--output", place["s.png"]).Fails(2, "--levels");
    }

    private static JsonElement Json(params string[] args) => JsonDocument.Parse(CommandRun.InProcess(args).Succeeds().Output).RootElement;
}
