using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.StatisticalTests.Sampling;
using FastRbm.Testing;
using FastRbm.Training;

namespace FastRbm.StatisticalTests.Training;

public sealed class MissingValuesTests
{
    private const int Copies = 30_000;

    [Fact]
    public void Values_in_the_place_of_missing_ones_reach_their_distribution_given_the_observed_ones()
    {
        // At a learning rate near 0 the model stands still, and 60 sweeps of each row's chain forget its start.
        ReferenceRbm model = AuditModels.Mixed;
        bool[][] observed = [[true, false, true, false], [false, false, false, false], [true, true, true, false]];
        bool[][] values = [[true, false, false, false], [false, false, false, false], [false, true, true, false]];
        Rows rows = new(observed, values);
        using Trainer trainer = new(AuditModels.Engine(model), rows, new TrainingOptions
        {
            Missing = MissingValues.Marginal,
            MissingSteps = 3,
            BatchSize = Copies * observed.Length / 5,
            Epochs = 20,
            LearningRate = LearningRateSchedule.Constant(1e-12),
            Seed = 21,
        });
        trainer.Run(cancellation: TestContext.Current.CancellationToken);
        FilledRows filled = trainer.Update.Filled!;
        for (int kind = 0; kind < observed.Length; kind++)
        {
            long[] counts = new long[1 << model.Visible];
            for (int copy = 0; copy < Copies; copy++)
            {
                ulong[] bits = new ulong[1];
                int row = (copy * observed.Length) + kind;
                rows.CopyBits(row, bits);
                filled.Fill(row, bits);
                counts[(int)bits[0]]++;
            }

            ReferenceEvidence evidence = new(observed[kind], new bool[model.Visible], values[kind], 0.5);
            double p = GTest.Of(counts, model.VisibleProbabilities(evidence)).PValue;
            Assert.True(p > Budget.PerCheck, $"row {kind}: p-value {p}");

            // Power: the distribution without what is observed is another one.
            bool[] some = observed[kind];
            Assert.True(!some.Contains(true) || GTest.Of(counts, model.VisibleProbabilities()).PValue < Budget.Caught);
        }
    }

    private sealed class Rows(bool[][] observed, bool[][] values) : IPartialRows
    {
        public bool HasMissing => true;

        int IVisibleRows.Rows => Copies * observed.Length;

        public int Columns => observed[0].Length;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = Mask(values, row) & Mask(observed, row);

        public void CopyObserved(int row, Span<ulong> destination) => destination[0] = Mask(observed, row);

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();

        private static ulong Mask(bool[][] rows, int row) => (ulong)BinaryStates.ToMask(rows[row % rows.Length]);
    }
}
