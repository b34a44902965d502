using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Evaluation.Boltzmann;

/// <summary>The pseudo-likelihood of rows: sum over units of log p(x_i | all others), of machines of any size.</summary>
/// <remarks>Inputs are sums of the integer copy. Source: Besag, "Statistical analysis of non-lattice data" (1975).</remarks>
public static class BoltzmannPseudoLikelihood
{
    /// <summary>Evaluates a machine on rows.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rows">Rows of bits; up or down for spins.</param>
    /// <returns>The figures, exact.</returns>
    /// <exception cref="ArgumentException">The rows aren't states of the machine.</exception>
    public static PseudoLikelihoodReport Evaluate(BoltzmannMachine machine, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(machine);
        BoltzmannChains.CheckRows(rows, machine);
        ulong[] states = new ulong[BitMatrix.WordsFor(machine.Units)];
        int[] sums = new int[machine.FixedPoint.Stride];
        double mean = 0;
        double squares = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, states);
            double value = machine.LogPseudoLikelihood(states, sums);
            double difference = value - mean;
            mean += difference / (row + 1);
            squares += difference * (value - mean);
        }

        double? error = rows.Rows > 1 ? Math.Sqrt(squares / ((double)rows.Rows * (rows.Rows - 1))) : null;
        return new PseudoLikelihoodReport(rows.Rows, mean, error, "exact");
    }
}
