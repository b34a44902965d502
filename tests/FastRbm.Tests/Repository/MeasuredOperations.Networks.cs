using FastRbm.Models.Networks;
using FastRbm.Sampling.Networks;
using FastRbm.Training.Networks;

namespace FastRbm.Tests.Repository;

/// <summary>Steps of networks: training as classifier and as energy, and Langevin chains.</summary>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Networks()
    {
        byte[] labels = [.. Enumerable.Range(0, 2 * Rows).Select(static row => (byte)(row % 3))];
        TestLabelledRows rows = new(
            Enumerable.Range(0, 2 * Rows).Select(row =>
            {
                float[] values = new float[Visible];
                _greys.CopyMeans(row, values);
                return values;
            }), labels);
        foreach (int threads in (int[])[1, 2])
        {
            ClassifierTrainer classifier = Own(new ClassifierTrainer(
                Network.Random([Visible, Hidden, 3], UnitFunction.Sigmoid, 1), rows,
                new ClassifierOptions { BatchSize = 20, Epochs = 1_000_000, Threads = threads, HiddenDropout = 0.5, Optimizer = new OptimizerOptions { MaxNorm = 3, AverageDecay = 0.9 } }));
            yield return new($"ClassifierTrainer.Step, threads {threads}", Repeat(classifier.Step));
            EnergyNetwork model = new(Network.Random([Visible, Hidden, 3], UnitFunction.Swish, 1), new EnergyNetworkOptions());
            JemTrainer jem = Own(new JemTrainer(
                model, rows, new JemOptions { BatchSize = 20, BufferSize = 50, LangevinSteps = 3, Epochs = 1_000_000, Threads = threads, DivergenceLimit = 1e12 }));
            yield return new($"JemTrainer.Step, threads {threads}", Repeat(jem.Step));
            foreach (LangevinAlgorithm algorithm in Enum.GetValues<LangevinAlgorithm>())
            {
                LangevinChains chains = Own(new LangevinChains(
                    new EnergyNetwork(Network.Random([Visible, Hidden, 3], UnitFunction.Swish, 1), new EnergyNetworkOptions()), 60, new LangevinOptions { Algorithm = algorithm, StepSize = 0.001 }, seed: 1, threads));
                yield return new($"LangevinChains.Run, {algorithm}, threads {threads}", () => chains.Run(3));
            }
        }
    }
}
