using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Sampling.Deep;
using FastRbm.Training;
using FastRbm.Training.Deep;

namespace FastRbm.Tests.Repository;

/// <content>Deep belief networks and deep Boltzmann machines.</content>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Deep()
    {
        // Three hidden layers, and enough rows for two threads.
        int[] hidden = [70, 60, 50];
        foreach (Centring centring in (Centring[])[Centring.None, Centring.Enhanced])
        {
            foreach (int threads in (int[])[1, 2])
            {
                DeepBoltzmannTrainer trainer = Own(new DeepBoltzmannTrainer(
                    DeepInitializer.Normal(_bits, hidden, seed: 1), _bits,
                    new DeepBoltzmannOptions { Epochs = 1_000_000, BatchSize = 20, Chains = 20, Steps = 2, Centring = centring, AveragedShare = 0.5, Threads = threads }));
                yield return new MeasuredOperation($"DeepBoltzmannTrainer.Step, centring {centring}, {threads} threads", Repeat(trainer.Step));
            }
        }

        DeepBoltzmannMachine machine = DeepInitializer.Normal(_bits, hidden, seed: 1);
        foreach (int threads in (int[])[1, 2])
        {
            DeepMeanField field = Own(new DeepMeanField(machine, 20, threads));
            double[] bounds = new double[20];
            yield return new MeasuredOperation($"DeepMeanField.Start, Run, Bounds, {threads} threads", () =>
            {
                field.Start(_greys, 0, 20);
                field.Run(3);
                field.Bounds(bounds);
            });
        }

        DeepBeliefNetwork network = new([Visible, .. hidden]);
        DeepBeliefTrainer greedy = Own(new DeepBeliefTrainer(
            network, _greys, DeepBeliefTrainer.Same(Endless(new TrainingOptions { Binarization = Binarization.Sample, BatchSize = 20, Threads = 2 }), hidden.Length)));
        yield return new MeasuredOperation("DeepBeliefTrainer.Step", Repeat(greedy.Step));
        DeepBeliefChains chains = Own(new DeepBeliefChains(new DeepBeliefNetwork([Visible, .. hidden]), 20, seed: 1, threads: 2));
        yield return new MeasuredOperation("DeepBeliefChains.Run", () => chains.Run(1));
        LayerRows rows = new(Rbm.Binary(Visible, Hidden), _greys);
        float[] means = new float[Hidden];
        yield return new MeasuredOperation("LayerRows.CopyMeans", () => rows.CopyMeans(1, means));
        PosteriorRows posterior = new(machine, _greys, sweeps: 2);
        float[] inputs = new float[posterior.Columns];
        yield return new MeasuredOperation("PosteriorRows.CopyMeans", () => posterior.CopyMeans(1, inputs));
    }
}
