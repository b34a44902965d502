using FastRbm.Errors;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>Parallel tempering of a Boltzmann machine: chains of one replica a level, whose product of p_beta(x) ~ exp(-beta E(x)) they leave invariant.</summary>
/// <remarks>
/// <para>A sweep draws every unit of every replica once; then neighbouring levels propose to swap, accepted with probability
/// min(1, exp((beta_i - beta_j)(E_i - E_j))), even sweeps the pairs (0,1), (2,3)..., odd ones (1,2), (3,4).... Energies are exact integers.
/// Replicas keep their rows and exchange betas. The hottest level with beta 0 draws fair units.</para>
/// <para>States and counts are a function of machine, sweep, ladder, seed and chain number alone. A run allocates nothing. Not thread-safe;
/// dispose it to end its threads. Sources: Swendsen and Wang (1986); Geyer (1991); Syed et al. (2021).</para>
/// </remarks>
public sealed class BoltzmannTempering : IDisposable
{
    private readonly BoltzmannMachine _machine;
    private readonly BoltzmannEngine _engine;
    private readonly ReplicaExchange _exchange;

    /// <summary>Makes chains whose replicas start at random: every unit up with probability one half.</summary>
    /// <param name="machine">The machine. It must not be edited while sweeps run; edits between runs are followed.</param>
    /// <param name="chains">Independent chains, each of all levels, at least 1.</param>
    /// <param name="ladder">The inverse temperatures.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1. States don't depend on it.</param>
    /// <param name="sweep">The order of units; null for <see cref="BoltzmannSweep.For"/>.</param>
    /// <exception cref="ArgumentException">A number is out of range, or the sweep isn't one of this machine.</exception>
    public BoltzmannTempering(BoltzmannMachine machine, int chains, TemperatureLadder ladder, ulong seed, int threads = 1, BoltzmannSweep? sweep = null)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(ladder);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        if ((long)chains * ladder.Levels > int.MaxValue)
        {
            Throw.OutOfRange(nameof(chains), $"at most {int.MaxValue / ladder.Levels} for {ladder.Levels} levels", chains);
        }

        _machine = machine;
        _engine = new BoltzmannEngine(
            machine, chains * ladder.Levels, sweep ?? BoltzmannSweep.For(machine.Graph), seed, StreamPurpose.BoltzmannTempered,
            StreamPurpose.BoltzmannTemperedTie, threads);
        _exchange = new ReplicaExchange(chains, ladder, seed);
        Statistics = new ExchangeStatistics(ladder.Levels);
        States = new BitMatrix(chains, machine.Units);
        BoltzmannChains.FillRandom(_engine.States, seed, StreamPurpose.BoltzmannStart, 1);
        CopyCold();
    }

    /// <summary>The states at beta 1, a chain a row, refreshed by <see cref="Run"/>.</summary>
    public BitMatrix States { get; }

    /// <summary>The inverse temperatures.</summary>
    public TemperatureLadder Ladder => _exchange.Ladder;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>What was counted so far.</summary>
    public ExchangeStatistics Statistics { get; }

    /// <summary>The vector width, for tests.</summary>
    internal SimdLevel Level
    {
        get => _engine.Level;
        set => _engine.Level = value;
    }

    /// <summary>All replicas, for tests: chain c's at level l is row RowAtLevel[c levels + l].</summary>
    internal BitMatrix Replicas => _engine.States;

    /// <summary>The rows of each chain's replicas, hottest first.</summary>
    internal Span<int> RowAtLevel => _exchange.RowAtLevel;

    /// <summary>Says that replicas were written, for tests.</summary>
    internal void Changed() => _engine.Changed();

    /// <summary>Runs sweeps, each with its swaps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps)
    {
        Throw.IfLess(sweeps, 0);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            _exchange.Betas.Span.CopyTo(_engine.Betas);
            _engine.Run(Sweeps, 1, energies: true);
            for (int row = 0; row < _engine.Energies.Length; row++)
            {
                _exchange.Energies[row] = -_engine.Energies[row];
            }

            for (int chain = 0; chain < States.Rows; chain++)
            {
                _exchange.Swap(chain, Sweeps, _machine.FixedPoint.BitScaleBits, Statistics);
            }

            Sweeps++;
        }

        CopyCold();
    }

    /// <summary>Adapts the inner levels to equal swap rates: rounds of sweeps, each twice as long, with a new ladder after each; then resets the statistics.</summary>
    /// <param name="rounds">How often, 0 or more.</param>
    /// <param name="firstSweeps">Sweeps of the first round, at least 2, in which every pair is proposed.</param>
    /// <param name="cancellation">Asked before every round.</param>
    public void Tune(int rounds, int firstSweeps, CancellationToken cancellation = default)
    {
        Throw.IfOutside(rounds, 0, 20);
        Throw.IfLess(firstSweeps, 2);
        for (int round = 0; round < rounds && Ladder.Levels > 1; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            Statistics.Reset();
            Run(firstSweeps << round);
            _exchange.Use(Ladder.Adapted(Statistics.Proposed, Statistics.Accepted));
        }

        Statistics.Reset();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _engine.Dispose();

    private void CopyCold()
    {
        int levels = Ladder.Levels;
        for (int chain = 0; chain < States.Rows; chain++)
        {
            _engine.States.Row(_exchange.RowAtLevel[(chain * levels) + levels - 1]).CopyTo(States.Row(chain));
        }
    }
}
