using System.Numerics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Recall;

/// <summary>Hebbian couplings that are never formed: Q_ij = sum over patterns of x_i x_j for i != j, as the patterns themselves.</summary>
/// <remarks>
/// <code>
///   ByUnit [unit][PatternWords words]   bit m of a row: the unit's bit in pattern m
/// </code>
/// With the overlaps m_p = x^p . s the input of unit i is sum_p x_i^p m_p - P s_i + t_i: P / 16 vector additions instead of a row of N numbers,
/// and N P bits of memory instead of N^2 integers. Bound: P N + |t_i| fits int.
/// </remarks>
internal sealed unsafe class PatternCouplings : Couplings
{
    private readonly int[] _fields;

    /// <summary>Turns patterns into bits by unit.</summary>
    /// <param name="patterns">The patterns; kept.</param>
    /// <param name="fields">t_i; kept.</param>
    public PatternCouplings(BitMatrix patterns, int[] fields)
    {
        Patterns = patterns;
        _fields = fields;
        ByUnit = Transpose(patterns);
    }

    /// <inheritdoc/>
    public override int Units => Patterns.Columns;

    /// <summary>The patterns, a row a pattern.</summary>
    public BitMatrix Patterns { get; }

    /// <summary>The patterns, a row a unit.</summary>
    public BitMatrix ByUnit { get; }

    /// <summary>t_i.</summary>
    public ReadOnlySpan<int> Fields => _fields;

    /// <inheritdoc/>
    public override long MemoryBytes => ((long)ByUnit.Rows * ByUnit.WordsPerRow * sizeof(ulong)) + ((long)_fields.Length * sizeof(int));

    /// <inheritdoc/>
    public override int this[int i, int j] =>
        i == j ? 0 : Patterns.Rows - (2 * BitCounts.Different(ByUnit.Row(i), ByUnit.Row(j)));

    /// <summary>Swaps rows and columns.</summary>
    public static BitMatrix Transpose(BitMatrix bits)
    {
        BitMatrix turned = new(bits.Columns, bits.Rows);
        Span<ulong> square = stackalloc ulong[64];
        for (int row = 0; row < bits.Rows; row += 64)
        {
            for (int word = 0; word < bits.WordsPerRow; word++)
            {
                for (int k = 0; k < 64; k++)
                {
                    square[k] = row + k < bits.Rows ? bits.Row(row + k)[word] : 0;
                }

                BitCounts.Transpose(square);
                for (int k = 0; k < 64 && (64 * word) + k < bits.Columns; k++)
                {
                    turned.Row((64 * word) + k)[row >> 6] = square[k];
                }
            }
        }

        return turned;
    }

    /// <summary>Q_ij of one unit.</summary>
    public void FillRow(int unit, Span<int> values)
    {
        ReadOnlySpan<ulong> own = ByUnit.Row(unit);
        int words = ByUnit.WordsPerRow;
        ulong* other = ByUnit.DangerousGetPointer();
        int patterns = Patterns.Rows;
        for (int j = 0; j < values.Length; j++, other += words)
        {
            int different = 0;
            for (int word = 0; word < own.Length; word++)
            {
                different += BitOperations.PopCount(own[word] ^ other[word]);
            }

            values[j] = patterns - (2 * different);
        }

        values[unit] = 0;
        GC.KeepAlive(ByUnit);
    }

    /// <inheritdoc/>
    public override RecallWorker CreateWorker(SimdLevel level) => new PatternWorker(this, level);
}
