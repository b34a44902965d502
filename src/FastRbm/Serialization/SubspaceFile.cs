using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Serialization;

/// <summary>
/// Subspace RBMs as safetensors files: tensors <c>weights</c> [visible, subspaces, gates], <c>visible_bias</c> [visible], <c>gate_bias</c> [gates]
/// and <c>subspace_bias</c> [subspaces, gates].
/// </summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "subspace", and free extras. Written as F32; F64, F32, F16 and BF16 are read. A file appears
/// complete or not at all; everything is checked before memory for the model is allocated.
/// </remarks>
public static class SubspaceFile
{
    private const string GateBiasName = "gate_bias";
    private const string SubspaceBiasName = "subspace_bias";

    /// <summary>Saves a model.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="model">The model.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, SubspaceRbm model, IReadOnlyDictionary<string, string>? extras = null) => Writer(model, extras).Save(path);

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid subspace RBM; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static SubspaceRbm Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads a model's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid subspace RBM.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates: the model and all that the next update goes on from.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data: <c>Dataset.Fingerprint()</c>.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void SaveCheckpoint(string path, SubspaceTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        TrainingCheckpoint.Save(path, Writer(trainer.Model, extras), trainer.Inner, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped: it writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="options">The options of the run. Threads and monitor rows may differ, and so may epochs unless the
    /// learning rate depends on them.</param>
    /// <param name="validation">Rows for the free-energy gap, or null.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static SubspaceTrainer ResumeCheckpoint(
        string path, IVisibleRows rows, string dataFingerprint, TrainingOptions options, IVisibleRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        SubspaceRbm model = Load(reader);
        Trainer inner = TrainingCheckpoint.Resume(
            reader, model.Joint, rows, dataFingerprint, SubspaceTrainer.OptionsOf(model, options), validation);
        return SubspaceTrainer.Of(model, options, inner);
    }

    private static SafetensorsWriter Writer(SubspaceRbm model, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Subspace, extras);
        writer.Add<float>(
            ModelFile.WeightsName, [model.Visible, model.Subspaces, model.Gates],
            row => Slice(model.Joint.WeightMatrix.Row(row / model.Subspaces), row % model.Subspaces, model.Gates));
        writer.Add<float>(ModelFile.VisibleBiasName, [model.Visible], _ => model.VisibleBias);
        writer.Add<float>(GateBiasName, [model.Gates], _ => model.GateBias);
        writer.Add<float>(SubspaceBiasName, [model.Subspaces, model.Gates], row => model.SubspaceBias.Slice(row * model.Gates, model.Gates));
        return writer;
    }

    private static SubspaceRbm Load(SafetensorsReader reader)
    {
        (int visible, int gates, int subspaces) = CheckShape(reader);
        SubspaceRbm model = new(visible, gates, subspaces);
        try
        {
            reader.ReadFloats(ModelFile.WeightsName, row => Slice(model.Joint.WeightMatrix.Row(row / subspaces), row % subspaces, gates));
            model.Edit((_, visibleBias, subspaceBias, gateBias) =>
            {
                reader.ReadFloats(ModelFile.VisibleBiasName, visibleBias);
                reader.ReadFloats(SubspaceBiasName, subspaceBias);
                reader.ReadFloats(GateBiasName, gateBias);
            });
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "weights that can be used", unusable.Message);
        }

        return model;
    }

    private static Span<float> Slice(Span<float> row, int subspace, int gates) => row.Slice(subspace * gates, gates);

    private static (int Visible, int Gates, int Subspaces) CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.Subspace);
        TensorEntry weights = reader.RequireDimensions(ModelFile.WeightsName, 3);
        long visible = weights.Shape[0];
        long subspaces = weights.Shape[1];
        long gates = weights.Shape[2];
        if (visible < 1 || subspaces < 1 || gates < 1)
        {
            Throw.Input(reader.Source, "at least one visible unit, one subspace unit a gate and one gate", TensorEntry.Describe(weights.Shape), weights.Place);
        }

        if (visible > 1 << 24 || gates * (subspaces + 1) > 1 << 24)
        {
            Throw.Input(reader.Source, $"at most {1 << 24} units a side", TensorEntry.Describe(weights.Shape), weights.Place);
        }

        reader.RequireShape(ModelFile.VisibleBiasName, visible);
        reader.RequireShape(GateBiasName, gates);
        reader.RequireShape(SubspaceBiasName, subspaces, gates);
        return ((int)visible, (int)gates, (int)subspaces);
    }
}
