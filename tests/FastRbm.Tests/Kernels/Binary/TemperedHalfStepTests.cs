using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Binary;

public sealed unsafe class TemperedHalfStepTests
{
    private const int Visible = 70;
    private const int Hidden = 130;
    private static readonly float[] _betas = [0, 1e-6f, 0.1f, 0.37f, 0.5f, 0.99999f, 1];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_are_sampled_at_their_own_beta_and_offsets_at_every_level(bool withOffsets)
    {
        (FixedPointWeights copy, BitMatrix source, float[] offsets) = Sample();
        foreach (SimdLevel level in Levels.All)
        {
            using GuardedBuffer<float> betas = Guarded(_betas);
            using GuardedBuffer<float> padded = Guarded(offsets);
            BitMatrix states = new(source.Rows, Hidden);
            Matrix sums = new(source.Rows, Hidden);
            Matrix inputs = new(source.Rows, Hidden);
            HalfStepArguments arguments = Arguments(copy, source);
            arguments.Inputs = sums.DangerousGetPointer();
            arguments.InputStride = sums.Stride;
            Run(level, arguments, source.Rows);

            arguments.Inputs = inputs.DangerousGetPointer();
            arguments.States = states.DangerousGetPointer();
            arguments.Betas = betas.Pointer;
            arguments.Offsets = withOffsets ? padded.Pointer : null;
            Run(level, arguments, source.Rows);
            for (int row = 0; row < source.Rows; row++)
            {
                float[] expected = new float[Hidden];
                for (int unit = 0; unit < Hidden; unit++)
                {
                    // A power of two apart, so that the float product below rounds as the kernel's does.
                    float sum = MathF.ScaleB(sums[row, unit], copy.ScaleBits);
                    float scale = copy.InverseScale * _betas[row];
                    expected[unit] = withOffsets ? MathF.FusedMultiplyAdd(sum, scale, offsets[unit] * (1 - _betas[row])) : sum * scale;
                }

                Assert.Equal(expected, inputs.Row(row).ToArray());
                ulong[] words = new ulong[BitMatrix.WordsFor(Hidden)];
                BernoulliRow.Sample(level, expected, arguments.Draws.ForChain(row), arguments.Ties.ForChain(row), words);
                Assert.Equal(words, states.Row(row).ToArray());
            }
        }
    }

    [Fact]
    public void Sums_that_are_kept_serve_another_beta()
    {
        (FixedPointWeights copy, BitMatrix source, _) = Sample();
        RunningSums kept = new(source.Rows, Visible, Hidden);
        BitMatrix fresh = new(source.Rows, Hidden);
        BitMatrix goneOn = new(source.Rows, Hidden);
        float[] reversed = [.. _betas.Reverse()];
        fixed (float* first = _betas, second = reversed)
        {
            HalfStepArguments arguments = Arguments(copy, source);
            arguments.States = goneOn.DangerousGetPointer();
            arguments.Betas = first;
            kept.Keep(ref arguments, hold: false);
            Run(SimdSelection.Current, arguments, source.Rows);
            kept.Keep(ref arguments, hold: true);
            arguments.Betas = second;
            Run(SimdSelection.Current, arguments, source.Rows);

            arguments = Arguments(copy, source);
            arguments.States = fresh.DangerousGetPointer();
            arguments.Betas = second;
            Run(SimdSelection.Current, arguments, source.Rows);
        }

        for (int row = 0; row < source.Rows; row++)
        {
            Assert.Equal(fresh.Row(row).ToArray(), goneOn.Row(row).ToArray());
        }
    }

