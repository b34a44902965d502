using FastRbm.Kernels.Elementary;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Elementary;

public sealed class FloatRowsTests
{
    [Fact]
    public void Every_element_is_one_operation_at_all_lengths()
    {
        SplitMix64 random = new(1);
        for (int length = 0; length <= 70; length++)
        {
            float[] row = random.NextFloats(length, -3, 3);
            float[] start = random.NextFloats(length, -3, 3);
            float factor = random.NextFloats(1, -2, 2)[0];
            float[] multiplied = [.. row];
            float[] added = [.. start];
            float[] plain = [.. start];
            float[] squares = [.. start];
            FloatRows.Multiply(multiplied, factor);
            FloatRows.AddMultiple(row, factor, added);
            FloatRows.Add(row, plain);
            FloatRows.AddSquares(row, factor, squares);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(row[i] * factor, multiplied[i]);
                Assert.Equal(MathF.FusedMultiplyAdd(row[i], factor, start[i]), added[i]);
                Assert.Equal(row[i] + start[i], plain[i]);
                Assert.Equal(MathF.FusedMultiplyAdd(row[i] * row[i], factor, start[i]), squares[i]);
            }
        }
    }
}
