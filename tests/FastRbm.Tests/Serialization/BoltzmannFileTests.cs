using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Boltzmann;

namespace FastRbm.Tests.Serialization;

public sealed class BoltzmannFileTests
{
    [Theory]
    [InlineData("dense6", UnitKind.Binary)]
    [InlineData("torus12x14", UnitKind.Spin)]
    [InlineData("grid9x11", UnitKind.Binary)]
    [InlineData("edges5", UnitKind.Spin)]
    public void A_machine_comes_back_as_it_was(string graph, UnitKind kind)
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("machine");
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 41);
        BoltzmannFile.Save(path, machine, new Dictionary<string, string> { ["note"] = "mine" });
        BoltzmannMachine loaded = BoltzmannFile.Load(path);
        Assert.Equal(ModelKinds.Boltzmann, ModelFile.KindOf(path));
        Assert.Equal("mine", BoltzmannFile.LoadMetadata(path)["note"]);
        Assert.Equal(machine.Kind, loaded.Kind);
        Assert.Equal(machine.Graph.Name, loaded.Graph.Name);
        Assert.Equal(machine.Weights, loaded.Weights);
        Assert.Equal(machine.Biases, loaded.Biases);
        for (int edge = 0; edge < machine.Graph.Edges; edge++)
        {
            Assert.Equal(machine.Graph.Edge(edge), loaded.Graph.Edge(edge));
        }
    }

    [Fact]
    public void Files_that_are_no_machines_are_refused()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("wrong");
        void Refused(string words, Action<SafetensorsWriter> fill, string unit = "spin", string graph = "dense", string kind = ModelKinds.Boltzmann)
        {
            SafetensorsWriter writer = ModelFormat.Begin(kind, null);
            writer.SetMetadata("unit", unit);
            writer.SetMetadata("graph", graph);
            fill(writer);
            writer.Save(path);
            Assert.Contains(words, Assert.Throws<InvalidInputException>(() => BoltzmannFile.Load(path)).Message, StringComparison.Ordinal);
        }

        void Dense(SafetensorsWriter writer, params float[] weights)
        {
            writer.Add<float>("bias", [2], _ => new float[2]);
            writer.Add<float>("weights", [2, 2], row => weights.AsSpan(2 * row, 2));
        }

        void Sparse(SafetensorsWriter writer, params int[] edges)
        {
            writer.Add<float>("bias", [3], _ => new float[3]);
            writer.Add<float>("weights", [edges.Length / 2], _ => new float[edges.Length / 2]);
            writer.Add<int>("edges", [edges.Length / 2, 2], row => edges.AsSpan(2 * row, 2));
        }

        Refused("boltzmann", static _ => { }, kind: ModelKinds.Rbm);
        Refused("binary or spin", writer => Dense(writer, 0, 1, 1, 0), unit: "gaussian");
        Refused("symmetric", writer => Dense(writer, 0, 1, 2, 0));
        Refused("zero diagonal", writer => Dense(writer, 0, 1, 1, 3));
        Refused("finite", writer => Dense(writer, 0, float.NaN, float.NaN, 0));
        Refused("weights", writer => writer.Add<float>("bias", [3], _ => new float[3]));
        Refused("row 1", writer => Sparse(writer, 0, 2, 0, 1), graph: "edges");
        Refused("row 0", writer => Sparse(writer, 2, 0), graph: "edges");
        Refused("(0, 3) at 0", writer => Sparse(writer, 0, 3), graph: "edges");
        Assert.Throws<ArgumentException>(() => BoltzmannFile.Save(path, new BoltzmannMachine(CouplingGraph.Complete(2)), new Dictionary<string, string> { ["unit"] = "x" }));
    }
}
