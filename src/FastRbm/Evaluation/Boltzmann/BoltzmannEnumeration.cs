using FastRbm.Kernels.Enumeration;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Evaluation.Boltzmann;

/// <summary>log Z, moments and likelihoods of small Boltzmann machines by going through all 2^N states, in double.</summary>
/// <remarks>
/// Takes some 15 ns a state. The same bits for any number of threads. Allocates tables of up to a few megabytes. Thread-safe while nobody
/// edits the machine. Float parameters are taken as exact.
/// </remarks>
public static class BoltzmannEnumeration
{
    /// <summary>The most units.</summary>
    public const int MostUnits = PairStates.MostUnits;

    /// <summary>log Z.</summary>
    /// <param name="machine">A machine of at most <see cref="MostUnits"/> units.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>log Z in nats.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The machine has too many units.</exception>
    public static double LogPartitionFunction(
        BoltzmannMachine machine, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        using PairStates states = new(machine.Units, threads, moments: false);
        BoltzmannBits bits = Bits(machine);
        states.Run(bits.Couplings, bits.Biases, moments: false, progress, cancellation);
        return states.LogPartitionFunction + bits.Shift;
    }

    /// <summary>log Z, means (which are the marginals) and pair means.</summary>
    /// <param name="machine">A machine of at most <see cref="MostUnits"/> units.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The machine has too many units.</exception>
    public static BoltzmannMoments Moments(
        BoltzmannMachine machine, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(machine);
        using PairStates states = new(machine.Units, threads, moments: true);
        BoltzmannBits bits = Bits(machine);
        states.Run(bits.Couplings, bits.Biases, moments: true, progress, cancellation);
        int units = machine.Units;
        bool spins = machine.Kind == UnitKind.Spin;
        double[] means = new double[units];
        double[,] pairs = new double[units, units];
        for (int i = 0; i < units; i++)
        {
            double own = states.Pairs[(i * units) + i];
            means[i] = spins ? (2 * own) - 1 : own;
            for (int j = 0; j < units; j++)
            {
                double pair = states.Pairs[(i * units) + j];
                pairs[i, j] = spins ? 1 - (2 * (own - pair + states.Pairs[(j * units) + j] - pair)) : pair;
            }
        }

        return new BoltzmannMoments(states.LogPartitionFunction + bits.Shift, means, pairs);
    }

    /// <summary>The mean log-likelihood of rows: -E(x) - log Z.</summary>
    /// <param name="machine">A machine of at most <see cref="MostUnits"/> units.</param>
    /// <param name="rows">Rows of bits; up or down for spins.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The figures; the free energy of a machine without hidden units is its energy.</returns>
    /// <exception cref="ArgumentException">The rows aren't states of the machine, or it has too many units.</exception>
    public static LikelihoodReport Evaluate(
        BoltzmannMachine machine, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        double energy = MeanEnergy(machine, rows);
        double logPartition = LogPartitionFunction(machine, threads, progress, cancellation);
        return new LikelihoodReport(rows.Rows, energy, logPartition, -energy - logPartition, "exact");
    }

    /// <summary>The mean of E(x) over rows, in nats.</summary>
    /// <param name="machine">A machine of any size.</param>
    /// <param name="rows">Rows of bits; up or down for spins.</param>
    /// <returns>The mean.</returns>
    /// <exception cref="ArgumentException">The rows aren't states of the machine.</exception>
    public static double MeanEnergy(BoltzmannMachine machine, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(machine);
        BoltzmannChains.CheckRows(rows, machine);
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double sum = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, states);
            sum += machine.Energy(states);
        }

        return sum / rows.Rows;
    }

    private static BoltzmannBits Bits(BoltzmannMachine machine)
    {
        BoltzmannBits bits = new(machine);
        bits.Follow();
        return bits;
    }
}
