using FastRbm.Data;
using FastRbm.Evaluation;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Models.Hopfield;
using FastRbm.Sampling;
using FastRbm.Sampling.Classification;
using FastRbm.Serialization;
using FastRbm.Training;
using FastRbm.Training.Classification;

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

    [Fact]
    public void AnyUnits()
    {
        // README: AnyUnits
        // Two heights with a gap between them, and a category that goes with them.
        float[] numbers = [.. Enumerable.Range(0, 200).SelectMany(i => new[] { (i % 2 == 0 ? 150f : 180f) + (i % 7), i % 2 })];
        Dataset table = RealDataset.FromFloats("people", rows: 200, columns: 2, numbers);
        UnitLayer visible = UnitLayers.Parse("mixed:gaussian[1];potts:2[2]", 3);
        Dataset people = UnitTable.Encode(visible, table);
        Rbm rbm = RbmInitializer.Normal(people, visible, new BinaryLayer(4), seed: 1, deviation: 0.3);
        using Trainer trainer = new(rbm, people, new TrainingOptions { BatchSize = 50, Epochs = 300 });
        trainer.Run();

        // Hold the category, ask for the height.
        Matrix values = new(1, 3);
        BitMatrix held = new(1, 3);
        (values[0, 1], values[0, 2]) = (0, 1);
        held[0, 1] = held[0, 2] = true;
        using UnitChains chains = new(rbm, chains: 1, seed: 2);
        chains.Hold(values, held);
        chains.Run(sweeps: 50);
        chains.BeginMeans();
        chains.Run(sweeps: 500);
        float[] means = new float[3];
        chains.CopyMeans(0, means);
        Console.WriteLine($"height given the second category: {means[0]:F0}");
        // End of AnyUnits

        // The heights of the second category are 180 to 186.
        Assert.InRange(means[0], 180, 186);
    }

    [Fact]
    public void Classes()
    {
        // README: Classes
        Dataset pens = DatasetSource.Open("strokes").Take(1000);
        ClassificationRbm model = ClassificationInitializer.Normal(pens, classes: 10, hidden: 100, seed: 1);
        using ClassificationTrainer training = new(model, pens, ClassificationOptions.For(ClassificationObjective.Hybrid));
        training.Run();

        ClassificationReport report = ClassificationReport.Run(model, DatasetSource.Open("strokes:test"));
        Console.WriteLine($"{100 * report.ErrorRate:F1} % wrong, {report.CrossEntropy:F3} nats a row");

        // Draw a three.
        using ClassChains threes = new(model, labels: [3], seed: 2);
        threes.Run(sweeps: 1000);
        float[] three = new float[784];
        threes.CopyMeans(0, three);

        // Store five random patterns in a Hopfield network and repair them, a tenth of their bits flipped.
        BitMatrix stored = RandomPatterns.Draw(rows: 5, units: 784, seed: 3);
        HopfieldNetwork network = HopfieldNetwork.Learn(stored);
        BitMatrix probes = new(5, 784);
        RandomPatterns.Flip(stored, firstPattern: 0, flipped: 78, probes, seed: 4);
        using HopfieldRecall recall = new(network, new RecallOptions());
        RecallResult result = recall.Run(probes);
        Console.WriteLine($"overlap with what was stored: {result.NearestOverlap(0)}");
        // End of Classes

        Assert.True(report.ErrorRate < 0.05, $"{report.ErrorRate}");
        Assert.Contains(three, static mean => mean > 0.5);
        Assert.Equal(1, result.NearestOverlap(0));
        Assert.Equal(0, result.Nearest(0));
    }
}
