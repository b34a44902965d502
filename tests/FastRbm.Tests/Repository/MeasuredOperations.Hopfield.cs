using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Tests.Repository;

/// <summary>Recall by Hopfield networks.</summary>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Hopfield()
    {
        BitMatrix patterns = RandomPatterns.Draw(20, Visible, 1);
        BitMatrix probes = RandomPatterns.Draw(10, Visible, 2);
        HopfieldNetwork network = HopfieldNetwork.Learn(patterns);
        foreach (RecallMode mode in Enum.GetValues<RecallMode>())
        {
            foreach (int threads in (int[])[1, 2])
            {
                foreach (RecallPath path in (RecallPath[])[RecallPath.Rows, RecallPath.Patterns])
                {
                    HopfieldRecall recall = Own(new HopfieldRecall(
                        network, new RecallOptions { Mode = mode, Path = path, Order = RecallOrder.Random, Threads = threads }));
                    RecallResult result = new(probes.Rows, Visible);
                    yield return new MeasuredOperation($"HopfieldRecall.Run, {mode}, {path}, threads {threads}", () => recall.Run(probes, result));
                }
            }

            foreach (DenseInteraction interaction in (DenseInteraction[])[DenseInteraction.Polynomial(3), DenseInteraction.Exponential()])
            {
                DenseHopfieldRecall recall = Own(new DenseHopfieldRecall(new DenseHopfieldNetwork(patterns, interaction), new RecallOptions { Mode = mode }));
                RecallResult result = new(probes.Rows, Visible);
                yield return new MeasuredOperation($"DenseHopfieldRecall.Run, {mode}, {interaction}", () => recall.Run(probes, result));
            }
        }

        SoftmaxHopfieldNetwork softmax = Own(new SoftmaxHopfieldNetwork(new Matrix(30, Visible), 0.5));
        Matrix states = new(10, Visible);
        Matrix updated = new(10, Visible);
        yield return new MeasuredOperation("SoftmaxHopfieldNetwork.Update", () => softmax.Update(states, updated));
    }
}
