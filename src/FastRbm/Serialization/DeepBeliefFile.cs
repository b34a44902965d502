using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Training;
using FastRbm.Training.Deep;
using FastRbm.Training.Networks;

namespace FastRbm.Serialization;

/// <summary>
/// Deep belief networks as safetensors files: of machine l tensors <c>weights_l</c> [units of layer l, units of layer l + 1], <c>visible_bias_l</c> and
/// <c>hidden_bias_l</c>, and those of a classifier, <c>classifier_weights_0</c>, <c>classifier_bias_0</c>, ..., of sigmoid layers and a linear last one.
/// </summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "dbn", and free extras. Written as F32; F64, F32, F16 and BF16 are read. A file appears
/// complete or not at all; everything is checked before memory for the model is allocated.
/// </remarks>
public static class DeepBeliefFile
{
    private const string MachineKey = "training_machine";

    /// <summary>Saves a network.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="network">The network, with its classifier if it has one.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, DeepBeliefNetwork network, IReadOnlyDictionary<string, string>? extras = null) => Writer(network, extras).Save(path);

    /// <summary>Loads a network.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The network, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid deep belief network; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static DeepBeliefNetwork Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads a network's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid deep belief network.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates: the network and all that the next update goes on from.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data: <c>Dataset.Fingerprint()</c>.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveCheckpoint(string path, DeepBeliefTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        SafetensorsWriter writer = Writer(trainer.Network, extras);
        writer.SetMetadata(MachineKey, Text(trainer.Machine));
        for (int machine = 0; machine < trainer.Options.Count; machine++)
        {
            writer.SetMetadata(OptionsKey(machine), Describe(trainer.Options[machine], dataFingerprint));
        }

        if (trainer.Inner is null)
        {
            writer.Save(path);
            return;
        }

        TrainingCheckpoint.Save(path, writer, trainer.Inner, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped: it writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="options">The options of the run, one for each machine. Threads and monitor rows may differ.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static DeepBeliefTrainer ResumeCheckpoint(string path, IVisibleRows rows, string dataFingerprint, IReadOnlyList<TrainingOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        DeepBeliefNetwork network = Load(reader);
        string text = reader.RequireMetadata(MachineKey);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int machine) || machine > network.Machines.Count)
        {
            Throw.Input(reader.Source, $"a machine from 0 to {network.Machines.Count}", SafetensorsText.Shorten(text), $"metadata {MachineKey}");
        }

        for (int each = 0; each < Math.Min(options.Count, network.Machines.Count); each++)
        {
            // The machine in training names its differences itself, one by one.
            string now = Describe(options[each], dataFingerprint);
            string saved = reader.RequireMetadata(OptionsKey(each));
            if (each != machine && saved != now)
            {
                Throw.Input(reader.Source, $"the data and options of the saved run, {saved}", now, $"machine {each}");
            }
        }

        return machine == network.Machines.Count
            ? new DeepBeliefTrainer(network, rows, options, machine)
            : new DeepBeliefTrainer(network, rows, options, machine, (rbm, own) => TrainingCheckpoint.Resume(reader, rbm, own, dataFingerprint, options[machine], null));
    }

    /// <summary>Saves a run that tunes a network's classifier, between two updates.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="network">The network; its classifier is what is trained.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="ArgumentException">The trainer's network isn't the classifier.</exception>
    public static void SaveTuning(
        string path, DeepBeliefNetwork network, ClassifierTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        DeepCheckpoints.RequireSame(network.Classifier, trainer);
        RunCheckpoint.Save(path, Writer(network, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on tuning where a saved run stopped.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The labelled data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="options">The options of the run; threads may differ.</param>
    /// <param name="network">The network, whose classifier the trainer trains.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no checkpoint of tuning, or data or options differ.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ClassifierTrainer ResumeTuning(
        string path, ILabelledRows rows, string dataFingerprint, ClassifierOptions options, out DeepBeliefNetwork network)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        network = Load(reader);
        if (network.Classifier is not { } classifier)
        {
            throw new InvalidInputException(reader.Source, "a network with a classifier", "one without");
        }

        return DeepCheckpoints.Restored(reader, () => new ClassifierTrainer(classifier, rows, options), dataFingerprint);
    }

    internal static SafetensorsWriter Writer(DeepBeliefNetwork network, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(network);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.DeepBelief, extras);
        for (int machine = 0; machine < network.Machines.Count; machine++)
        {
            Rbm rbm = network.Machines[machine];
            ModelFile.AddMatrix(writer, DeepTensors.Name(ModelFile.WeightsName, machine), rbm.WeightMatrix);
            writer.Add<float>(DeepTensors.Name(ModelFile.VisibleBiasName, machine), [rbm.Visible.Count], _ => rbm.Visible.Bias);
            writer.Add<float>(DeepTensors.Name(ModelFile.HiddenBiasName, machine), [rbm.Hidden.Count], _ => rbm.Hidden.Bias);
        }

        DeepTensors.Add(writer, network.Classifier);
        return writer;
    }

    private static DeepBeliefNetwork Load(SafetensorsReader reader)
    {
        int[] layers = CheckShape(reader);
        return DeepTensors.Usable(reader, () =>
        {
            DeepBeliefNetwork network = new(layers);
            for (int machine = 0; machine < network.Machines.Count; machine++)
            {
                Rbm rbm = network.Machines[machine];
                reader.ReadFloats(DeepTensors.Name(ModelFile.WeightsName, machine), rbm.WeightMatrix.Row);
                rbm.Edit((_, visibleBias, hiddenBias) =>
                {
                    reader.ReadFloats(DeepTensors.Name(ModelFile.VisibleBiasName, machine), visibleBias);
                    reader.ReadFloats(DeepTensors.Name(ModelFile.HiddenBiasName, machine), hiddenBias);
                });
            }

            network.Classifier = DeepTensors.Load(reader, layers[0]);
            return network;
        });
    }

    private static int[] CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.DeepBelief);
        int[] layers = DeepTensors.CheckChain(reader, ModelFile.WeightsName, least: 1);
        for (int machine = 0; machine + 1 < layers.Length; machine++)
        {
            reader.RequireShape(DeepTensors.Name(ModelFile.VisibleBiasName, machine), layers[machine]);
            reader.RequireShape(DeepTensors.Name(ModelFile.HiddenBiasName, machine), layers[machine + 1]);
        }

        return layers;
    }

    private static string Describe(TrainingOptions options, string dataFingerprint) =>
        string.Join("; ", TrainingCheckpoint.Describe(options, dataFingerprint).Select(static pair => $"{pair.Key} {pair.Value}"));

    private static string OptionsKey(int machine) => $"{MachineKey}_{Text(machine)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
