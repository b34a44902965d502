using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>Training and test images for demos; where the wanted ones aren't on this machine, the built-in strokes.</summary>
internal sealed class ImageData
{
    private ImageData(string name, Dataset training, Dataset test)
    {
        Name = name;
        Training = training;
        Test = test;
    }

    /// <summary>The name of the data set.</summary>
    public string Name { get; }

    /// <summary>The rows to train on.</summary>
    public Dataset Training { get; }

    /// <summary>Rows that aren't trained on.</summary>
    public Dataset Test { get; }

    /// <summary>Opens a set; says on the page and to the user when it isn't here.</summary>
    /// <param name="run">The demo.</param>
    /// <param name="name">The name of the wanted set.</param>
    /// <param name="limit">The most rows of each split; null for all.</param>
    public static ImageData Open(DemoRun run, string name, int? limit)
    {
        string found = name;
        if (!run.HasData(name))
        {
            found = "strokes";
            run.Note($"{name} isn't on this machine: the demo runs on the built-in {found}.");
            run.Page.Paragraph($"{name} isn't on the machine that made this page: it was trained on the built-in `{found}` instead, pen strokes of the same size, and its figures can't be compared with the tutorial's.");
        }

        return new ImageData(found, Some(run.Open(found), limit), Some(run.Open(found + ":test"), limit));
    }

    /// <summary>Rows from all over a set, grey levels drawn as bits.</summary>
    /// <param name="data">The set.</param>
    /// <param name="count">The most rows.</param>
    /// <param name="seed">The seed of the draws.</param>
    public static BitMatrix Bits(Dataset data, int count, ulong seed)
    {
        BitMatrix rows = new(Math.Min(count, data.Rows), data.Columns);
        BinaryRowReader reader = new(data, Binarization.Sample, seed);
        SpreadRows spread = new(data.Rows);
        float[] scratch = new float[data.Columns];
        for (int row = 0; row < rows.Rows; row++)
        {
            reader.CopyBits(spread[row], epoch: 0, scratch, rows.Row(row));
        }

        return rows;
    }

    private static Dataset Some(Dataset data, int? limit) => limit is { } most && most < data.Rows ? data.Take(most) : data;
}
