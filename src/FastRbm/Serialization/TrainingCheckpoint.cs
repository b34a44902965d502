using System.Globalization;
using System.Runtime.InteropServices;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Serialization;

/// <summary>
/// The whole state of a training run in one file: model, velocities, chains, counters and place in the data. A run that is saved,
/// ended and resumed in another process writes the same bytes as one that was never interrupted.
/// </summary>
/// <remarks>A checkpoint is also a model file: whatever reads models reads the model in it.</remarks>
public static class TrainingCheckpoint
{
    private const string CountersName = "training_counters";
    private const string Prefix = "training_";
    private const string EpochKey = Prefix + "epoch";
    private const string FirstRowKey = Prefix + "first_row";
    private const string UpdateKey = Prefix + "update";
    private const string EpochsKey = Prefix + "epochs";

    /// <summary>Saves a run between two updates.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="trainer">The run.</param>
    /// <param name="dataFingerprint">What identifies the data: <c>Dataset.Fingerprint()</c>.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <exception cref="IOException">The file can't be written; a file that was there is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(string path, Trainer trainer, string dataFingerprint, IReadOnlyDictionary<string, string>? extras = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        Save(path, ModelFile.Writer(trainer.Model, extras), trainer, dataFingerprint);
    }

    /// <summary>Saves a run beside a model that a writer holds already.</summary>
    internal static void Save(string path, SafetensorsWriter writer, Trainer trainer, string dataFingerprint)
    {
        foreach ((string key, string value) in Describe(trainer.Options, dataFingerprint))
        {
            writer.SetMetadata(key, value);
        }

        writer.SetMetadata(EpochsKey, Text(trainer.Options.Epochs));
        writer.SetMetadata(EpochKey, Text(trainer.State.Epoch));
        writer.SetMetadata(FirstRowKey, Text(trainer.State.FirstRow));
        writer.SetMetadata(UpdateKey, Text(trainer.State.Update));
        double[] counters = trainer.SaveCounters();
        writer.Add<double>(CountersName, [counters.Length], _ => counters);
        foreach ((string name, Matrix values) in trainer.Buffers)
        {
            ModelFile.AddMatrix(writer, name, values);
        }

        foreach ((string name, BitMatrix chains) in trainer.Update.Chains)
        {
            writer.Add<ulong>(name, [chains.Rows, chains.WordsPerRow], row => chains.Row(row));
        }

        writer.Save(path);
    }

    /// <summary>Makes a trainer that goes on where a saved run stopped.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="rows">The data of the run.</param>
    /// <param name="dataFingerprint">What identifies the data.</param>
    /// <param name="options">The options of the run. Threads and monitor rows may differ, and so may epochs unless the
    /// learning rate depends on them.</param>
    /// <param name="validation">Rows for the free-energy gap, or null.</param>
    /// <returns>The trainer, which the caller disposes of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid checkpoint, or data or options differ: the message names every difference.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    public static Trainer Resume(
        string path, IVisibleRows rows, string dataFingerprint, TrainingOptions options, IVisibleRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Resume(reader, ModelFile.Load(reader), rows, dataFingerprint, options, validation);
    }

    /// <summary>Makes a trainer of a model that was read already.</summary>
    internal static Trainer Resume(
        SafetensorsReader reader, Rbm rbm, IVisibleRows rows, string dataFingerprint, TrainingOptions options, IVisibleRows? validation)
    {
        CheckSame(reader, options, dataFingerprint);
        Trainer? trainer = null;
        try
        {
            trainer = new Trainer(rbm, rows, options, validation);
            TrainerState state = ReadState(reader, trainer, rows.Rows);
            Restore(reader, trainer);
            trainer.Resume(state);
            Trainer resumed = trainer;
            trainer = null;
            return resumed;
        }
        finally
        {
            trainer?.Dispose();
        }
    }

    private static void Restore(SafetensorsReader reader, Trainer trainer)
    {
        double[] counters = new double[reader.RequireDimensions(CountersName, 1).Shape[0]];
        reader.Read<double>(CountersName, _ => counters);
        RestoreCounters(reader, trainer, counters);
        foreach ((string name, Matrix values) in trainer.Buffers)
        {
            Read(reader, name, values);
        }

        foreach ((string name, BitMatrix chains) in trainer.Update.Chains)
        {
            RunCheckpoint.ReadBits(reader, name, chains);
        }
    }

    private static void RestoreCounters(SafetensorsReader reader, Trainer trainer, double[] counters)
    {
        try
        {
            trainer.RestoreCounters(counters);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException(reader.Source, "the counters of a run with these options", wrong.Message, $"tensor {CountersName}");
        }
    }

    private static void CheckSame(SafetensorsReader reader, TrainingOptions options, string dataFingerprint)
    {
        List<string> differences = [];
        foreach ((string key, string now) in Describe(options, dataFingerprint))
        {
            string saved = reader.RequireMetadata(key);
            if (saved != now)
            {
                differences.Add($"{key[Prefix.Length..].Replace('_', ' ')} {saved} in the checkpoint, {now} now");
            }
        }

        int savedEpochs = ReadInteger(reader, EpochsKey, 1, int.MaxValue);
        if (savedEpochs != options.Epochs && options.DependsOnLength)
        {
            differences.Add($"epochs {savedEpochs} in the checkpoint, {options.Epochs} now, with a learning rate or an average that depends on them");
        }

        if (differences.Count > 0)
        {
            Throw.Input(reader.Source, "the data and options of the saved run", string.Join("; ", differences));
        }
    }

    private static TrainerState ReadState(SafetensorsReader reader, Trainer trainer, int rows)
    {
        int epoch = ReadInteger(reader, EpochKey, 0, int.MaxValue - 1);
        int firstRow = ReadInteger(reader, FirstRowKey, 0, rows - 1);
        long update = ((long)epoch * trainer.UpdatesPerEpoch) + (firstRow / trainer.Options.BatchSize);
        if (firstRow % trainer.Options.BatchSize != 0 || reader.RequireMetadata(UpdateKey) != Text(update))
        {
            Throw.Input(reader.Source, $"update {Text(update)}, by epoch and row", reader.RequireMetadata(UpdateKey), $"metadata {UpdateKey}");
        }

        return new TrainerState(epoch, firstRow, update);
    }

    private static int ReadInteger(SafetensorsReader reader, string key, int least, int most)
    {
        string text = reader.RequireMetadata(key);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value < least || value > most)
        {
            Throw.Input(reader.Source, $"an integer from {least} to {most}", SafetensorsText.Shorten(text), $"metadata {key}");
        }

        return value;
    }

    private static void Read(SafetensorsReader reader, string name, Matrix matrix)
    {
        reader.RequireShape(name, matrix.Rows, matrix.Columns);
        reader.ReadFloats(name, matrix.Row);
    }

    /// <summary>All that two parts of one run must agree on.</summary>
    internal static IEnumerable<(string Key, string Value)> Describe(TrainingOptions options, string dataFingerprint) =>
    [
        (Prefix + "data", dataFingerprint),
        (Prefix + "algorithm", options.Algorithm.ToString()),
        (Prefix + "steps", Text(options.Steps)),
        (Prefix + "batch_size", Text(options.BatchSize)),
        (Prefix + "chains", Text(options.Chains)),
        (Prefix + "levels", Text(options.Algorithm == TrainingAlgorithm.ParallelTempering ? options.Levels : 0)),
        (Prefix + "exchange_interval", Text(options.Algorithm == TrainingAlgorithm.ParallelTrajectoryTempering ? options.ExchangeInterval : 0)),
        (Prefix + "rung_chains", Text(options.Algorithm == TrainingAlgorithm.ParallelTrajectoryTempering ? options.RungChains : 0)),
        (Prefix + "patience", Text(options.Patience)),
        (Prefix + "learning_rate_shape", options.LearningRate.Shape.ToString()),
        (Prefix + "learning_rate", Text(options.LearningRate.Initial)),
        (Prefix + "final_learning_rate", Text(options.LearningRate.DependsOnLength ? options.LearningRate.Final : options.LearningRate.Initial)),
        (Prefix + "learning_rate_decay", Text(options.LearningRate.Shape == ScheduleShape.Inverse ? options.LearningRate.DecayUpdates : 0)),
        (Prefix + "initial_momentum", Text(options.Momentum.Initial)),
        (Prefix + "momentum", Text(options.Momentum.Final)),
        (Prefix + "momentum_ramp_epochs", Text(options.Momentum.RampEpochs)),
        (Prefix + "step_rule", options.StepRule.ToString()),
        (Prefix + "square_momentum", Text(options.StepRule == StepRule.Adam ? options.SquareMomentum : 0)),
        (Prefix + "epsilon", Text(options.StepRule == StepRule.Adam ? options.Epsilon : 0)),
        (Prefix + "centring", options.Centring.ToString()),
        (Prefix + "offset_rate", Text(options.OffsetRate)),
        (Prefix + "averaged_share", Text(options.AveragedShare)),
        (Prefix + "weight_decay", Text(options.WeightDecay)),
        (Prefix + "l1_decay", Text(options.L1Decay)),
        (Prefix + "group_decay", Text(options.GroupDecay)),
        (Prefix + "max_norm", Text(options.MaxNorm)),
        (Prefix + "sparsity_target", Text(options.SparsityCost > 0 ? options.SparsityTarget : 0)),
        (Prefix + "sparsity_cost", Text(options.SparsityCost)),
        (Prefix + "row_weights", Checksum(MemoryMarshal.AsBytes(options.RowWeights.Span))),
        (Prefix + "weight_mask", Checksum(MemoryMarshal.AsBytes(options.WeightMask.Span))),
        (Prefix + "missing", options.Missing.ToString()),
        (Prefix + "missing_steps", Text(options.Missing == MissingValues.Marginal ? options.MissingSteps : 0)),
        (Prefix + "binarization", options.Binarization.ToString()),
        (Prefix + "seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
        (Prefix + "divergence_limit", Text(options.DivergenceLimit)),
    ];

    /// <summary>Stands for the content of an option, "none" for an empty one.</summary>
    private static string Checksum(ReadOnlySpan<byte> content) =>
        content.IsEmpty ? "none" : Crc32.Append(0, content).ToString("x8", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
