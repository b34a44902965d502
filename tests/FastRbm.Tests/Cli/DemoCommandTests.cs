using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using FastRbm.Cli.Demos;
using FastRbm.Serialization;

namespace FastRbm.Tests.Cli;

public sealed class DemoCommandTests
{
    private static readonly XNamespace _html = "http://www.w3.org/1999/xhtml";
    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Without_a_name_all_demos_are_listed_with_a_line_each()
    {
        string[] lines = CommandRun.InProcess("demo").Succeeds().Output.TrimEnd().Split('\n');
        IReadOnlyList<Demo> demos = DemoList.Create();
        Assert.Equal(demos.Select(static demo => demo.Name), lines.Select(static line => line.Split(' ')[0]));
        Assert.Equal(demos.Select(static demo => demo.Summary), lines.Select(static line => line.Split("  ", 2)[1].Trim()));
        string[] json = CommandRun.InProcess("demo", "--json").Succeeds().Output.TrimEnd().Split('\n');
        Assert.Equal(demos.Select(static demo => demo.Name), json.Select(static line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()));
    }

    [Fact]
    public void An_unknown_name_is_a_usage_error_that_lists_the_names()
    {
        CommandRun.InProcess("demo", "walk").Fails(2, [.. DemoList.Create().Select(static demo => demo.Name), "walk", "rbm demo --help"]);
        CommandRun.InProcess("demo", "tutorial", "--gate", "and").Fails(2, "rbm demo tutorial", "--gate");
        CommandRun.InProcess("demo", "tutorial", "--seed", "-1").Fails(2, "--seed", "-1");
        CommandRun.InProcess("demo", "tutorial", "more").Fails(2, "rbm demo tutorial", "more");
    }

    [Fact]
    public void An_output_that_is_a_file_is_refused()
    {
        using Workplace place = new();
        File.WriteAllText(place["taken"], "a");
        CommandRun.InProcess("demo", "tutorial", "--output", place["taken"]).Fails(1, "taken", "expected a directory");
        Assert.Equal("a", File.ReadAllText(place["taken"]));
    }

    [Fact]
    public void The_tutorial_shows_all_states_and_trains_until_two_lead()
    {
        using Workplace place = new();
        JsonElement result = JsonDocument.Parse(CommandRun.InProcess("demo", "tutorial", "--output", place["out"], "--json").Succeeds().Output).RootElement;
        Assert.Equal(32, result.GetProperty("states").GetInt32());
        Assert.Equal(0.4495, result.GetProperty("given_probability_acd").GetDouble(), 4);
        Assert.InRange(result.GetProperty("starts_where_acd_and_be_lead").GetInt32(), 5, 20);
        Assert.InRange(result.GetProperty("lead_from_update").GetInt32(), 10, 1500);
        Assert.InRange(result.GetProperty("exact_gradient_probability_acd").GetDouble(), 0.45, 0.5);
        Assert.InRange(result.GetProperty("exact_gradient_probability_be").GetDouble(), 0.45, 0.5);
        XElement page = PageOf(place, "tutorial");
        Assert.Equal(32, page.Descendants(_html + "tbody").ElementAt(1).Elements().Count());
        Assert.Equal(6, page.Descendants(_svg + "svg").Count());
        Assert.Contains("rbm demo tutorial --seed 1", page.Value, StringComparison.Ordinal);
        Assert.Equal(3, ModelFile.Load(Path.Combine(place["out"], "trained.safetensors")).Visible.Count);
        Assert.Equal("svg", XDocument.Load(Path.Combine(place["out"], "training-cd.svg")).Root!.Name.LocalName);
        TheSameAgain(place, "demo", "tutorial");
    }

    [Fact]
    public void A_gate_is_learned_and_its_page_shows_every_training()
    {
        using Workplace place = new();
        string[] args = ["demo", "logic", "--gate", "not", "--epochs", "2"];
        JsonElement result = JsonDocument.Parse(CommandRun.InProcess([.. args, "--output", place["out"], "--json"]).Succeeds().Output).RootElement;
        Assert.InRange(result.GetProperty("not_cd_4_success").GetDouble(), 0.95, 1);
        Assert.InRange(result.GetProperty("not_exact_gradient_total_variation").GetDouble(), 0, 0.01);
        XElement page = PageOf(place, "logic");
        Assert.Contains("rbm demo logic --seed 1 --gate not --epochs 2", page.Value, StringComparison.Ordinal);
        Assert.Equal(LogicRecipe.All.Count, page.Descendants(_html + "tbody").First().Elements().Count());
        Assert.Equal(Directory.GetFiles(place["out"], "*.svg").Length, page.Descendants(_svg + "svg").Count());
        Assert.Equal(LogicRecipe.All.Count, Directory.GetFiles(place["out"], "*.safetensors").Length);
        TheSameAgain(place, args);
        CommandRun.InProcess("demo", "logic", "--gate", "nand").Fails(2, "--gate", "xor", "nand");
        CommandRun.InProcess("demo", "logic", "--epochs", "0").Fails(2, "--epochs", "0");
    }

