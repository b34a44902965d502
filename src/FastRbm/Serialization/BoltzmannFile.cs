using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Serialization;

/// <summary>Boltzmann machines as safetensors files, and the state of their training.</summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "boltzmann", <c>unit</c> = "binary" or "spin", <c>graph</c>: "dense", "grid:HxW", "torus:HxW" or
/// "edges", and free extras. Tensors: <c>bias</c> [N] and <c>weights</c>, W itself (J = 2 W): [N, N], symmetric with a zero diagonal, if dense; else
/// [E] with <c>edges</c> [E, 2] of I32, each pair once, the smaller unit first, in ascending order.
/// </remarks>
public static class BoltzmannFile
{
    private const string UnitKey = "unit";
    private const string GraphKey = "graph";
    private const string WeightsName = "weights";
    private const string BiasName = "bias";
    private const string EdgesName = "edges";
    private const string Dense = "dense";
    private const string Binary = "binary";
    private const string Spin = "spin";

    /// <summary>Saves a machine.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void Save(string path, BoltzmannMachine machine, IReadOnlyDictionary<string, string>? extras = null) => Writer(machine, extras).Save(path);

    /// <summary>Loads a machine.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The machine, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid Boltzmann machine; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static BoltzmannMachine Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads the metadata.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no Boltzmann machine.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        ModelFormat.Require(reader, ModelKinds.Boltzmann);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates. The file is also a model file.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void SaveCheckpoint(string path, BoltzmannTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        RunCheckpoint.Save(path, Writer(trainer.Machine, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped: it writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="options">The options of the run; threads and monitor rows may differ, and epochs where the learning rate doesn't depend on them.
    /// The sweep is null or made of a colouring of an equal graph, which is replaced by one of the loaded graph.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static BoltzmannTrainer ResumeCheckpoint(string path, IVisibleRows rows, string dataFingerprint, BoltzmannTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        BoltzmannMachine machine = Load(reader);
        if (options.Sweep?.Colouring is { } colouring && colouring.Graph.Units == machine.Units)
        {
            options = options with { Sweep = Sampling.Boltzmann.BoltzmannSweep.Coloured(GraphColouring.FromColours(machine.Graph, colouring.Of)) };
        }

        BoltzmannTrainer? trainer = null;
        try
        {
            trainer = new BoltzmannTrainer(machine, rows, options);
            RunCheckpoint.Restore(reader, trainer, dataFingerprint);
            BoltzmannTrainer resumed = trainer;
            trainer = null;
            return resumed;
        }
        finally
        {
            trainer?.Dispose();
        }
    }

    private static SafetensorsWriter Writer(BoltzmannMachine machine, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(machine);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Boltzmann, extras, UnitKey, GraphKey);
        writer.SetMetadata(UnitKey, machine.Kind == UnitKind.Spin ? Spin : Binary);
        writer.SetMetadata(GraphKey, machine.Graph.Name);
        writer.Add<float>(BiasName, [machine.Units], _ => machine.Biases);
        CouplingGraph graph = machine.Graph;
        if (graph.IsComplete)
        {
            float[] row = new float[graph.Units];
            writer.Add<float>(WeightsName, [graph.Units, graph.Units], i =>
            {
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] = machine.Weight(i, j);
                }

                return row;
            });
            return writer;
        }

        int[] edge = new int[2];
        writer.Add<float>(WeightsName, [graph.Edges], _ => machine.Weights);
        writer.Add<int>(EdgesName, [graph.Edges, 2], i =>
        {
            (edge[0], edge[1]) = graph.Edge(i);
            return edge;
        });
        return writer;
    }

    private static BoltzmannMachine Load(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.Boltzmann);
        string unit = reader.RequireMetadata(UnitKey);
        if (unit is not (Binary or Spin))
        {
            Throw.Input(reader.Source, $"{Binary} or {Spin}", SafetensorsText.Shorten(unit), $"metadata {UnitKey}");
        }

        long units = reader.RequireDimensions(BiasName, 1).Shape[0];
        if (units < 1)
        {
            Throw.Input(reader.Source, "at least one unit", "none", $"tensor {BiasName}");
        }

        string name = reader.RequireMetadata(GraphKey);
        try
        {
            CouplingGraph graph = name == Dense ? CheckDense(reader, units) : ReadGraph(reader, units, name);
            BoltzmannMachine machine = new(graph, unit == Spin ? UnitKind.Spin : UnitKind.Binary);
            reader.ReadFloats(BiasName, machine.MutableBiases);
            if (graph.IsComplete)
            {
                ReadDense(reader, machine);
            }
            else
            {
                reader.ReadFloats(WeightsName, machine.MutableWeights);
            }

            machine.Follow();
            return machine;
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "a Boltzmann machine that can be used", unusable.Message);
        }
    }

    private static CouplingGraph CheckDense(SafetensorsReader reader, long units)
    {
        reader.RequireShape(WeightsName, units, units);
        return CouplingGraph.Complete(checked((int)units));
    }

    private static CouplingGraph ReadGraph(SafetensorsReader reader, long units, string name)
    {
        long count = reader.RequireDimensions(WeightsName, 1).Shape[0];
        reader.RequireShape(EdgesName, count, 2);
        (int, int)[] edges = new (int, int)[count];
        int[] all = new int[2 * count];
        reader.Read<int>(EdgesName, all);
        for (int edge = 0; edge < edges.Length; edge++)
        {
            edges[edge] = (all[2 * edge], all[(2 * edge) + 1]);
            if (edges[edge].Item1 >= edges[edge].Item2 || (edge > 0 && edges[edge].CompareTo(edges[edge - 1]) <= 0))
            {
                Throw.Input(
                    reader.Source, "ascending pairs, the smaller unit first",
                    string.Create(CultureInfo.InvariantCulture, $"({edges[edge].Item1}, {edges[edge].Item2})"),
                    string.Create(CultureInfo.InvariantCulture, $"tensor {EdgesName}, row {edge}"));
            }
        }

        return Named(CouplingGraph.FromEdges(checked((int)units), edges), name);
    }

    /// <summary>The lattice that a name and the edges agree on, else the edges as they are.</summary>
    private static CouplingGraph Named(CouplingGraph graph, string name)
    {
        CouplingGraph? lattice = CouplingGraph.TryParse(name, graph.Units);
        if (lattice is null || lattice.Units != graph.Units || lattice.Edges != graph.Edges)
        {
            return graph;
        }

        for (int edge = 0; edge < graph.Edges; edge++)
        {
            if (lattice.Edge(edge) != graph.Edge(edge))
            {
                return graph;
            }
        }

        return lattice;
    }

    private static void ReadDense(SafetensorsReader reader, BoltzmannMachine machine)
    {
        int units = machine.Units;
        Matrix weights = new(units, units);
        reader.ReadFloats(WeightsName, weights.Row);
        for (int i = 0; i < units; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                if (weights[i, j] != weights[j, i] || (i == j && weights[i, j] != 0))
                {
                    Throw.Input(
                        reader.Source, i == j ? "a zero diagonal" : "a symmetric matrix",
                        string.Create(CultureInfo.InvariantCulture, $"{weights[i, j]} and {weights[j, i]}"),
                        string.Create(CultureInfo.InvariantCulture, $"tensor {WeightsName}, row {i}, column {j}"));
                }
            }
        }

        Span<float> edges = machine.MutableWeights;
        for (int i = 0; i < units; i++)
        {
            weights.Row(i)[(i + 1)..].CopyTo(edges[machine.Graph.FirstEdge(i)..]);
        }
    }
}
