using FastRbm.Kernels.Elementary;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Sums of exponentials of overlaps in double, over ascending distances, as multiples of the nearest pattern's.</summary>
/// <remarks>
/// With e_d = exp(-2 beta (d - d0)) and d0 the nearest distance, a pattern at d that agrees with a unit adds e_d (1 - exp(-2 beta)) to what its flip costs, another
/// one takes e_d (exp(2 beta) - 1). Sums end where all that is left couldn't change a sign: what is skipped is at most sum n_d e_d (exp(2 beta) - 1).
/// </remarks>
internal sealed class ExponentialWorker : DenseWorker
{
    // The sum of what is skipped is rounded itself, and so are the sums that it would be added to.
    private const double Margin = 1 + 1e-6;

    private readonly double[] _table;
    private readonly double[] _left;
    private readonly double[] _sums;
    private readonly double _agreeing;
    private readonly double _other;
    private int _nearest;

    /// <summary>Allocates the scratch memory.</summary>
    public ExponentialWorker(BitMatrix patterns, double beta)
        : base(patterns)
    {
        _sums = new double[patterns.Columns];
        _left = new double[patterns.Columns + 2];
        _table = new double[patterns.Columns + 1];
        for (int distance = 0; distance < _table.Length; distance++)
        {
            _table[distance] = DoubleMath.Exp(-2 * beta * distance);
        }

        _agreeing = 1 - DoubleMath.Exp(-2 * beta);
        _other = DoubleMath.Exp(2 * beta) - 1;
    }

    /// <inheritdoc/>
    private protected override void Begin(ReadOnlySpan<long> counts)
    {
        Array.Clear(_sums);
        _nearest = counts.IndexOfAnyExcept(0L);
        double left = 0;
        for (int distance = counts.Length - 1; distance >= _nearest; distance--)
        {
            left += counts[distance] * _table[distance - _nearest];
            _left[distance] = left * _other * Margin;
        }
    }

    /// <inheritdoc/>
    private protected override void Add(int unit, int distance, long agreeing, long others)
    {
        double weight = _table[distance - _nearest];
        _sums[unit] += ((agreeing * _agreeing) - (others * _other)) * weight;
    }

    /// <inheritdoc/>
    private protected override bool Wants(int unit) => _sums[unit] < 0;

    /// <inheritdoc/>
    private protected override bool IsDecided(int distance, int firstUnit, int endUnit)
    {
        double left = _left[distance];
        for (int unit = firstUnit; unit < endUnit; unit++)
        {
            if (Math.Abs(_sums[unit]) <= left)
            {
                return false;
            }
        }

        return true;
    }
}
