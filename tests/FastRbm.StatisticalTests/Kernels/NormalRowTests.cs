using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Kernels;

public sealed class NormalRowTests
{
    private const int RowLength = 1 << 16;
    private const int Rows = 512;

    // P(z > 3), P(z > 4), P(z > 5).
    private static readonly double[] _tails = [1.3498980316300945e-3, 3.167124183311992e-5, 2.866515718791939e-7];

    [Fact]
    public void Moments_tails_and_cells_are_those_of_the_normal_distribution()
    {
        double[] p = PValues((draws, values) => NormalRow.Fill(SimdSelection.Current, draws, values), Rows);
        Assert.All(p, (value, i) => Assert.True(value > Budget.PerCheck, $"check {i}: p = {value}"));
    }

    [Fact]
    public void Mutants_are_caught()
    {
        // The sum of twelve uniform numbers less 6: the right mean, variance and skewness.
        AssertCaught((draws, values) =>
        {
            for (int unit = 0; unit < values.Length; unit++)
            {
                float sum = -6;
                for (int i = 0; i < 3; i++)
                {
                    draws.Block((3L * unit) + i, out uint a, out uint b, out uint c, out uint d);
                    sum += ((a >> 8) + (b >> 8) + (c >> 8) + (d >> 8)) * (1f / (1 << 24));
                }

                values[unit] = sum;
            }
        });

        // Eleven bits for the radius: nothing beyond 4.
        AssertCaught((draws, values) =>
        {
            NormalRow.Fill(SimdSelection.Current, draws, values);
            for (int unit = 0; unit < values.Length; unit++)
            {
                values[unit] = Math.Clamp(values[unit], -3.99f, 3.99f);
            }
        });

        // The sine of the pair twice.
        AssertCaught((draws, values) =>
        {
            NormalRow.Fill(SimdSelection.Current, draws, values);
            for (int unit = 16; unit < values.Length; unit += 32)
            {
                values.AsSpan(unit - 16, 16).CopyTo(values.AsSpan(unit));
            }
        });
    }

    private static double[] PValues(Action<RandomStream, float[]> fill, int rows)
    {
        const int Cells = 64;
        double[] edges = [.. Enumerable.Range(1, Cells - 1).Select(static i => Quantile((double)i / Cells))];
        float[] values = new float[RowLength];
        long[] counts = new long[Cells];
        long[] tails = new long[7];
        long[,] pairs = new long[8, 8];
        long[,] neighbours = new long[8, 8];
        double[] sums = new double[4];
        int[] eighths = new int[RowLength];
        for (int row = 0; row < rows; row++)
        {
            fill(new RandomStream(9, StreamPurpose.VisibleSample, 3, row), values);
            foreach (float value in values)
            {
                if (MathF.Abs(value) > 3)
                {
                    int beyond = Math.Min((int)MathF.Abs(value) - 3, 2);
                    tails[value > 0 ? 4 + beyond : 2 - beyond]++;
                }
                else
                {
                    tails[3]++;
                }

                double square = (double)value * value;
                sums[0] += value;
                sums[1] += square;
                sums[2] += square * value;
                sums[3] += square * square;
            }

            // The cells of some rows: their search takes longer than the draws.
            if (row % 32 == 0)
            {
                for (int unit = 0; unit < RowLength; unit++)
                {
                    int place = Array.BinarySearch(edges, values[unit]);
                    int cell = place >= 0 ? place + 1 : ~place;
                    counts[cell]++;
                    eighths[unit] = cell / 8;
                }

                for (int unit = 0; unit < RowLength - 16; unit += 2)
                {
                    pairs[eighths[unit], eighths[unit + 16]]++;
                    neighbours[eighths[unit], eighths[unit + 1]]++;
                }
            }
        }

        double count = (double)rows * RowLength;
        double[] tailProbabilities =
        [
            _tails[2], _tails[1] - _tails[2], _tails[0] - _tails[1], 1 - (2 * _tails[0]), _tails[0] - _tails[1], _tails[1] - _tails[2], _tails[2],
        ];
        double[,] even = new double[8, 8];
        for (int i = 0; i < 64; i++)
        {
            even[i / 8, i % 8] = 1.0 / 64;
        }

        return
        [
            GTest.Of(counts, [.. Enumerable.Repeat(1.0 / Cells, Cells)]).PValue,
            GTest.Of(tails, tailProbabilities).PValue,
            GTest.OfPairs(pairs, even).PValue,
            GTest.OfPairs(neighbours, even).PValue,
            TwoSided(sums[0] / count / Math.Sqrt(1 / count)),
            TwoSided(((sums[1] / count) - 1) / Math.Sqrt(2 / count)),
            TwoSided(sums[2] / count / Math.Sqrt(15 / count)),
            TwoSided(((sums[3] / count) - 3) / Math.Sqrt(96 / count)),
        ];
    }

    // The chi-square distribution of one degree of freedom is that of a squared normal number.
    private static double TwoSided(double z) => GTest.ChiSquareUpperTail(z * z, 1);

    private static double Quantile(double p) => p < 0.5 ? -MonteCarlo.StandardErrors(2 * p) : p == 0.5 ? 0 : MonteCarlo.StandardErrors(2 * (1 - p));

    private static void AssertCaught(Action<RandomStream, float[]> fill)
    {
        double least = PValues(fill, Rows / 8).Min();
        Assert.True(least < Budget.Caught, $"smallest p-value {least}");
    }
}
