using System.Numerics;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>Rows in which the same values are missing.</summary>
/// <param name="Missing">The missing units, ascending.</param>
/// <param name="Rows">The rows, ascending.</param>
internal sealed record RowGroup(int[] Missing, IReadOnlyList<int> Rows)
{
    /// <summary>Groups rows, in the order of their first rows.</summary>
    public static List<RowGroup> Of(IVisibleRows rows)
    {
        Dictionary<string, List<int>> found = new(StringComparer.Ordinal);
        List<RowGroup> groups = [];
        ulong[] observed = new ulong[BitMatrix.WordsFor(rows.Columns)];
        for (int row = 0; row < rows.Rows; row++)
        {
            PartialRows.CopyObserved(rows, row, observed);
            string key = Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(observed.AsSpan()));
            if (!found.TryGetValue(key, out List<int>? members))
            {
                members = [];
                found.Add(key, members);
                groups.Add(new RowGroup(Zeros(observed, rows.Columns), members));
            }

            members.Add(row);
        }

        return groups;
    }

    private static int[] Zeros(ReadOnlySpan<ulong> observed, int columns)
    {
        List<int> zeros = [];
        for (int word = 0; word < observed.Length; word++)
        {
            ulong missing = ~observed[word] & (word == observed.Length - 1 ? BitMatrix.LastWordMask(columns) : ulong.MaxValue);
            for (; missing != 0; missing &= missing - 1)
            {
                zeros.Add((word * 64) + BitOperations.TrailingZeroCount(missing));
            }
        }

        return [.. zeros];
    }
}
