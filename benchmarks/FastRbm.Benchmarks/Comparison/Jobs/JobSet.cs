using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Jobs;

/// <summary>The jobs of a comparison with their data and files.</summary>
internal sealed class JobSet : IDisposable
{
    private const int Hidden = 500;
    private const int Chains = 1000;
    private const ulong Seed = 1;
    private const int QuickHeldOut = 2000;

    // Of an epoch, or of a hundred sweeps, in a round. Many short rounds find a quiet moment where few long ones don't.
    private const int StandardShare = 5;
    private const int QuickShare = 25;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fastrbm-comparison-");
    private readonly EpochOrders _orders;

    /// <summary>Prepares everything: MNIST where it is, else the built-in strokes.</summary>
    public JobSet(CompareOptions options)
    {
        // Also when the run is interrupted.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveFiles();
        DatasetSourceOptions source = new() { DataDirectory = options.Data, AllowDownload = false };
        string name = DatasetSource.IsLocal("mnist", source) ? "mnist" : "strokes";
        BitDataset rows = Bits(name, source, static count => count / 100 * 100);
        BitDataset heldOut = Bits($"{name}:test", source, count => options.Quick ? Math.Min(count, QuickHeldOut) : count);
        Rbm model = RbmInitializer.Normal(rows, Hidden, Seed);
        string parameters = Write("start", model);
        string rowsPath = Write("rows", rows);
        _orders = new EpochOrders(rows, Seed, _folder.FullName);

        TrainingJob Training(string job, TrainingAlgorithm algorithm, int sweeps, int batch, double rate)
        {
            string abbreviation = algorithm == TrainingAlgorithm.ContrastiveDivergence ? "CD" : "PCD";
            return new TrainingJob
            {
                Name = job,
                Title = $"{abbreviation}-{sweeps}, {rows.Columns}x{Hidden}, batch {batch}",
                Data = name,
                Model = model,
                ParametersPath = parameters,
                RowsPath = rowsPath,
                Rows = rows,
                HeldOut = heldOut,
                Algorithm = algorithm,
                Sweeps = sweeps,
                Batch = batch,
                Rate = rate,
                Seed = Seed,
                Orders = _orders,
                ReportedSteps = rows.Rows / batch,
                StepsARound = Divisor(rows.Rows / batch, rows.Rows / batch / (options.Quick ? QuickShare : StandardShare)),
                WarmSteps = 2000 / batch / sweeps,
            };
        }

        // Small learning rates: with 0.05 two seeds differ by up to 7 % in the first hundreds of updates, with these by less than 1 %.
        All =
        [
            Training(Names[0], TrainingAlgorithm.ContrastiveDivergence, 1, 100, 0.01),
            Training(Names[1], TrainingAlgorithm.PersistentContrastiveDivergence, 1, 100, 0.01),
            Training(Names[2], TrainingAlgorithm.ContrastiveDivergence, 10, 100, 0.01),
            Training(Names[3], TrainingAlgorithm.PersistentContrastiveDivergence, 1, 10, 0.001),
            Sampling(options, source, rows, heldOut),
        ];
        All = options.Only is null ? All : [.. All.Where(job => job.Name == options.Only)];
    }

    /// <summary>The names of all jobs.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cd1", "pcd1", "cd10", "pcd1-batch10", "gibbs"];

    /// <summary>The jobs.</summary>
    public IReadOnlyList<Job> All { get; }

    /// <summary>The largest divisor of a number that isn't above another.</summary>
    public static int Divisor(int number, int most)
    {
        int divisor = Math.Clamp(most, 1, number);
        while (number % divisor != 0)
        {
            divisor--;
        }

        return divisor;
    }

    /// <summary>Removes the files.</summary>
    public void Dispose()
    {
        _orders.Dispose();
        RemoveFiles();
    }

    private void RemoveFiles()
    {
        if (Directory.Exists(_folder.FullName))
        {
            _folder.Delete(recursive: true);
        }
    }

    private SamplingJob Sampling(CompareOptions options, DatasetSourceOptions source, BitDataset rows, BitDataset heldOut)
    {
        const string Published = "cd25-784x500";
        string path = Path.Combine(options.Data ?? string.Empty, "reference-models", Published + ".safetensors");
        bool published = options.Data is not null && File.Exists(path);
        Rbm model = published ? ModelFile.Load(path) : Trained(rows);
        BitDataset starts = published && DatasetSource.IsLocal("binarized-mnist", source) ? Bits("binarized-mnist:test", source, static count => count) : heldOut;
        return new SamplingJob
        {
            Name = Names[^1],
            Title = $"Gibbs, {Chains} chains of {(published ? Published : $"a {model.Visible.Count}x{model.Hidden.Count} model")}",
            Model = model,
            ParametersPath = Write("sampled", model),
            RowsPath = Write("starts", starts),
            Starts = starts,
            Chains = Chains,
            ReportedSteps = 100,
            StepsARound = 100 / (options.Quick ? QuickShare : StandardShare),
            WarmSteps = 5,
            LeadIn = options.Quick ? 100 : 1000,
        };
    }

    private static Rbm Trained(BitDataset rows)
    {
        Rbm model = RbmInitializer.Normal(rows, Hidden, Seed);
        using Trainer trainer = new(model, rows, new TrainingOptions { Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence, Epochs = 3, Centring = Centring.None });
        trainer.Run();
        return model;
    }

    private static BitDataset Bits(string name, DatasetSourceOptions source, Func<int, int> count)
    {
        Dataset rows = DatasetSource.Open(name, source);
        rows = rows.Take(count(rows.Rows));
        return rows as BitDataset ?? ((GreyDataset)rows).Threshold();
    }

    private string Write(string name, Rbm model)
    {
        string path = Path.Combine(_folder.FullName, name + ".f32");
        RawFile.WriteParameters(path, model);
        return path;
    }

    private string Write(string name, IVisibleRows rows)
    {
        string path = Path.Combine(_folder.FullName, name + ".u8");
        RawFile.WriteRows(path, rows);
        return path;
    }
}
