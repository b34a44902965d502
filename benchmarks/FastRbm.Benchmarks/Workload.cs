using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Benchmarks;

/// <summary>The data and models that are measured with.</summary>
internal static class Workload
{
    private const string Usual = "strokes";
    private const string Variable = "FASTRBM_BENCHMARK_DATA";

    /// <summary>Visible units: 28 x 28 pixels.</summary>
    public const int Visible = 784;

    /// <summary>Hidden units of the model of most rows.</summary>
    public const int Hidden = 500;

    /// <summary>The name of the data: pen strokes, which are built in, unless another was chosen. Processes that are started measure with the same.</summary>
    public static string DataName
    {
        get => Environment.GetEnvironmentVariable(Variable) ?? Usual;
        set => Environment.SetEnvironmentVariable(Variable, value);
    }

    /// <summary>What names of files end with: nothing for the strokes.</summary>
    public static string Suffix => DataName == Usual ? string.Empty : "-" + string.Concat(DataName.Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));

    /// <summary>The data as bits.</summary>
    /// <exception cref="UsageException">Rows have another length than <see cref="Visible"/>.</exception>
    public static BitDataset Data()
    {
        Dataset data = DatasetSource.Open(DataName);
        return data.Columns != Visible
            ? throw new UsageException($"--data: expected rows of {Visible} values, found {data.Columns} in {DataName}")
            : data as BitDataset ?? ((GreyDataset)data).Threshold();
    }

    /// <summary>A model that was trained on the data.</summary>
    /// <param name="data">The data.</param>
    public static Rbm Trained(BitDataset data)
    {
        Rbm rbm = RbmInitializer.Normal(data, Hidden, seed: 1);
        using Trainer trainer = new(rbm, data, new TrainingOptions { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence });
        trainer.Run();
        return rbm;
    }

    /// <summary>The first rows of the data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="rows">How many.</param>
    public static BitMatrix FirstRows(BitDataset data, int rows)
    {
        BitMatrix states = new(rows, data.Columns);
        for (int row = 0; row < rows; row++)
        {
            data.CopyBits(row, states.Row(row));
        }

        return states;
    }

    /// <summary>A trainer amid its run: past the first updates, with many more to come.</summary>
    /// <param name="data">The data.</param>
    /// <param name="options">The options; a number of epochs that is never reached is set.</param>
    /// <param name="hidden">Hidden units.</param>
    /// <param name="updates">Updates to begin with.</param>
    public static Trainer Running(BitDataset data, TrainingOptions options, int hidden = Hidden, int updates = 500)
    {
        Trainer trainer = new(RbmInitializer.Normal(data, hidden, seed: 1), data, options with { Epochs = 1_000_000 });
        for (int update = 0; update < updates; update++)
        {
            trainer.Step();
        }

        return trainer;
    }

    /// <summary>A matrix of values between -1 and 1.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static Matrix Mixed(int rows, int columns)
    {
        Matrix matrix = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            Span<float> values = matrix.Row(row);
            for (int column = 0; column < columns; column++)
            {
                values[column] = ((((row * 31) + (column * 17)) % 201) / 100f) - 1f;
            }
        }

        return matrix;
    }

    /// <summary>Floating-point operations of the dense product that a half step replaces, in 10^9.</summary>
    /// <param name="rows">Rows of states.</param>
    /// <param name="visible">Visible units.</param>
    /// <param name="hidden">Hidden units.</param>
    public static double DenseWork(int rows, int visible = Visible, int hidden = Hidden) => 2.0 * rows * visible * hidden / 1e9;
}
