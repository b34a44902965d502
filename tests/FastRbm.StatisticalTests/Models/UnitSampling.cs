using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Models;

/// <summary>Draws of one unit, or of one group, counted in cells.</summary>
internal static class UnitSampling
{
    /// <summary>A sampler of one row: what <see cref="UnitLayer.Sample"/> looks like, or a mutant of it.</summary>
    public delegate void RowSampler(ReadOnlySpan<float> inputs, RandomStream draws, RandomStream ties, Span<float> states);

    /// <summary>The production sampler of a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="total">The total of a row, where it is given.</param>
    public static RowSampler Of(UnitLayer layer, double total = 0) => (inputs, draws, ties, states) => layer.Sample(inputs, total, draws, ties, states);

    /// <summary>Draws rows, one chain after the other.</summary>
    public static IEnumerable<float[]> Rows(RowSampler sampler, float[] inputs, int rows, ulong seed)
    {
        for (int row = 0; row < rows; row++)
        {
            float[] states = new float[inputs.Length];
            sampler(inputs, new RandomStream(seed, StreamPurpose.HiddenSample, 7, row), new RandomStream(seed, StreamPurpose.HiddenTie, 7, row), states);
            yield return states;
        }
    }

    /// <summary>The p-value of draws of a real number against cells of its distribution.</summary>
    /// <param name="values">The draws.</param>
    /// <param name="edges">Ascending; the cells lie between them, and below the first and above the last.</param>
    /// <param name="probabilities">Of each cell, one more than edges.</param>
    public static double PValue(IEnumerable<double> values, double[] edges, double[] probabilities)
    {
        long[] counts = new long[probabilities.Length];
        foreach (double value in values)
        {
            int place = Array.BinarySearch(edges, value);
            counts[place >= 0 ? place + 1 : ~place]++;
        }

        return GTest.Of(counts, probabilities).PValue;
    }

    /// <summary>Probabilities of the cells of exp(I x - U(x)) by Simpson's rule, an atom at 0 apart.</summary>
    /// <param name="logDensity">I x - U(x), without its normalisation.</param>
    /// <param name="from">Below this the density is nothing.</param>
    /// <param name="to">Above this the density is nothing.</param>
    /// <param name="edges">Ascending; the density may have a corner at an edge, not between.</param>
    public static double[] Cells(Func<double, double> logDensity, double from, double to, double[] edges)
    {
        const int Panels = 400;
        double[] bounds = [from, .. edges, to];
        double[] cells = new double[bounds.Length - 1];
        for (int cell = 0; cell < cells.Length; cell++)
        {
            double step = Math.Max(bounds[cell + 1] - bounds[cell], 0) / (2 * Panels);
            for (int i = 0; i <= 2 * Panels; i++)
            {
                int weight = i is 0 or 2 * Panels ? 1 : (i % 2 == 1 ? 4 : 2);
                cells[cell] += weight * step / 3 * Math.Exp(logDensity(bounds[cell] + (i * step)));
            }
        }

        return cells;
    }

    /// <summary>Divides by the sum.</summary>
    public static double[] Normalised(double[] weights) => Array.ConvertAll(weights, weight => weight / weights.Sum());
}
