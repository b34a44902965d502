using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

/// <summary>Random rows as plain bits and packed.</summary>
internal static class TestBits
{
    public static bool[][] Random(ulong seed, int rows, int columns, double probability = 0.4)
    {
        SplitMix64 random = new(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => random.NextBits(columns, probability))];
    }

    public static BitMatrix Pack(bool[][] rows)
    {
        BitMatrix packed = new(rows.Length, rows[0].Length);
        for (int row = 0; row < rows.Length; row++)
        {
            for (int column = 0; column < rows[row].Length; column++)
            {
                packed[row, column] = rows[row][column];
            }
        }

        return packed;
    }
}
