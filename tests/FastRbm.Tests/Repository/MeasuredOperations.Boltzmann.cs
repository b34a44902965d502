using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Training;
using FastRbm.Training.Boltzmann;

namespace FastRbm.Tests.Repository;

/// <content>Boltzmann machines.</content>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Boltzmann()
    {
        foreach (int threads in (int[])[1, 2])
        {
            foreach (CouplingGraph graph in (CouplingGraph[])[CouplingGraph.Complete(Visible), CouplingGraph.Grid(10, 15, periodic: true)])
            {
                BoltzmannMachine machine = new(graph, UnitKind.Spin);
                machine.Edit(static (weights, _) => weights.Fill(0.01f));
                double[] energies = new double[Rows];
                BoltzmannChains chains = Own(new BoltzmannChains(machine, Rows, seed: 1, threads));
                yield return new MeasuredOperation($"BoltzmannChains.Run, {graph.Name}, threads {threads}", () => chains.Run(3));
                yield return new MeasuredOperation($"BoltzmannChains.Energies, {graph.Name}, threads {threads}", () => chains.Energies(energies));
                yield return new MeasuredOperation($"BoltzmannChains.StartFrom, {graph.Name}, threads {threads}", () => chains.StartFrom(_bits));
                BoltzmannTempering tempering = Own(new BoltzmannTempering(machine, Rows, TemperatureLadder.Linear(4), seed: 1, threads));
                yield return new MeasuredOperation($"BoltzmannTempering.Run, {graph.Name}, threads {threads}", () => tempering.Run(3));
                foreach (BoltzmannAlgorithm algorithm in (BoltzmannAlgorithm[])[BoltzmannAlgorithm.PersistentChains, BoltzmannAlgorithm.PseudoLikelihood, BoltzmannAlgorithm.ProbabilityFlow])
                {
                    BoltzmannTrainer trainer = Own(new BoltzmannTrainer(new BoltzmannMachine(graph), _bits, BoltzmannOptions(algorithm, threads)));
                    yield return new MeasuredOperation($"BoltzmannTrainer.Step, {algorithm}, {graph.Name}, threads {threads}", Repeat(trainer.Step));
                }
            }

            BoltzmannTrainer exact = Own(new BoltzmannTrainer(
                new BoltzmannMachine(CouplingGraph.Complete(14)), TestBits(14), BoltzmannOptions(BoltzmannAlgorithm.ExactLikelihood, threads)));
            yield return new MeasuredOperation($"BoltzmannTrainer.Step, {BoltzmannAlgorithm.ExactLikelihood}, threads {threads}", Repeat(exact.Step));
        }
    }

    private static BoltzmannTrainingOptions BoltzmannOptions(BoltzmannAlgorithm algorithm, int threads) => new()
    {
        Algorithm = algorithm,
        BatchSize = Rows,
        Chains = Rows,
        Epochs = 1_000_000,
        LearningRate = LearningRateSchedule.Constant(0.001),
        Threads = threads,
    };

    private static BitDataset TestBits(int units) =>
        BitDataset.FromBytes("bits", 2 * Rows, units, [.. Enumerable.Range(0, 2 * Rows * units).Select(static i => (byte)(i * 7 % 11 < 4 ? 1 : 0))]);
}
