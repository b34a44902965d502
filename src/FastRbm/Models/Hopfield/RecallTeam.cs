using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Models.Hopfield;

/// <summary>Recalls many probes on a team of threads, each probe from beginning to end by one of them.</summary>
public abstract class RecallTeam : IDisposable
{
    private readonly ThreadTeam _team;
    private readonly Task _task;
    private readonly BitMatrix _patterns;

    /// <summary>Starts the threads.</summary>
    private protected RecallTeam(RecallOptions options, BitMatrix patterns)
    {
        Options = options;
        _patterns = patterns;
        _task = new Task(this);
        _team = new ThreadTeam(options.Threads);
        Orders = OrdersOf(options, patterns.Columns);
    }

    /// <summary>How it recalls.</summary>
    public RecallOptions Options { get; }

    /// <summary>The orders of the units, one after the other; none for ascending.</summary>
    private protected int[] Orders { get; }

    /// <summary>Recalls probes.</summary>
    /// <param name="probes">A row a probe; may be the result's own states.</param>
    /// <param name="result">As many rows, overwritten.</param>
    /// <param name="progress">Told the share that is done now and then, or null.</param>
    /// <param name="cancellation">Stops between two probes; the result is then in between.</param>
    /// <remarks>Allocates nothing. One call at a time. The same bits for any number of threads and at every SIMD level.</remarks>
    /// <exception cref="ArgumentException">Sizes differ.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Run(BitMatrix probes, RecallResult result, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(probes);
        ArgumentNullException.ThrowIfNull(result);
        if (probes.Columns != _patterns.Columns)
        {
            Throw.Argument(nameof(probes), $"{_patterns.Columns} units, as many as the network has", $"{probes.Columns}");
        }

        if (result.Rows != probes.Rows || result.States.Columns != probes.Columns)
        {
            Throw.Argument(nameof(result), $"room for {probes.Rows} rows of {probes.Columns} units", $"{result.Rows} of {result.States.Columns}");
        }

        if (!ReferenceEquals(probes, result.States))
        {
            for (int row = 0; row < probes.Rows; row++)
            {
                probes.Row(row).CopyTo(result.States.Row(row));
            }
        }

        _task.Result = result;
        _task.Progress = progress;
        _task.Cancellation = cancellation;
        _team.Run(_task);
        _task.Result = null;
        _task.Progress = null;
    }

    /// <summary>Recalls probes into a new result.</summary>
    /// <param name="probes">A row a probe.</param>
    /// <param name="progress">Told the share that is done now and then, or null.</param>
    /// <param name="cancellation">Stops between two probes.</param>
    /// <returns>What became of them.</returns>
    /// <exception cref="ArgumentException">The number of units differs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RecallResult Run(BitMatrix probes, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(probes);
        RecallResult result = new(probes.Rows, _patterns.Columns);
        Run(probes, result, progress, cancellation);
        return result;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the threads.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _team.Dispose();
        }
    }

    /// <summary>Recalls one row of a result's states in place.</summary>
    private protected abstract void Recall(int member, int row, RecallResult result);

    /// <summary>The pattern that differs in the fewest units, the first of equals; -1 if there are none.</summary>
    private protected int Nearest(ReadOnlySpan<ulong> state, out int distance)
    {
        int nearest = -1;
        distance = int.MaxValue;
        for (int pattern = 0; pattern < _patterns.Rows; pattern++)
        {
            int different = BitCounts.Different(state, _patterns.Row(pattern));
            if (different < distance)
            {
                (nearest, distance) = (pattern, different);
            }
        }

        distance = nearest < 0 ? 0 : distance;
        return nearest;
    }

    /// <summary>The orders that options ask for: a random one is shuffled by Fisher and Yates' method, drawn from (seed, sweep).</summary>
    internal static int[] OrdersOf(RecallOptions options, int units)
    {
        if (options.Mode == RecallMode.Synchronous || options.Order == RecallOrder.Ascending)
        {
            return [];
        }

        if (options.GivenOrder is { } given)
        {
            return [.. given];
        }

        int count = Math.Min(options.MostSweeps, RecallOptions.MostRandomOrders);
        int[] orders = new int[count * units];
        for (int sweep = 0; sweep < count; sweep++)
        {
            RandomStream stream = new(options.Seed, StreamPurpose.HopfieldOrder, sweep, 0);
            Span<int> order = orders.AsSpan(sweep * units, units);
            for (int k = 0; k < units; k++)
            {
                int place = stream.Below(k, k + 1);
                order[k] = order[place];
                order[place] = k;
            }
        }

        return orders;
    }

    private sealed class Task(RecallTeam owner) : ITeamTask
    {
        private const int RowsBetweenReports = 16;

        public RecallResult? Result { get; set; }

        public IProgress<double>? Progress { get; set; }

        public CancellationToken Cancellation { get; set; }

        public void Run(int member, int members)
        {
            RecallResult result = Result!;
            (int first, int end) = ThreadTeam.Share(result.Rows, member, members);
            for (int row = first; row < end; row++)
            {
                Cancellation.ThrowIfCancellationRequested();
                owner.Recall(member, row, result);
                if (member == 0 && (row - first) % RowsBetweenReports == 0)
                {
                    Progress?.Report((double)(row - first + 1) / (end - first));
                }
            }
        }
    }
}