    [Fact]
    public void The_exact_gradient_learns_every_gate_to_within_two_hundredths()
    {
        foreach (LogicGate gate in LogicGate.All)
        {
            LogicTraining training = LogicTraining.Best(gate, LogicRecipe.Exact, null, 1);
            Assert.InRange(training.Success[^1], 0.98, 1);
            Assert.InRange(training.TotalVariation, 0, 0.02);
            Assert.InRange(gate.FunctionSuccess(training.Machine.Probabilities), 0.98, 1);
        }
    }

    [Fact]
    public void Without_the_published_digits_the_built_in_strokes_are_used_and_both_page_and_user_are_told()
    {
        using Workplace place = new();
        CommandRun run = CommandRun.InChild(
            ["demo", "digits", "--output", place["out"], "--limit", "300", "--epochs", "1", "--chain-steps", "100", "--json"],
            ("FASTRBM_DATA", place["none"]), ("XDG_CACHE_HOME", place["none"])).Succeeds();
        Assert.Contains("mnist isn't on this machine", run.Error, StringComparison.Ordinal);
        Assert.Equal("strokes", JsonDocument.Parse(run.Output).RootElement.GetProperty("data").GetString());
        XElement page = PageOf(place, "digits");
        Assert.Contains("strokes", page.Value, StringComparison.Ordinal);
        Assert.Equal(2, page.Descendants(_svg + "svg").Count());

        // Filters; real ones and two kinds of generated ones; random pixels and after 1, 3, 6 and 100 steps; two kinds by persistent chains.
        Assert.Equal(1 + 3 + 5 + 2, page.Descendants(_html + "img").Count());
        Assert.Equal(784, ModelFile.Load(Path.Combine(place["out"], "model.safetensors")).Visible.Count);
        CommandRun.InProcess("demo", "digits", "--limit", "99").Fails(2, "--limit", "99");
    }

