using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Serialization;
using FastRbm.Training;

namespace FastRbm.Tests.Repository;

#pragma warning disable xUnit1051 // The examples are a reader's, who has no test's cancellation token.

/// <summary>The examples of the README as they stand there, each followed by what it must have done.</summary>
public sealed class ReadmeExamples
{
    [Fact]
    public void QuickStart()
    {
        // README: QuickStart
        Dataset data = DatasetSource.Open("bars-and-stripes");
        Rbm rbm = RbmInitializer.Normal(data, hidden: 16, seed: 1);

        TrainingOptions options = new()
        {
            Algorithm = TrainingAlgorithm.PersistentContrastiveDivergence,
            BatchSize = 32,
            Epochs = 5000,
            LearningRate = new() { Initial = 0.1, Shape = ScheduleShape.Linear },
        };
        using Trainer trainer = new(rbm, data, options);
        trainer.Run();

        LikelihoodReport report = ExactLikelihood.Evaluate(rbm, data);
        Console.WriteLine($"log-likelihood: {report.LogLikelihood:F4} nats a row");

        using ChainSet chains = new(rbm, chains: 16, seed: 2);
        chains.Run(sweeps: 1000);
        Console.WriteLine($"pixels on in the first sample: {chains.Visible.CountOn(0)} of {chains.Visible.Columns}");

        ModelFile.Save("bars-and-stripes.safetensors", rbm);
        // End of QuickStart

        // Independent pixels reach -16 log 2 = -11.09, the best model of all -3.38.
        Assert.InRange(report.LogLikelihood, -4.5, -3.37);
        Assert.InRange(chains.Visible.CountOn(0), 0, 16);
        FileInfo file = new("bars-and-stripes.safetensors");
        Assert.Equal(rbm.Weights.ToArray(), ModelFile.Load(file.FullName).Weights.ToArray());
        file.Delete();
    }
}
