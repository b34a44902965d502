using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Sampling;

/// <summary>
/// Which replica of a chain is at which level, and the swaps of neighbouring levels: replicas keep their rows and exchange their betas.
/// </summary>
/// <remarks>
/// Even sweeps propose the pairs (0,1), (2,3)..., odd ones (1,2), (3,4)...: the non-reversible order, in which replicas travel on
/// instead of diffusing. Source: Okabe et al. (2001); Syed et al. (2021), algorithm 1. Chains are independent: different threads may
/// swap different chains.
/// </remarks>
internal sealed class ReplicaExchange
{
    private const byte ComesFromCold = 1;
    private const byte ComesFromHot = 2;

    private readonly int _levels;
    private readonly ulong _seed;
    private readonly int[] _rowAtLevel;
    private readonly byte[] _comesFrom;
    private readonly long[] _energies;
    private TemperatureLadder _ladder;

    public ReplicaExchange(int chains, TemperatureLadder ladder, ulong seed)
    {
        _levels = ladder.Levels;
        _ladder = ladder;
        _seed = seed;
        int rows = chains * _levels;
        _rowAtLevel = new int[rows];
        _comesFrom = new byte[rows];
        _energies = new long[rows];
        Betas = new AlignedBuffer<float>(rows);
        Restart();
    }

    /// <summary>The betas of the levels.</summary>
    public TemperatureLadder Ladder => _ladder;

    /// <summary>A beta a row.</summary>
    public AlignedBuffer<float> Betas { get; }

    /// <summary>Chain c's rows, hottest first: a permutation of c levels to c levels + levels - 1.</summary>
    public Span<int> RowAtLevel => _rowAtLevel;

    /// <summary>The end that a row was at last: 0 for none, 1 for the coldest level, 2 for the hottest after the coldest.</summary>
    public Span<byte> ComesFrom => _comesFrom;

    /// <summary>U of each row in fixed point, as of the last swaps.</summary>
    public Span<long> Energies => _energies;

    /// <summary>Puts every replica at the level of its own number.</summary>
    public void Restart()
    {
        for (int row = 0; row < _rowAtLevel.Length; row++)
        {
            _rowAtLevel[row] = row;
        }

        _comesFrom.AsSpan().Clear();
        Spread();
    }

    /// <summary>Takes other betas for the same levels.</summary>
    public void Use(TemperatureLadder ladder)
    {
        _ladder = ladder;
        Spread();
    }

    /// <summary>Follows rows that were put back.</summary>
    /// <exception cref="ArgumentException">The rows of a chain aren't a permutation of its own.</exception>
    public void Resume()
    {
        bool[] seen = new bool[_rowAtLevel.Length];
        for (int i = 0; i < _rowAtLevel.Length; i++)
        {
            int row = _rowAtLevel[i];
            if (row < 0 || row / _levels != i / _levels || seen[row])
            {
                Throw.Argument("rows at levels", $"a permutation of the rows of chain {i / _levels}", $"{row} at level {i % _levels}");
            }

            seen[row] = true;
        }

        Spread();
    }

    /// <summary>One sweep's swaps of one chain, from <see cref="Energies"/>.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="sweep">The number of the sweep, which says which pairs are proposed.</param>
    /// <param name="scaleBits">Energies are in units of 2^-scaleBits.</param>
    /// <param name="statistics">Counts what happens.</param>
    public void Swap(int chain, long sweep, int scaleBits, ExchangeStatistics statistics)
    {
        Span<int> rows = _rowAtLevel.AsSpan(chain * _levels, _levels);
        Span<Int128> sums = statistics.EnergySums;
        for (int level = 0; level < rows.Length; level++)
        {
            sums[level] += (Int128)_energies[rows[level]] << (ExchangeStatistics.EnergyBits - scaleBits);
        }

        statistics.Samples++;
        RandomStream stream = new(_seed, StreamPurpose.TemperedSwap, sweep, chain);
        for (int low = (int)(sweep & 1); low + 1 < rows.Length; low += 2)
        {
            // log of the ratio of the products of densities after and before: (beta_i - beta_j) (U_i - U_j).
            double difference = Math.ScaleB((double)(_energies[rows[low]] - _energies[rows[low + 1]]), -scaleBits);
            double logRatio = (_ladder[low] - _ladder[low + 1]) * difference;
            statistics.ProposedCounts[low]++;
            if (logRatio >= 0 || stream.Uniform(low) < DoubleMath.Exp(logRatio))
            {
                statistics.AcceptedCounts[low]++;
                (rows[low], rows[low + 1]) = (rows[low + 1], rows[low]);
                Betas.Span[rows[low]] = _ladder.Betas[low];
                Betas.Span[rows[low + 1]] = _ladder.Betas[low + 1];
            }
        }

        FollowTrips(rows, statistics);
    }

    private void FollowTrips(Span<int> rows, ExchangeStatistics statistics)
    {
        if (rows.Length == 1)
        {
            return;
        }

        if (_comesFrom[rows[^1]] == ComesFromHot)
        {
            statistics.RoundTrips++;
        }

        _comesFrom[rows[^1]] = ComesFromCold;
        if (_comesFrom[rows[0]] == ComesFromCold)
        {
            _comesFrom[rows[0]] = ComesFromHot;
        }
    }

    private void Spread()
    {
        for (int i = 0; i < _rowAtLevel.Length; i++)
        {
            Betas.Span[_rowAtLevel[i]] = _ladder.Betas[i % _levels];
        }
    }
}
