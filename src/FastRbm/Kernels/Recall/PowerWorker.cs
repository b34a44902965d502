using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Sums of powers of overlaps, in exact integers of 128 bits.</summary>
internal sealed class PowerWorker : DenseWorker
{
    private readonly Int128[] _powers;
    private readonly Int128[] _sums;

    /// <summary>Allocates the scratch memory.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="powers">F(N - 2 d) at place d.</param>
    public PowerWorker(BitMatrix patterns, Int128[] powers)
        : base(patterns)
    {
        _powers = powers;
        _sums = new Int128[patterns.Columns];
    }

    /// <inheritdoc/>
    private protected override void Begin(ReadOnlySpan<long> counts) => Array.Clear(_sums);

    /// <inheritdoc/>
    private protected override void Add(int unit, int distance, long agreeing, long others)
    {
        // A pattern that agrees is one unit farther after the flip, another one nearer: neither is possible beyond the ends.
        if (agreeing != 0)
        {
            _sums[unit] += agreeing * (_powers[distance] - _powers[distance + 1]);
        }

        if (others != 0)
        {
            _sums[unit] -= others * (_powers[distance - 1] - _powers[distance]);
        }
    }

    /// <inheritdoc/>
    private protected override bool Wants(int unit) => _sums[unit] < 0;

    /// <inheritdoc/>
    private protected override bool IsDecided(int distance, int firstUnit, int endUnit) => false;
}