    [Theory]
    [InlineData("fashion", "--epochs", "1", "--limit", "200", "--chain-steps", "100")]
    [InlineData("hinton", "--updates", "20")]
    [InlineData("repair", "--epochs", "1", "--limit", "600")]
    [InlineData("ising", "--side", "6", "--sweeps", "40", "--samples", "200")]
    [InlineData("hopfield", "--units", "100", "--networks", "2", "--patterns", "200")]
    [InlineData("classify", "--limit", "300", "--hidden", "20", "--epochs", "2", "--labels", "4", "--draws", "1", "--few-epochs", "1")]
    [InlineData("subspace", "--epochs", "1", "--limit", "300", "--gates", "20", "--labels", "5", "--draws", "2", "--chain-steps", "10")]
    [InlineData("dbn", "--epochs", "1", "--limit", "300", "--units", "20", "--tune-epochs", "1", "--chain-steps", "20")]
    [InlineData("dbm", "--epochs", "1", "--limit", "300", "--units", "20", "--tune-epochs", "1", "--chain-steps", "20")]
    public void Other_demos_make_a_page_that_shows_all_their_charts_and_asks_no_network(string name, params string[] budget)
    {
        using Workplace place = new();
        CommandRun.InChild(["demo", name, "--output", place["out"], .. budget], ("FASTRBM_DATA", place["none"]), ("XDG_CACHE_HOME", place["none"])).Succeeds();
        XElement page = PageOf(place, name);
        Assert.Equal(Directory.GetFiles(place["out"], "*.svg").Length, page.Descendants(_svg + "svg").Count());
        Assert.All(page.Descendants(_html + "img"), static image => Assert.StartsWith("data:image/png;base64,", image.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.NotEmpty(page.Descendants(_html + "img"));
        Assert.Empty(page.Descendants(_html + "script"));
        Assert.Empty(page.Descendants(_html + "link"));
    }

    [Fact]
    public void Reviews_are_written_completed_and_told_apart()
    {
        using Workplace place = new();
        string[] args = ["demo", "reviews", "--epochs", "12", "--chain-steps", "200"];
        JsonElement result = JsonDocument.Parse(CommandRun.InProcess([.. args, "--output", place["out"], "--json"]).Succeeds().Output).RootElement;
        Assert.InRange(result.GetProperty("authors_right_share").GetDouble(), 0.95, 1);
        Assert.InRange(result.GetProperty("best_authors_right_share").GetDouble(), 0.97, 0.99);
        Assert.InRange(result.GetProperty("trigram_authors_right_share").GetDouble(), 0.93, 0.97);
        Assert.InRange(result.GetProperty("completed_3_grammatical_share").GetDouble(), 0.6, 1);
        XElement page = PageOf(place, "reviews");
        Assert.Contains("rbm demo reviews --seed 1 --epochs 12 --chain-steps 200", page.Value, StringComparison.Ordinal);
        Assert.Equal(Directory.GetFiles(place["out"], "*.svg").Length, page.Descendants(_svg + "svg").Count());
        Assert.Equal("potts:50x5", ModelFile.Load(Path.Combine(place["out"], "reviews.safetensors")).Visible.Name);
        Assert.Equal(18, ModelFile.Load(Path.Combine(place["out"], "author-2.safetensors")).Hidden.Count);
        TheSameAgain(place, args);
    }

    [Fact]
    public void An_energy_network_learns_two_rings_exactly_and_then_classes_of_images()
    {
        using Workplace place = new();
        string[] args = ["demo", "jem", "--ring-epochs", "4", "--epochs", "1", "--units", "16", "--limit", "300"];
        JsonElement result = JsonDocument.Parse(CommandRun.InChild(
            [.. args, "--output", place["out"], "--json"], ("FASTRBM_DATA", place["none"]), ("XDG_CACHE_HOME", place["none"])).Succeeds().Output).RootElement;
        Assert.InRange(result.GetProperty("rings_divergence").GetDouble(), 0, 0.02);
        Assert.InRange(result.GetProperty("rings_log_likelihood").GetDouble(), -1.6, -0.3);
        Assert.InRange(result.GetProperty("accuracy").GetDouble(), 0, 1);
        XElement page = PageOf(place, "jem");
        Assert.Equal(Directory.GetFiles(place["out"], "*.svg").Length, page.Descendants(_svg + "svg").Count());
    }

    [Fact]
    public void Noisy_digits_are_learned_and_the_loss_stands_beside_its_noise()
    {
        using Workplace place = new();
        string[] args = ["demo", "noisy-digits", "--epochs", "2", "--limit", "500"];
        CommandRun run = CommandRun.InChild(
            [.. args, "--output", place["out"], "--json"], ("FASTRBM_DATA", place["none"]), ("XDG_CACHE_HOME", place["none"])).Succeeds();
        JsonElement result = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("strokes", result.GetProperty("data").GetString());
        double noisy = result.GetProperty("l1_loss_test").GetDouble();
        double means = result.GetProperty("l1_loss_of_means_test").GetDouble();

        // Noise of deviation 0.1 has a mean of 0.08; nothing learned leaves half of every pixel.
        Assert.InRange(noisy, 0.08, 0.4);
        Assert.InRange(means, 0, noisy);
        XElement page = PageOf(place, "noisy-digits");
        Assert.Equal(2, page.Descendants(_svg + "svg").Count());
        Assert.Equal(1 + 7, page.Descendants(_html + "img").Count());
        Assert.Equal("noisy-mean:0.1", ModelFile.Load(Path.Combine(place["out"], "model.safetensors")).Visible.Name);
    }

    /// <summary>The page of a demo that wrote to "out".</summary>
    private static XElement PageOf(Workplace place, string name)
    {
        using XmlReader reader = XmlReader.Create(Path.Combine(place["out"], name + ".html"), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader).Root!;
    }

    /// <summary>Whatever wrote to "out" with default threads writes the same bytes again with one.</summary>
    private static void TheSameAgain(Workplace place, params string[] args)
    {
        string before = place.Contents();
        Directory.Delete(place["out"], recursive: true);
        CommandRun.InProcess([.. args, "--output", place["out"], "--threads", "1"]).Succeeds();
        Assert.Equal(before, place.Contents());
    }
}
