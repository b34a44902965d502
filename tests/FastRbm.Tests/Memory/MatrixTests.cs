using FastRbm.Memory;

namespace FastRbm.Tests.Memory;

public sealed class MatrixTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(784, 784)]
    [InlineData(785, 800)]
    public void Rows_are_padded_to_sixteen_floats(int columns, int stride) => Assert.Equal(stride, new Matrix(2, columns).Stride);

    [Fact]
    public unsafe void Rows_start_on_64_byte_boundaries()
    {
        for (int columns = 1; columns < 70; columns++)
        {
            Matrix matrix = new(3, columns);
            Assert.Equal(0, (nint)matrix.DangerousGetPointer() & 63);
            fixed (float* row = matrix.Row(1))
            {
                Assert.Equal(0, (nint)row & 63);
            }
        }
    }

    [Fact]
    public void A_view_shows_the_values_and_leaves_the_padding_out()
    {
        Matrix matrix = new(3, 5);
        matrix[2, 4] = 7;
        Assert.Equal(7, matrix.AsSpan2D()[2, 4]);
        Assert.Equal(5, matrix.AsSpan2D().Width);
        Assert.Equal(3, matrix.AsSpan2D().Height);
        Assert.Equal(5, matrix.Row(2).Length);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 5)]
    public void An_index_outside_is_refused(int row, int column)
    {
        Matrix matrix = new(3, 5);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[row, column]);
    }

    [Fact]
    public void Impossible_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(2, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Matrix(int.MaxValue, 1024));
        Assert.Throws<ArgumentException>(() => new Matrix(2, 3).CopyFrom(new Matrix(3, 2)));
    }
}
