using System.Runtime.InteropServices;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>Many independent Gibbs chains of one Boltzmann machine: a sweep draws every unit once given all others.</summary>
/// <remarks>
/// Inputs are exact integer sums: in sequential sweeps they run along with every flip, in coloured ones all units of a colour have them
/// from the same states. The states after any number of sweeps are a function of machine, sweep, seed, start and chain number alone: not
/// of threads, SIMD level, or how sweeps were cut into calls. A run allocates nothing. Threads share coloured chains one by one,
/// sequential ones in groups of 64. Not thread-safe; dispose it to end its threads.
/// </remarks>
public sealed class BoltzmannChains : IDisposable
{
    private readonly BoltzmannMachine _machine;
    private readonly BoltzmannEngine _engine;
    private readonly ulong _seed;

    /// <summary>Makes chains that start at random: every unit up with probability one half.</summary>
    /// <param name="machine">The machine. It must not be edited while sweeps run; edits between runs are followed.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; little work uses one. States don't depend on it.</param>
    /// <param name="sweep">The order of units; null for <see cref="BoltzmannSweep.For"/>.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the sweep isn't one of this machine.</exception>
    public BoltzmannChains(BoltzmannMachine machine, int chains, ulong seed, int threads = 1, BoltzmannSweep? sweep = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        _machine = machine;
        _seed = seed;
        Sweep = sweep ?? BoltzmannSweep.For(machine.Graph);
        _engine = new BoltzmannEngine(machine, chains, Sweep, seed, StreamPurpose.BoltzmannSample, StreamPurpose.BoltzmannTie, threads);
        FillRandom(States, seed, StreamPurpose.BoltzmannStart, 0);
    }

    /// <summary>The order of units.</summary>
    public BoltzmannSweep Sweep { get; }

    /// <summary>The states, a chain a row: bits of 1 are 1 or, of spins, up. Writing to them changes no chain; see <see cref="StartFrom"/>.</summary>
    public BitMatrix States => _engine.States;

    /// <summary>The number of chains.</summary>
    public int Chains => States.Rows;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>The vector width, for tests.</summary>
    internal SimdLevel Level
    {
        get => _engine.Level;
        set => _engine.Level = value;
    }

    /// <summary>Puts the chains at rows of data: chain c at row c, beginning again when the rows run out.</summary>
    /// <param name="rows">Rows of bits; up or down for spins.</param>
    /// <exception cref="ArgumentException">The rows aren't bits, there are none, or their width isn't the machine's.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        CheckRows(rows, _machine);
        for (int chain = 0; chain < Chains; chain++)
        {
            rows.CopyBits(chain % rows.Rows, States.Row(chain));
        }

        _engine.Changed();
    }

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps)
    {
        Throw.IfLess(sweeps, 0);
        _engine.Run(Sweeps, sweeps);
        Sweeps += sweeps;
    }

    /// <summary>Runs sweeps and records the energy of every chain after each: draws for <c>ChainDiagnostics</c>.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    /// <returns>E in nats of the integer copy, a chain a row, a sweep a column. Allocated here.</returns>
    public double[,] RunRecording(int sweeps)
    {
        Throw.IfLess(sweeps, 0);
        double[] series = new double[checked(Chains * sweeps)];
        _engine.Run(Sweeps, sweeps, series: series);
        Sweeps += sweeps;
        double[,] energies = new double[Chains, sweeps];
        if (series.Length > 0)
        {
            series.CopyTo(MemoryMarshal.CreateSpan(ref energies[0, 0], series.Length));
        }

        return energies;
    }

    /// <summary>E of every chain's present state.</summary>
    /// <param name="energies">A number a chain, in nats, of the integer copy.</param>
    public void Energies(Span<double> energies)
    {
        Throw.IfLengthDiffers(energies.Length, Chains, nameof(energies));
        _engine.Run(Sweeps, 0, energies: true);
        for (int chain = 0; chain < energies.Length; chain++)
        {
            energies[chain] = _engine.EnergyOf(chain);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _engine.Dispose();

    /// <summary>Fills rows with fair bits.</summary>
    internal static void FillRandom(BitMatrix states, ulong seed, StreamPurpose purpose, long step)
    {
        for (int row = 0; row < states.Rows; row++)
        {
            RandomStream stream = new(seed, purpose, step, row);
            Span<ulong> words = states.Row(row);
            for (int word = 0; word < words.Length; word++)
            {
                words[word] = ((ulong)stream.Bits(2L * word) << 32) | stream.Bits((2L * word) + 1);
            }

            words[^1] &= BitMatrix.LastWordMask(states.Columns);
        }
    }

    /// <summary>Refuses rows that aren't states of the machine.</summary>
    internal static void CheckRows(IVisibleRows rows, BoltzmannMachine machine)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        if (rows.Columns != machine.Units)
        {
            Throw.Argument(nameof(rows), $"rows of {machine.Units} values, the machine's units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1, down and up for spins", "other values; binarize them first");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
    }
}
