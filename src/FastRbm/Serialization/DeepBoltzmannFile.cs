using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Serialization;

/// <summary>
/// Deep Boltzmann machines as safetensors files: tensors <c>weights_0</c> [visible, first hidden], <c>weights_1</c>, ..., <c>bias_0</c> (visible),
/// <c>bias_1</c>, ..., and those of a classifier, <c>classifier_weights_0</c>, <c>classifier_bias_0</c>, ..., of sigmoid layers and a linear last one.
/// </summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "dbm", and free extras. Written as F32; F64, F32, F16 and BF16 are read. A file appears
/// complete or not at all; everything is checked before memory for the model is allocated.
/// </remarks>
public static class DeepBoltzmannFile
{
    private const string BiasName = "bias";

    /// <summary>Saves a machine.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="machine">The machine, with its classifier if it has one.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, DeepBoltzmannMachine machine, IReadOnlyDictionary<string, string>? extras = null) => Writer(machine, extras).Save(path);

    /// <summary>Loads a machine.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The machine, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid deep Boltzmann machine; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static DeepBoltzmannMachine Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads a machine's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid deep Boltzmann machine.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates: the machine and all that the next update goes on from.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data: <c>Dataset.Fingerprint()</c>.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveCheckpoint(string path, DeepBoltzmannTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        RunCheckpoint.Save(path, Writer(trainer.Machine, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped: it writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="options">The options of the run; threads may differ, and so may epochs unless something depends on them.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static DeepBoltzmannTrainer ResumeCheckpoint(string path, IVisibleRows rows, string dataFingerprint, DeepBoltzmannOptions options)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        DeepBoltzmannMachine machine = Load(reader);
        return DeepCheckpoints.Restored(reader, () => new DeepBoltzmannTrainer(machine, rows, options), dataFingerprint);
    }

    /// <summary>Saves a run that tunes a machine's classifier, between two updates.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="machine">The machine; its classifier is the network that is trained.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="ArgumentException">The trainer's network isn't the machine's classifier.</exception>
    public static void SaveTuning(
        string path, DeepBoltzmannMachine machine, ClassifierTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        DeepCheckpoints.RequireSame(machine.Classifier, trainer);
        RunCheckpoint.Save(path, Writer(machine, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on tuning where a saved run stopped.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">Makes the rows of the run, <see cref="PosteriorRows"/>, from the machine.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="options">The options of the run; threads may differ.</param>
    /// <param name="machine">The machine, whose classifier the trainer trains.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no checkpoint of tuning, or data or options differ.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ClassifierTrainer ResumeTuning(
        string path, Func<DeepBoltzmannMachine, ILabelledRows> rows, string dataFingerprint, ClassifierOptions options, out DeepBoltzmannMachine machine)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        DeepBoltzmannMachine loaded = Load(reader);
        machine = loaded;
        if (loaded.Classifier is not { } classifier)
        {
            throw new InvalidInputException(reader.Source, "a machine with a classifier", "one without");
        }

        return DeepCheckpoints.Restored(reader, () => new ClassifierTrainer(classifier, rows(loaded), options), dataFingerprint);
    }

    internal static SafetensorsWriter Writer(DeepBoltzmannMachine machine, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(machine);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.DeepBoltzmann, extras);
        for (int layer = 0; layer + 1 < machine.Layers.Count; layer++)
        {
            Memory.Matrix weights = new(machine.Layers[layer], machine.Layers[layer + 1]);
            machine.CopyWeights(layer, weights);
            ModelFile.AddMatrix(writer, DeepTensors.Name(ModelFile.WeightsName, layer), weights);
        }

        for (int layer = 0; layer < machine.Layers.Count; layer++)
        {
            int own = layer;
            writer.Add<float>(DeepTensors.Name(BiasName, layer), [machine.Layers[layer]], _ => machine.Bias(own));
        }

        DeepTensors.Add(writer, machine.Classifier);
        return writer;
    }

    internal static DeepBoltzmannMachine Load(SafetensorsReader reader)
    {
        int[] layers = CheckShape(reader);
        return DeepTensors.Usable(reader, () =>
        {
            DeepBoltzmannMachine machine = new(layers);
            for (int layer = 0; layer < layers.Length; layer++)
            {
                float[] bias = new float[layers[layer]];
                reader.ReadFloats(DeepTensors.Name(BiasName, layer), bias);
                machine.SetBias(layer, bias);
                if (layer + 1 < layers.Length)
                {
                    machine.SetWeights(layer, DeepTensors.ReadMatrix(reader, DeepTensors.Name(ModelFile.WeightsName, layer), layers[layer], layers[layer + 1]));
                }
            }

            machine.Classifier = DeepTensors.Load(reader, layers[0] + layers[2]);
            return machine;
        });
    }

    private static int[] CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.DeepBoltzmann);
        int[] layers = DeepTensors.CheckChain(reader, ModelFile.WeightsName, least: 2);
        for (int layer = 0; layer < layers.Length; layer++)
        {
            reader.RequireShape(DeepTensors.Name(BiasName, layer), layers[layer]);
        }

        return layers;
    }
}
