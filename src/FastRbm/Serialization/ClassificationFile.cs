using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Training.Classification;

namespace FastRbm.Serialization;

/// <summary>
/// Classification RBMs as safetensors files: tensors <c>weights</c> [columns, hidden], <c>class_weights</c> [classes, hidden],
/// <c>visible_bias</c>, <c>class_bias</c>, <c>hidden_bias</c>.
/// </summary>
/// <remarks>
/// Metadata: <c>format</c> = "1", <c>model</c> = "classifier", <c>grey_levels</c> = "means" or "threshold" (see
/// <see cref="ClassificationRbm.ThresholdsRows"/>), and free extras. Written as F32; F64, F32, F16 and BF16 are read. A file appears
/// complete or not at all; everything is checked before memory for the model is allocated.
/// </remarks>
public static class ClassificationFile
{
    private const string WeightsName = "weights";
    private const string ClassWeightsName = "class_weights";
    private const string VisibleBiasName = "visible_bias";
    private const string ClassBiasName = "class_bias";
    private const string HiddenBiasName = "hidden_bias";
    private const string GreyKey = "grey_levels";
    private const string Means = "means";
    private const string Threshold = "threshold";

    /// <summary>Saves a model.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="model">The model.</param>
    /// <param name="extras">Further metadata, or null; the keys of this format are refused.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, ClassificationRbm model, IReadOnlyDictionary<string, string>? extras = null) => Writer(model, extras).Save(path);

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The model, with its parameters rounded to floats.</returns>
    /// <exception cref="InvalidInputException">The file is no valid classification RBM; the message says why and where.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ClassificationRbm Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Reads a model's metadata without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <returns>All metadata, extras included.</returns>
    /// <exception cref="InvalidInputException">The file is no valid classification RBM.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        CheckShape(reader);
        return reader.Metadata;
    }

    /// <summary>Saves a run between two updates: a model file that also holds the rest of the run's state.</summary>
    /// <param name="path">The file, replaced if it is there.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    public static void SaveCheckpoint(string path, ClassificationTrainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        RunCheckpoint.Save(path, Writer(trainer.Model, extras), trainer, dataFingerprint);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped, and then writes the same bytes as one that was never interrupted.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    /// <param name="options">The options of the run. Threads may differ, and so may epochs unless the learning rate depends on them.</param>
    /// <param name="validation">Validation rows, or null.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static ClassificationTrainer ResumeCheckpoint(
        string path, ILabelledRows rows, string dataFingerprint, ClassificationOptions options, ILabelledRows? validation = null)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        ClassificationRbm model = Load(reader);
        ClassificationTrainer? trainer = null;
        try
        {
            trainer = new ClassificationTrainer(model, rows, options, validation);
            RunCheckpoint.Restore(reader, trainer, dataFingerprint);
            ClassificationTrainer resumed = trainer;
            trainer = null;
            return resumed;
        }
        finally
        {
            trainer?.Dispose();
        }
    }

    private static SafetensorsWriter Writer(ClassificationRbm model, IReadOnlyDictionary<string, string>? extras)
    {
        ArgumentNullException.ThrowIfNull(model);
        SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Classifier, extras, GreyKey);
        writer.SetMetadata(GreyKey, model.ThresholdsRows ? Threshold : Means);
        writer.Add<float>(WeightsName, [model.Columns, model.Hidden], row => model.Joint.WeightMatrix.Row(row));
        writer.Add<float>(ClassWeightsName, [model.Classes, model.Hidden], row => model.Joint.WeightMatrix.Row(model.Columns + row));
        writer.Add<float>(VisibleBiasName, [model.Columns], _ => model.VisibleBias);
        writer.Add<float>(ClassBiasName, [model.Classes], _ => model.ClassBias);
        writer.Add<float>(HiddenBiasName, [model.Hidden], _ => model.HiddenBias);
        return writer;
    }

    private static ClassificationRbm Load(SafetensorsReader reader)
    {
        (int columns, int classes, int hidden) = CheckShape(reader);
        bool thresholds = reader.RequireMetadata(GreyKey) == Threshold;
        ClassificationRbm model = new(columns, classes, hidden) { ThresholdsRows = thresholds };
        try
        {
            reader.ReadFloats(WeightsName, row => model.Joint.WeightMatrix.Row(row));
            reader.ReadFloats(ClassWeightsName, row => model.Joint.WeightMatrix.Row(columns + row));
            model.Edit((_, _, visibleBias, classBias, hiddenBias) =>
            {
                reader.ReadFloats(VisibleBiasName, visibleBias);
                reader.ReadFloats(ClassBiasName, classBias);
                reader.ReadFloats(HiddenBiasName, hiddenBias);
            });
        }
        catch (ArgumentException unusable)
        {
            throw new InvalidInputException(reader.Source, "weights that can be used", unusable.Message);
        }

        return model;
    }

    private static (int Columns, int Classes, int Hidden) CheckShape(SafetensorsReader reader)
    {
        ModelFormat.Require(reader, ModelKinds.Classifier);
        string grey = reader.RequireMetadata(GreyKey);
        if (grey is not (Means or Threshold))
        {
            Throw.Input(reader.Source, $"{Means} or {Threshold}", SafetensorsText.Shorten(grey), $"metadata {GreyKey}");
        }

        TensorEntry weights = reader.RequireDimensions(WeightsName, 2);
        TensorEntry classes = reader.RequireDimensions(ClassWeightsName, 2);
        if (weights.Shape[0] < 1 || weights.Shape[1] < 1 || (weights.Shape[0] + ClassLabels.Unlabelled) * weights.Shape[1] > Array.MaxLength)
        {
            Throw.Input(reader.Source, "at least one visible and one hidden unit, and weights that fit one array", TensorEntry.Describe(weights.Shape), weights.Place);
        }

        if (classes.Shape[0] < 2 || classes.Shape[0] > ClassLabels.Unlabelled)
        {
            Throw.Input(reader.Source, $"2 to {ClassLabels.Unlabelled} classes", TensorEntry.Describe(classes.Shape), classes.Place);
        }

        reader.RequireShape(ClassWeightsName, classes.Shape[0], weights.Shape[1]);
        reader.RequireShape(VisibleBiasName, weights.Shape[0]);
        reader.RequireShape(ClassBiasName, classes.Shape[0]);
        reader.RequireShape(HiddenBiasName, weights.Shape[1]);
        return ((int)weights.Shape[0], (int)classes.Shape[0], (int)weights.Shape[1]);
    }
}
