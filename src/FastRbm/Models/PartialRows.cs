using System.Numerics;
using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models;

/// <summary>What is asked of rows that may have missing values.</summary>
internal static class PartialRows
{
    /// <summary>Whether any value is missing.</summary>
    public static bool HasMissing(IVisibleRows rows) => rows is IPartialRows { HasMissing: true };

    /// <summary>Copies which values of a row are observed; all, where the rows know of no missing ones.</summary>
    public static void CopyObserved(IVisibleRows rows, int row, Span<ulong> destination)
    {
        if (rows is IPartialRows { HasMissing: true } partial)
        {
            partial.CopyObserved(row, destination);
            return;
        }

        destination.Fill(ulong.MaxValue);
        destination[^1] &= BitMatrix.LastWordMask(rows.Columns);
    }

    /// <summary>Refuses rows with missing values, naming the first.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="name">What they are called in the message.</param>
    /// <param name="advice">What can be done about it, or null.</param>
    /// <exception cref="ArgumentException">A value is missing.</exception>
    public static void RequireComplete(IVisibleRows rows, string name, string? advice = null)
    {
        if (rows is not IPartialRows { HasMissing: true } partial)
        {
            return;
        }

        ulong[] observed = new ulong[BitMatrix.WordsFor(rows.Columns)];
        for (int row = 0; row < rows.Rows; row++)
        {
            partial.CopyObserved(row, observed);
            int column = FirstZero(observed);
            if (column < rows.Columns)
            {
                Throw.Argument(name, advice is null ? "no missing values" : $"no missing values ({advice})", $"one at row {row}, column {column}");
            }
        }
    }

    private static int FirstZero(ReadOnlySpan<ulong> words)
    {
        int word = words.IndexOfAnyExcept(ulong.MaxValue);
        return word < 0 ? words.Length * 64 : (word * 64) + BitOperations.TrailingZeroCount(~words[word]);
    }
}
