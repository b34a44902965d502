using FastRbm.Errors;

namespace FastRbm.Sampling;

/// <summary>What tempered chains counted since the last reset: swaps of each pair of levels, round trips, energies of each level.</summary>
/// <remarks>
/// All are sums of integers, so they don't depend on threads or on how sweeps were cut into calls. Read between runs; not thread-safe.
/// </remarks>
public sealed class ExchangeStatistics
{
    /// <summary>Energies are summed in units of 2^-30, the finest that fixed-point weights have, so that a model may change its scale.</summary>
    internal const int EnergyBits = 30;

    private readonly long[] _proposed;
    private readonly long[] _accepted;
    private readonly Int128[] _energies;

    internal ExchangeStatistics(int levels)
    {
        _proposed = new long[levels - 1];
        _accepted = new long[levels - 1];
        _energies = new Int128[levels];
    }

    /// <summary>Swaps proposed, a number a pair: pair k is levels k and k + 1.</summary>
    public ReadOnlySpan<long> Proposed => _proposed;

    /// <summary>Swaps accepted, a number a pair.</summary>
    public ReadOnlySpan<long> Accepted => _accepted;

    /// <summary>How often a replica came back to the coldest level after it had been there and then at the hottest.</summary>
    public long RoundTrips { get; internal set; }

    /// <summary>States of each level that were counted: chains x sweeps.</summary>
    public long Samples { get; internal set; }

    internal Span<long> ProposedCounts => _proposed;

    internal Span<long> AcceptedCounts => _accepted;

    /// <summary>Sums of U in units of 2^-30, a level each.</summary>
    internal Span<Int128> EnergySums => _energies;

    /// <summary>The share of proposed swaps that were accepted.</summary>
    /// <param name="pair">From 0 to levels - 2: the pair of levels pair and pair + 1.</param>
    /// <returns>From 0 to 1; null when none was proposed.</returns>
    public double? SwapRate(int pair)
    {
        CheckIndex(pair, _proposed.Length, nameof(pair));
        return _proposed[pair] == 0 ? null : _accepted[pair] / (double)_proposed[pair];
    }

    /// <summary>
    /// The mean of U(v,h) = E(v,h) + a0.v at a level, in nats, by the fixed-point weights. Where a0 is zero it is the energy; its
    /// integral over beta from 0 to 1 is log Z_0 - log Z.
    /// </summary>
    /// <param name="level">From 0, the hottest, to levels - 1.</param>
    /// <returns>The mean over the states of that level; null when there were none.</returns>
    public double? MeanEnergy(int level)
    {
        CheckIndex(level, _energies.Length, nameof(level));
        return Samples == 0 ? null : Math.ScaleB((double)_energies[level], -EnergyBits) / Samples;
    }

    internal void Reset()
    {
        _proposed.AsSpan().Clear();
        _accepted.AsSpan().Clear();
        _energies.AsSpan().Clear();
        RoundTrips = 0;
        Samples = 0;
    }

    /// <summary>Takes over what another one counted, which then begins anew.</summary>
    internal void Take(ExchangeStatistics other)
    {
        for (int pair = 0; pair < _proposed.Length; pair++)
        {
            _proposed[pair] += other._proposed[pair];
            _accepted[pair] += other._accepted[pair];
        }

        for (int level = 0; level < _energies.Length; level++)
        {
            _energies[level] += other._energies[level];
        }

        RoundTrips += other.RoundTrips;
        Samples += other.Samples;
        other.Reset();
    }

    private static void CheckIndex(int index, int count, string name)
    {
        if ((uint)index >= (uint)count)
        {
            Throw.OutOfRange(name, $"from 0 to {count - 1}", index);
        }
    }
}