    [Fact]
    public void Softplus_steps_of_rows_are_sums_over_all_tiles_at_every_level_and_with_or_without_states()
    {
        (FixedPointWeights copy, BitMatrix source, _) = Sample();
        float[] after = [.. _betas.Select(static beta => Math.Abs(beta - 0.4f))];
        double[]? same = null;
        foreach (SimdLevel level in Levels.All)
        {
            using GuardedBuffer<float> from = Guarded(_betas);
            using GuardedBuffer<float> to = Guarded(after);
            using GuardedBuffer<float> lanes = GuardedBuffer<float>.EndingAtGuard(source.Rows * SoftplusSteps.Lanes);
            using GuardedBuffer<double> steps = GuardedBuffer<double>.EndingAtGuard(source.Rows);
            Matrix inputs = new(source.Rows, Hidden);
            BitMatrix states = new(source.Rows, Hidden);
            HalfStepArguments arguments = Arguments(copy, source);
            arguments.Inputs = inputs.DangerousGetPointer();
            arguments.InputStride = inputs.Stride;
            Run(level, arguments, source.Rows);

            arguments.Inputs = null;
            arguments.Betas = to.Pointer;
            arguments.BetasBefore = from.Pointer;
            arguments.StepLanes = lanes.Pointer;
            arguments.SoftplusSteps = steps.Pointer;
            foreach (bool sampled in (bool[])[false, true])
            {
                Poison.Fill(lanes.Span);
                Poison.Fill(steps.Span);
                arguments.States = sampled ? states.DangerousGetPointer() : null;
                Run(level, arguments, source.Rows);
                for (int row = 0; row < source.Rows; row++)
                {
                    double exact = 0;
                    double size = 0;
                    foreach (float input in inputs.Row(row))
                    {
                        double step = ReferenceMath.Softplus(after[row] * (double)input) - ReferenceMath.Softplus(_betas[row] * (double)input);
                        exact += step;
                        size += Math.Abs(step);
                    }

                    Assert.InRange(steps.Span[row], exact - (1e-6 * size), exact + (1e-6 * size));
                }

                same ??= steps.Span.ToArray();
                Assert.Equal(same, steps.Span.ToArray());
            }
        }
    }

    private static (FixedPointWeights Copy, BitMatrix Source, float[] Offsets) Sample()
    {
        SplitMix64 random = new(8);
        Matrix weights = Filled(Visible, Hidden);
        FixedPointWeights copy = new(Visible, Hidden);
        Assert.True(copy.Rebuild(SimdLevel.Scalar, weights, Filled(1, Visible), Filled(1, Hidden)));
        BitMatrix source = Translate.Bits([.. _betas.Select(_ => random.NextBits(Visible, 0.4))]);
        float[] offsets = new float[Tile.Count(Hidden) * Tile.Width];
        random.NextFloats(Hidden, -3, 3).CopyTo(offsets, 0);
        return (copy, source, offsets);

        Matrix Filled(int rows, int columns)
        {
            Matrix matrix = new(rows, columns);
            for (int row = 0; row < rows; row++)
            {
                random.NextFloats(columns, -1, 1).CopyTo(matrix.Row(row));
            }

            return matrix;
        }
    }

    private static GuardedBuffer<float> Guarded(float[] values)
    {
        GuardedBuffer<float> buffer = GuardedBuffer<float>.EndingAtGuard(values.Length);
        values.CopyTo(buffer.Span);
        return buffer;
    }

    private static HalfStepArguments Arguments(FixedPointWeights copy, BitMatrix source) => new()
    {
        Source = source.DangerousGetPointer(),
        SourceWords = source.WordsPerRow,
        Panels = copy.HiddenPanels,
        Bias = copy.HiddenBias,
        SourceUnits = Visible,
        TargetUnits = Hidden,
        InverseScale = copy.InverseScale,
        Draws = new RandomStream(3, StreamPurpose.HiddenSample, 5, 0),
        Ties = new RandomStream(3, StreamPurpose.HiddenTie, 5, 0),
    };

    private static void Run(SimdLevel level, HalfStepArguments arguments, int rows)
    {
        using GuardedBuffer<int> scratch = GuardedBuffer<int>.EndingAtGuard((int)HalfStep.ScratchLength(Visible, rows));
        Poison.Fill(scratch.Span);
        HalfStep.Run(level, arguments, 0, rows, scratch.Pointer);
    }
}
