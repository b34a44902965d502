using FastRbm.Data;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Sampling;
using FastRbm.Training;

namespace FastRbm.Tests.Repository;

/// <content>Training steps and sweeps of units of other kinds than binary ones.</content>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Units()
    {
        foreach ((string visible, string hidden) in ((string, string)[])
            [
                ("spin", "spin"), ("potts:3", "binary"), ("binary", "potts:5"), ("gaussian", "binary"), ("noisy-mean:0.1", "binary"), ("binary", "gaussian"), ("relu", "double-relu"),
                ("binomial:8", "spike-and-slab"), ("mixed:gaussian[50];potts:5[50];binary[50]", "binary"), ("replicated-softmax", "relu"),
            ])
        {
            foreach (TrainingAlgorithm algorithm in (TrainingAlgorithm[])[TrainingAlgorithm.ContrastiveDivergence, TrainingAlgorithm.PersistentContrastiveDivergence])
            {
                yield return UnitStep(visible, hidden, new TrainingOptions { Algorithm = algorithm, Threads = 2, LearningRate = LearningRateSchedule.Constant(1e-3) });
            }
        }

        yield return UnitStep("gaussian", "binary", new TrainingOptions { Missing = MissingValues.Marginal, Threads = 1, LearningRate = LearningRateSchedule.Constant(1e-3) }, 0.3);

        foreach ((string visible, string hidden) in ((string, string)[])
            [("gaussian", "binary"), ("potts:5", "spin"), ("relu", "gaussian"), ("mixed:gaussian[50];potts:5[50];binary[50]", "double-relu")])
        {
            Rbm units = new(UnitLayers.Parse(visible, Visible), UnitLayers.Parse(hidden, Hidden));
            UnitChains anyUnits = Own(new UnitChains(units, Rows, seed: 1, threads: 2));
            anyUnits.BeginMeans();
            yield return new MeasuredOperation($"UnitChains.Run, {visible} x {hidden}", () => anyUnits.Run(3));
        }

        foreach ((string visible, string hidden) in ((string, string)[])[("spin", "spin"), ("potts:5", "potts:10")])
        {
            ChainSet bitChains = Own(new ChainSet(new Rbm(UnitLayers.Parse(visible, Visible), UnitLayers.Parse(hidden, Hidden)), Rows, seed: 1, threads: 2));
            yield return new MeasuredOperation($"ChainSet.Run, {visible} x {hidden}", () => bitChains.Run(3));
        }
    }

    private MeasuredOperation UnitStep(string visible, string hidden, TrainingOptions options, double hide = 0)
    {
        RealDataset states = States(visible);
        Dataset rows = hide > 0 ? states.Hide(hide, seed: 1) : states;
        Rbm rbm = RbmInitializer.Normal(rows, UnitLayers.Parse(visible, Visible), UnitLayers.Parse(hidden, Hidden), seed: 1);
        Trainer trainer = Own(new Trainer(rbm, rows, Endless(options with { BatchSize = Rows })));
        string missing = hide > 0 ? ", missing values sampled" : string.Empty;
        return new MeasuredOperation($"Trainer.Step, {options.Algorithm}, {visible} x {hidden}{missing}", Repeat(trainer.Step));
    }

    private static RealDataset States(string visible)
    {
        UnitLayer layer = UnitLayers.Parse(visible, Visible);
        float[] values = new float[2 * Rows * Visible];
        for (int row = 0; row < 2 * Rows; row++)
        {
            RandomStream draws = new(1, StreamPurpose.SamplingStart, 0, row);
            layer.Sample(layer.Bias, 5, draws, draws, values.AsSpan(row * Visible, Visible));
        }

        return RealDataset.FromFloats(visible, 2 * Rows, Visible, values);
    }
}
