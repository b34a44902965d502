using FastRbm.Memory;

namespace FastRbm.Tests;

public sealed class SanityTests
{
    [Fact]
    public void A_matrix_pads_its_rows_to_sixteen_floats()
    {
        Assert.Equal(32, new Matrix(2, 17).Stride);
    }
}
