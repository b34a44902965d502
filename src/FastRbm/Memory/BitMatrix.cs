using System.Numerics;
using FastRbm.Errors;

namespace FastRbm.Memory;

/// <summary>Binary states of many units, packed 64 to a word. Owner of its memory.</summary>
/// <remarks>
/// <code>
///   row r: word 0         word 1          ...  word WordsPerRow - 1
///          unit 0 = bit 0 unit 64 = bit 0      units past Columns are zero bits
/// </code>
/// The pad bits are always zero; whoever writes whole words keeps them so. Not thread-safe for writing within one row;
/// different rows may be written by different threads.
/// </remarks>
public sealed class BitMatrix
{
    private readonly AlignedBuffer<ulong> _buffer;

    /// <summary>Allocates states that are all 0.</summary>
    /// <param name="rows">The number of rows (chains, examples), 0 or more.</param>
    /// <param name="columns">The number of units, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is negative, or the whole is too large for one array.</exception>
    public BitMatrix(int rows, int columns)
    {
        Throw.IfLess(rows, 0);
        Throw.IfLess(columns, 0);
        Rows = rows;
        Columns = columns;
        WordsPerRow = WordsFor(columns);
        _buffer = new AlignedBuffer<ulong>((long)rows * WordsPerRow);
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of units in a row.</summary>
    public int Columns { get; }

    /// <summary>The number of 64-bit words in a row.</summary>
    public int WordsPerRow { get; }

    /// <summary>Reads or writes the state of one unit.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <param name="column">From 0 to Columns - 1.</param>
    public bool this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return (Row(row)[column >> 6] >> (column & 63) & 1) != 0;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            ulong bit = 1UL << (column & 63);
            ref ulong word = ref Row(row)[column >> 6];
            word = value ? word | bit : word & ~bit;
        }
    }

    /// <summary>The number of words that hold <paramref name="columns"/> units.</summary>
    /// <param name="columns">The number of units.</param>
    /// <returns>ceil(columns / 64).</returns>
    public static int WordsFor(int columns) => (int)(((long)columns + 63) >> 6);

    /// <summary>The mask of the units that exist in the last word of a row (all ones when the row fills it).</summary>
    /// <param name="columns">The number of units in the row.</param>
    /// <returns>A word with a one for each unit.</returns>
    public static ulong LastWordMask(int columns) => (columns & 63) == 0 ? ulong.MaxValue : (1UL << (columns & 63)) - 1;

    /// <summary>The words of one row.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A view of WordsPerRow words.</returns>
    public Span<ulong> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
        return _buffer.Span.Slice(row * WordsPerRow, WordsPerRow);
    }

    /// <summary>The number of units that are on in one row.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A count from 0 to Columns.</returns>
    public int CountOn(int row)
    {
        int count = 0;
        foreach (ulong word in Row(row))
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>Sets every state to 0.</summary>
    public void Clear() => _buffer.Span.Clear();

    /// <summary>The address of row 0, for kernels. Keep this object alive while it is in use.</summary>
    internal unsafe ulong* DangerousGetPointer() => _buffer.DangerousGetPointer();
}
