using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Tests.Sampling.Boltzmann;

/// <summary>A sweep written down: every input a fresh sum of integers over all units, then the tile that draws 64 lanes.</summary>
internal static class NaiveBoltzmannSweep
{
    public static void Run(BoltzmannMachine machine, BoltzmannSweep sweep, bool[][] rows, ulong seed, long step)
    {
        RandomStream draws = new(seed, StreamPurpose.BoltzmannSample, step, 0);
        RandomStream ties = new(seed, StreamPurpose.BoltzmannTie, step, 0);
        if (sweep.Colouring is null)
        {
            for (int place = 0; place < machine.Units; place++)
            {
                for (int group = 0; group * 64 < rows.Length; group++)
                {
                    bool[][] own = rows[(group * 64)..Math.Min(rows.Length, (group + 1) * 64)];
                    float[] inputs = [.. own.Select(row => Input(machine, row, sweep.Order[place]))];
                    ulong bits = Sample(inputs, draws, ties, ((long)group * machine.Units) + place);
                    for (int lane = 0; lane < own.Length; lane++)
                    {
                        own[lane][sweep.Order[place]] = (bits >> lane & 1) != 0;
                    }
                }
            }

            return;
        }

        for (int row = 0; row < rows.Length; row++)
        {
            Coloured(machine, sweep.Colouring, rows[row], row, draws, ties);
        }
    }

    private static void Coloured(BoltzmannMachine machine, GraphColouring colouring, bool[] row, int number, RandomStream draws, RandomStream ties)
    {
        int[][] colours = [.. Enumerable.Range(0, colouring.Colours).Select(colour =>
            Enumerable.Range(0, machine.Units).Where(unit => colouring.Of[unit] == colour).ToArray())];
        int tiles = colours.Sum(static units => (units.Length + 63) / 64);
        int tile = 0;
        foreach (int[] units in colours)
        {
            bool[] before = [.. row];
            foreach (int[] chunk in units.Chunk(64))
            {
                ulong bits = Sample([.. chunk.Select(unit => Input(machine, before, unit))], draws, ties, ((long)number * tiles) + tile);
                for (int lane = 0; lane < chunk.Length; lane++)
                {
                    row[chunk[lane]] = (bits >> lane & 1) != 0;
                }

                tile++;
            }
        }
    }

    private static float Input(BoltzmannMachine machine, bool[] row, int unit)
    {
        double scale = Math.ScaleB(1, machine.FixedPoint.ScaleBits);
        long sum = machine.FixedPoint.Bias.Span[unit];
        for (int other = 0; other < row.Length; other++)
        {
            sum += row[other] ? (long)Math.Round(machine.Coupling(unit, other) * scale) : 0;
        }

        return (float)sum * machine.FixedPoint.BitScale;
    }

    private static ulong Sample(float[] inputs, RandomStream draws, RandomStream ties, long chain)
    {
        ulong[] bits = new ulong[1];
        BernoulliRow.Sample(SimdLevel.Scalar, inputs, draws.ForChain(chain), ties.ForChain(chain), bits);
        return bits[0];
    }
}
