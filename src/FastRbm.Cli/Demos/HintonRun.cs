using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Training;

namespace FastRbm.Cli.Demos;

/// <summary>A training run with what one watches on the way, at equal distances in updates.</summary>
internal sealed class HintonRun
{
    private readonly BitMatrix _training;
    private readonly BitMatrix _test;

    private HintonRun(Rbm rbm, BitMatrix training, BitMatrix test)
    {
        Rbm = rbm;
        _training = training;
        _test = test;
    }

    /// <summary>The model, trained.</summary>
    public Rbm Rbm { get; }

    /// <summary>Updates done at each record.</summary>
    public List<double> Updates { get; } = [];

    /// <summary>The parameters at each record.</summary>
    public List<RbmParameters> Parameters { get; } = [];

    /// <summary>What the next update changed, or nothing at the end.</summary>
    public List<RbmParameters> Next { get; } = [];

    /// <summary>Mean F of test rows minus that of training rows.</summary>
    public List<double> Gaps { get; } = [];

    /// <summary>Mean squared error of pixels after one step up and down.</summary>
    public List<double> ReconstructionErrors { get; } = [];

    /// <summary>The largest singular values of the weights.</summary>
    public SpectrumHistory Spectra { get; } = new(largest: 10);

    /// <summary>E[h | v] of the first measured rows, at each record.</summary>
    public List<Matrix> HiddenMeans { get; } = [];

    /// <summary>Trains.</summary>
    /// <param name="data">The images.</param>
    /// <param name="rows">How many training rows.</param>
    /// <param name="hidden">Hidden units.</param>
    /// <param name="options">The options; epochs are chosen here.</param>
    /// <param name="updates">Updates in all.</param>
    /// <param name="records">How many records after that of the start.</param>
    /// <param name="measured">How many rows are measured.</param>
    /// <param name="progress">Told the share that is done.</param>
    public static HintonRun Train(ImageData data, int rows, int hidden, TrainingOptions options, int updates, int records, int measured, Action<double> progress)
    {
        Dataset training = data.Training.Take(Math.Min(rows, data.Training.Rows));
        Rbm rbm = RbmInitializer.Normal(training, hidden, options.Seed);
        int batch = Math.Min(options.BatchSize, training.Rows);
        int pass = (training.Rows + batch - 1) / batch;
        HintonRun run = new(rbm, ImageData.Bits(training, measured, options.Seed), ImageData.Bits(data.Test, measured, options.Seed));
        using Trainer trainer = new(rbm, training, options with { BatchSize = batch, Epochs = (updates + pass - 1) / pass });
        run.Record(trainer, 0);
        for (int update = 1; update <= updates; update++)
        {
            progress((double)update / updates);
            trainer.Step();
            if (run.Next.Count < run.Parameters.Count)
            {
                run.Next.Add(RbmParameters.From(rbm));
            }

            if ((long)update * records / updates != (update - 1L) * records / updates)
            {
                run.Record(trainer, update);
            }
        }

        return run;
    }

    /// <summary>The change of the weights by the update after a record.</summary>
    public double[] WeightChanges(int record) => [.. Next[record].Weights.Select((weight, i) => weight - Parameters[record].Weights[i])];

    private void Record(Trainer trainer, int update)
    {
        RbmWorkspace workspace = new(Rbm);
        Updates.Add(update);
        Parameters.Add(RbmParameters.From(Rbm));
        Gaps.Add(Mean(_test) - Mean(_training));
        ReconstructionErrors.Add(trainer.Measure().ReconstructionError);
        Spectra.Record(update, Rbm);
        Matrix means = new(_test.Rows, Rbm.Hidden.Count);
        Rbm.MeanHidden(_test, workspace, means);
        HiddenMeans.Add(means);

        double Mean(BitMatrix rows)
        {
            double[] free = new double[rows.Rows];
            Rbm.FreeEnergy(rows, workspace, free);
            return free.Average();
        }
    }
}
