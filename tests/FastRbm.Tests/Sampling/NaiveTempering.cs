using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Sampling;

namespace FastRbm.Tests.Sampling;

/// <summary>Tempered chains by half steps that remember nothing, states that are swapped, and energies in double.</summary>
/// <remarks>For models whose parameters are multiples of 2^-10 and small: their energies are exact in double.</remarks>
internal sealed unsafe class NaiveTempering
{
    private readonly ulong _seed;
    private readonly float[] _offsets;
    private readonly int[] _replicaAt;

    public NaiveTempering(TemperedChains like, ulong seed, float[] baseVisibleBias)
    {
        Levels = like.Levels;
        Ladder = like.Ladder;
        Visible = new BitMatrix(like.Chains * Levels, like.Visible.Columns);
        Hidden = new BitMatrix(like.Chains * Levels, like.Hidden.Columns);
        Accepted = new long[Levels - 1];
        _seed = seed;
        _replicaAt = [.. Enumerable.Range(0, Visible.Rows)];
        _offsets = new float[Tile.Count(Visible.Columns) * Tile.Width];
        baseVisibleBias.CopyTo(_offsets, 0);
        for (int row = 0; row < Visible.Rows; row++)
        {
            like.ReplicaVisible.Row(row).CopyTo(Visible.Row(row));
        }
    }

    public int Levels { get; }

    public TemperatureLadder Ladder { get; set; }

    /// <summary>A replica a row.</summary>
    public BitMatrix Visible { get; }

    public BitMatrix Hidden { get; }

    /// <summary>Accepted swaps, a number a pair.</summary>
    public long[] Accepted { get; }


    /// <summary>The rows of a chain's replicas, hottest first.</summary>
    public int RowAt(int chain, int level) => _replicaAt[(chain * Levels) + level];

    public void Sweep(Rbm rbm, long sweep)
    {
        Draw(rbm, toHidden: true, Visible, Hidden, sweep);
        double[] energies = new double[Visible.Rows];
        rbm.Energy(Visible, Hidden, new RbmWorkspace(rbm), energies);
        for (int row = 0; row < energies.Length; row++)
        {
            for (int unit = 0; unit < Visible.Columns; unit++)
            {
                energies[row] += Visible[row, unit] ? _offsets[unit] : 0;
            }
        }

        for (int chain = 0; chain < Visible.Rows / Levels; chain++)
        {
            for (int low = (int)(sweep % 2); low + 1 < Levels; low += 2)
            {
                ref int hot = ref _replicaAt[(chain * Levels) + low];
                ref int cold = ref _replicaAt[(chain * Levels) + low + 1];
                double ratio = Math.Exp((Ladder[low] - Ladder[low + 1]) * (energies[hot] - energies[cold]));
                if (new RandomStream(_seed, StreamPurpose.TemperedSwap, sweep, chain).Uniform(low) < ratio)
                {
                    (hot, cold) = (cold, hot);
                    Accepted[low]++;
                }
            }
        }

        Draw(rbm, toHidden: false, Hidden, Visible, sweep);
    }

    private void Draw(Rbm rbm, bool toHidden, BitMatrix source, BitMatrix target, long sweep)
    {
        int[] scratch = new int[HalfStep.ScratchLength(Math.Max(source.Columns, target.Columns), source.Rows)];
        float[] betas = new float[source.Rows];
        for (int place = 0; place < betas.Length; place++)
        {
            betas[_replicaAt[place]] = Ladder.Betas[place % Levels];
        }

        HalfStepArguments arguments = rbm.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = target.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, toHidden ? StreamPurpose.TemperedHidden : StreamPurpose.TemperedVisible, sweep, 0);
        arguments.Ties = new RandomStream(_seed, toHidden ? StreamPurpose.TemperedHiddenTie : StreamPurpose.TemperedVisibleTie, sweep, 0);
        fixed (int* lists = scratch)
        fixed (float* b = betas, offsets = _offsets)
        {
            arguments.Betas = b;
            arguments.Offsets = toHidden ? null : offsets;
            HalfStep.Run(SimdLevel.Scalar, arguments, 0, source.Rows, lists);
        }
    }
}
