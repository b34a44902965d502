using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Training.Boltzmann;

/// <summary>Where training starts.</summary>
public static class BoltzmannInitializer
{
    /// <summary>All couplings 0, and biases for which independent units have the means of the data: log((n_1 + 1/2) / (n_0 + 1/2)), half of it for spins.</summary>
    /// <param name="machine">The machine, overwritten.</param>
    /// <param name="rows">Rows of bits; up or down for spins.</param>
    /// <exception cref="ArgumentException">The rows aren't states of the machine.</exception>
    public static void Initialize(BoltzmannMachine machine, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(machine);
        BoltzmannChains.CheckRows(rows, machine);
        int[] counts = new int[machine.Units];
        Count(rows, counts);
        machine.Edit((weights, biases) =>
        {
            weights.Clear();
            for (int unit = 0; unit < biases.Length; unit++)
            {
                double odds = DoubleMath.Log(counts[unit] + 0.5) - DoubleMath.Log(rows.Rows - counts[unit] + 0.5);
                biases[unit] = (float)(machine.Kind == UnitKind.Spin ? odds / 2 : odds);
            }
        });
    }

    /// <summary>Counts ones a column.</summary>
    internal static void Count(IVisibleRows rows, int[] counts)
    {
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, states);
            for (int unit = 0; unit < counts.Length; unit++)
            {
                counts[unit] += (int)(states[unit >> 6] >> (unit & 63) & 1);
            }
        }
    }
}
