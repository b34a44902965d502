using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Threading;

namespace FastRbm.Kernels.Enumeration;

/// <summary>log Z by the blocks of the smaller layer's states. Not thread-safe.</summary>
internal sealed class LogPartitionSum : ITeamTask
{
    /// <summary>Rounds of an enumeration whose progress is told.</summary>
    private const int Rounds = 64;

    private readonly EnumerationTables _tables;
    private readonly ThreadTeam _team;
    private readonly StateBlock[] _blocks;
    private readonly double[] _sums;
    private readonly double[] _scales;
    private CancellationToken _cancellation;
    private int _first;
    private int _end;

    /// <summary>Allocates a block for each thread.</summary>
    /// <param name="tables">What states are enumerated from.</param>
    /// <param name="team">Who does it.</param>
    /// <param name="level">The vector width.</param>
    public LogPartitionSum(EnumerationTables tables, ThreadTeam team, SimdLevel level)
    {
        _tables = tables;
        _team = team;
        _blocks = new StateBlock[_team.Members];
        for (int member = 0; member < _blocks.Length; member++)
        {
            _blocks[member] = new StateBlock(tables, level);
        }

        _sums = new double[tables.Tops];
        _scales = new double[tables.Tops];
    }

    /// <summary>Computes log Z of the tables as they are loaded.</summary>
    /// <param name="progress">Told the share of the states that is done; or null.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>log Z in nats.</returns>
    public double Compute(IProgress<double>? progress, CancellationToken cancellation)
    {
        Weigh(progress, cancellation);
        double largest = double.NegativeInfinity;
        foreach (double scale in _scales)
        {
            largest = Math.Max(largest, scale);
        }

        double sum = 0;
        for (int top = 0; top < _sums.Length; top++)
        {
            sum += _sums[top] * StateBlock.Shrink(_tables, largest - _scales[top]);
        }

        return Math.FusedMultiplyAdd(largest, StateBlock.NatsPerScale(_tables), DoubleMath.Log(sum));
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_end - _first, member, members);
        for (int top = _first + first; top < _first + end && !_cancellation.IsCancellationRequested; top++)
        {
            (_sums[top], _scales[top]) = _blocks[member].Weigh(top);
        }
    }

    private void Weigh(IProgress<double>? progress, CancellationToken cancellation)
    {
        int count = _tables.Tops;
        _cancellation = cancellation;

        // Cancellation is looked at before every block; threads meet in between only to tell progress.
        int atOnce = progress is null ? count : Math.Max(4 * _team.Members, (count + Rounds - 1) / Rounds);
        for (_first = 0; _first < count; _first = _end)
        {
            _end = Math.Min(count, _first + atOnce);
            _team.Run(this);
            cancellation.ThrowIfCancellationRequested();
            progress?.Report((double)_end / count);
        }
    }
}
