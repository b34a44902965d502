using FastRbm.Evaluation;
using FastRbm.Testing;

namespace FastRbm.Tests.Evaluation;

public sealed class SingularValuesTests
{
    [Fact]
    public void Known_matrices_have_their_known_values()
    {
        Assert.Equal([5], SingularValues.Compute([3, 4], 1, 2));
        Near([3, 2, 1], SingularValues.Compute([0, -2, 0, 1, 0, 0, 0, 0, 3], 3, 3));
        Near([Math.Sqrt(45), Math.Sqrt(5)], SingularValues.Compute([3, 0, 4, 5], 2, 2));
        Near([Math.Sqrt(30), 0], SingularValues.Compute([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2], 6, 2));
        Assert.Equal([0, 0], SingularValues.Compute(new double[6], 2, 3));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 7)]
    [InlineData(20, 3)]
    [InlineData(3, 20)]
    [InlineData(33, 32)]
    public void Their_power_sums_are_traces_of_the_product_with_the_transpose(int rows, int columns)
    {
        double[] matrix = Normalised(new SplitMix64((ulong)((rows * 100) + columns)), rows, columns);
        double[] values = SingularValues.Compute(matrix, rows, columns);
        Assert.Equal(Math.Min(rows, columns), values.Length);
        Assert.Equal(values.OrderDescending(), values);

        double[] gram = Gram(matrix, rows, columns);
        double[] power = gram;
        for (int exponent = 2; exponent <= 6; exponent += 2)
        {
            double trace = Enumerable.Range(0, columns).Sum(i => power[(i * columns) + i]);
            Assert.Equal(trace, values.Sum(value => Math.Pow(value, exponent)), 1e-12 * trace);
            power = Product(power, gram, columns);
        }
    }

    [Fact]
    public void Scale_and_transposition_do_not_matter()
    {
        double[] matrix = Normalised(new SplitMix64(3), 9, 5);
        double[] values = SingularValues.Compute(matrix, 9, 5);
        double[] transposed = [.. Enumerable.Range(0, 45).Select(i => matrix[(i % 9 * 5) + (i / 9)])];
        Near(values, SingularValues.Compute(transposed, 5, 9));
        foreach (int exponent in (int[])[-900, -600, 600, 900])
        {
            double[] scaled = SingularValues.Compute([.. matrix.Select(x => Math.ScaleB(x, exponent))], 9, 5);
            Assert.Equal(values, scaled.Select(x => Math.ScaleB(x, -exponent)));
        }
    }

    [Fact]
    public void Values_that_are_not_finite_and_sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SingularValues.Compute([1, double.NaN], 1, 2));
        Assert.Throws<ArgumentException>(() => SingularValues.Compute([1, 2, 3], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => SingularValues.Compute([], 0, 2));
    }

    private static double[] Normalised(SplitMix64 random, int rows, int columns) => [.. random.NextDoubles(rows * columns).Select(x => (2 * x) - 1)];

    private static double[] Gram(double[] matrix, int rows, int columns)
    {
        double[] gram = new double[columns * columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                for (int row = 0; row < rows; row++)
                {
                    gram[(i * columns) + j] += matrix[(row * columns) + i] * matrix[(row * columns) + j];
                }
            }
        }

        return gram;
    }

    private static double[] Product(double[] left, double[] right, int size)
    {
        double[] product = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                for (int k = 0; k < size; k++)
                {
                    product[(i * size) + j] += left[(i * size) + k] * right[(k * size) + j];
                }
            }
        }

        return product;
    }

    private static void Near(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-14 * expected[0]);
        }
    }
}
