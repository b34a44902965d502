using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Sampling.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Tests.Repository;

/// <content>Subspace RBMs.</content>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Subspaces()
    {
        foreach (TrainingAlgorithm algorithm in (TrainingAlgorithm[])[TrainingAlgorithm.ContrastiveDivergence, TrainingAlgorithm.PersistentContrastiveDivergence])
        {
            foreach (int threads in (int[])[1, 2])
            {
                SubspaceTrainer trainer = Own(new SubspaceTrainer(
                    SubspaceInitializer.Normal(_bits, 70, 3, seed: 1), _bits, Endless(new TrainingOptions { Algorithm = algorithm, Steps = 2, Threads = threads, BatchSize = 20 })));
                yield return new MeasuredOperation($"SubspaceTrainer.Step, {algorithm}, {threads} threads", Repeat(trainer.Step));
            }
        }

        SubspaceRbm model = SubspaceInitializer.Normal(_bits, 70, 3, seed: 1);
        SubspaceChains chains = Own(new SubspaceChains(model, 20, seed: 1, threads: 2));
        yield return new MeasuredOperation("SubspaceChains.Run", () => chains.Run(1));
        RbmWorkspace workspace = model.NewWorkspace();
        BitMatrix visible = new(9, model.Visible);
        BitMatrix gates = new(9, model.Gates);
        BitMatrix units = new(9, model.Gates * model.Subspaces);
        Matrix means = new(9, model.Gates);
        Matrix unitMeans = new(9, model.Gates * model.Subspaces);
        double[] energies = new double[9];
        yield return new MeasuredOperation("SubspaceRbm.GibbsStep", () => model.GibbsStep(visible, gates, units, new RandomKey(1, 2), workspace));
        yield return new MeasuredOperation("SubspaceRbm.MeanGates", () => model.MeanGates(visible, workspace, means));
        yield return new MeasuredOperation("SubspaceRbm.MeanSubspaces", () => model.MeanSubspaces(visible, gates, workspace, unitMeans));
        yield return new MeasuredOperation("SubspaceRbm.Energy", () => model.Energy(visible, gates, units, workspace, energies));
        yield return new MeasuredOperation("SubspaceRbm.FreeEnergy", () => model.FreeEnergy(visible, workspace, energies));
    }
}
