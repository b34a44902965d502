using System.Numerics;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>Finds for rows the training row that differs in the fewest of the units that a mask gives.</summary>
internal sealed class NearestRows : ITeamTask
{
    private readonly BitMatrix _training;
    private readonly BitMatrix _rows;
    private readonly BitMatrix _given;
    private readonly int[] _results;
    private readonly bool _excludeSelf;
    private CancellationToken _cancellation;

    private NearestRows(BitMatrix training, BitMatrix rows, BitMatrix given, int[] results, bool excludeSelf)
    {
        _training = training;
        _rows = rows;
        _given = given;
        _results = results;
        _excludeSelf = excludeSelf;
    }

    /// <summary>Finds the nearest rows: the first of several.</summary>
    /// <param name="training">Where to look.</param>
    /// <param name="rows">What for.</param>
    /// <param name="given">Which units count: a row for each row, or one for all.</param>
    /// <param name="results">The nearest training row of each row, written; where a number is given before, that training row doesn't count.</param>
    /// <param name="excludeSelf">Whether numbers are given.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellation">Stops.</param>
    public static void Find(
        BitMatrix training, BitMatrix rows, BitMatrix given, int[] results, bool excludeSelf, int threads, CancellationToken cancellation)
    {
        using ThreadTeam team = new(threads);
        team.Run(new NearestRows(training, rows, given, results, excludeSelf) { _cancellation = cancellation });
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Rows as words.</summary>
    public static BitMatrix Copy(IVisibleRows rows)
    {
        BitMatrix copy = new(rows.Rows, rows.Columns);
        for (int row = 0; row < rows.Rows; row++)
        {
            rows.CopyBits(row, copy.Row(row));
        }

        return copy;
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_rows.Rows, member, members);
        for (int row = first; row < end && !_cancellation.IsCancellationRequested; row++)
        {
            _results[row] = Nearest(_rows.Row(row), _given.Row(_given.Rows == 1 ? 0 : row), _excludeSelf ? _results[row] : -1);
        }
    }

    private int Nearest(ReadOnlySpan<ulong> row, ReadOnlySpan<ulong> given, int excluded)
    {
        int nearest = -1;
        int least = int.MaxValue;
        for (int other = 0; other < _training.Rows; other++)
        {
            ReadOnlySpan<ulong> candidate = _training.Row(other);
            int distance = 0;
            for (int word = 0; word < row.Length; word++)
            {
                distance += BitOperations.PopCount((row[word] ^ candidate[word]) & given[word]);
            }

            if (distance < least && other != excluded)
            {
                least = distance;
                nearest = other;
            }
        }

        return nearest;
    }
}
