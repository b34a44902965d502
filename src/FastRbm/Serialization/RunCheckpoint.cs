using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Training;

namespace FastRbm.Serialization;

/// <summary>The state of any <see cref="ITrainingRun"/> beside its model in one file, which is then both a model file and a checkpoint.</summary>
internal static class RunCheckpoint
{
    private const string Prefix = "training_";
    private const string DataKey = Prefix + "data";
    private const string CountersName = Prefix + "counters";

    /// <summary>Saves a run between two updates.</summary>
    /// <param name="path">The file, replaced if it is there; it appears complete or not at all.</param>
    /// <param name="model">A writer that holds the model.</param>
    /// <param name="run">The run.</param>
    /// <param name="dataFingerprint">What identifies the data, labels included.</param>
    public static void Save(string path, SafetensorsWriter model, ITrainingRun run, string dataFingerprint)
    {
        model.SetMetadata(DataKey, dataFingerprint);
        foreach ((string key, string value) in run.Settings)
        {
            model.SetMetadata(Prefix + key, value);
        }

        double[] counters = run.SaveCounters();
        model.Add<double>(CountersName, [counters.Length], _ => counters);
        foreach ((string name, Matrix values) in run.FloatState)
        {
            ModelFile.AddMatrix(model, Prefix + name, values);
        }

        foreach ((string name, BitMatrix bits) in run.BitState)
        {
            model.Add<ulong>(Prefix + name, [bits.Rows, bits.WordsPerRow], row => bits.Row(row));
        }

        model.Save(path);
    }

    /// <summary>Puts a new run where a saved one stood.</summary>
    /// <param name="reader">The checkpoint.</param>
    /// <param name="run">A run over the model of the checkpoint, made with the options of now.</param>
    /// <param name="dataFingerprint">What identifies the data of now.</param>
    /// <exception cref="InvalidInputException">It is no checkpoint of such a run, or data or settings differ: the message names every difference.</exception>
    public static void Restore(SafetensorsReader reader, ITrainingRun run, string dataFingerprint)
    {
        List<string> differences = [];
        Compare("data", dataFingerprint);
        foreach ((string key, string now) in run.Settings)
        {
            Compare(key, now);
        }

        if (differences.Count > 0)
        {
            Throw.Input(reader.Source, "the data and options of the saved run", string.Join("; ", differences));
        }

        double[] counters = new double[run.SaveCounters().Length];
        reader.RequireShape(CountersName, counters.Length);
        reader.Read<double>(CountersName, counters);
        foreach ((string name, Matrix values) in run.FloatState)
        {
            reader.RequireShape(Prefix + name, values.Rows, values.Columns);
            reader.ReadFloats(Prefix + name, values.Row);
        }

        foreach ((string name, BitMatrix bits) in run.BitState)
        {
            ReadBits(reader, Prefix + name, bits);
        }

        try
        {
            run.RestoreCounters(counters);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException(reader.Source, "the counters of a run with these options", wrong.Message, $"tensor {CountersName}");
        }

        void Compare(string key, string now)
        {
            string saved = reader.RequireMetadata(Prefix + key);
            if (saved != now)
            {
                differences.Add($"{key.Replace('_', ' ')} {SafetensorsText.Shorten(saved)} in the checkpoint, {now} now");
            }
        }
    }

    /// <summary>Reads rows of bits and refuses bits past the last unit.</summary>
    internal static void ReadBits(SafetensorsReader reader, string name, BitMatrix bits)
    {
        reader.RequireShape(name, bits.Rows, bits.WordsPerRow);
        reader.Read<ulong>(name, bits.Row);
        ulong padding = ~BitMatrix.LastWordMask(bits.Columns);
        for (int row = 0; row < bits.Rows; row++)
        {
            if ((bits.Row(row)[^1] & padding) != 0)
            {
                Throw.Input(reader.Source, $"{bits.Columns} units", "bits past the last unit", $"tensor {name}, row {row}");
            }
        }
    }
}
