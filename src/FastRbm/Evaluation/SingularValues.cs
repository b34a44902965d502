using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>The singular values of a matrix in double precision: Householder reduction to two diagonals, then bisection.</summary>
/// <remarks>
/// Errors are a small multiple of 2^-53 times the largest value. About 8/3 rows columns^2 operations for rows at least columns:
/// half a second for 784 x 500. Bisection always ends, unlike an iteration that must converge, and order and threads can't change it.
/// Stateless: thread-safe. Source: Golub and Kahan (1965), "Calculating the singular values and pseudo-inverse of a matrix"; Demmel
/// and Kahan (1990), "Accurate singular values of bidiagonal matrices".
/// </remarks>
public static class SingularValues
{
    private const int BisectionSteps = 70;

    /// <summary>Computes all singular values.</summary>
    /// <param name="values">The matrix, row-major; only read.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <returns>min(rows, columns) values, largest first.</returns>
    /// <exception cref="ArgumentException">The length isn't rows * columns, a size is below 1, or a value isn't finite.</exception>
    public static double[] Compute(ReadOnlySpan<double> values, int rows, int columns) =>
        Largest(values, rows, columns, Math.Min(rows, columns));

    /// <summary>Computes the largest singular values: the same numbers as <see cref="Compute"/>, in three fifths of the time for 32 of 784 x 500.</summary>
    /// <param name="values">The matrix, row-major; only read.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <param name="count">How many, at least 1; more than there are give all.</param>
    /// <returns>min(rows, columns, count) values, largest first.</returns>
    /// <exception cref="ArgumentException">The length isn't rows * columns, a size or the count is below 1, or a value isn't finite.</exception>
    public static double[] Largest(ReadOnlySpan<double> values, int rows, int columns, int count)
    {
        Throw.IfLess(rows, 1);
        Throw.IfLess(columns, 1);
        Throw.IfLess(count, 1);
        if (values.Length != (long)rows * columns)
        {
            Throw.Length(nameof(values), (long)rows * columns, values.Length);
        }

        double largest = 0;
        foreach (double value in values)
        {
            if (!double.IsFinite(value))
            {
                Throw.Argument(nameof(values), "finite values", value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            largest = Math.Max(largest, Math.Abs(value));
        }

        int all = Math.Min(rows, columns);
        count = Math.Min(count, all);
        if (largest == 0)
        {
            return new double[count];
        }

        // By a power of two, so that squares neither overflow nor vanish and nothing is rounded.
        int exponent = Math.ILogB(largest);
        double[] tall = Tall(values, rows, columns, -exponent);
        double[] offDiagonal = Bidiagonalize(tall, Math.Max(rows, columns), all);
        double[] singular = Bisect(offDiagonal, count);
        for (int i = 0; i < count; i++)
        {
            singular[i] = Math.ScaleB(singular[i], exponent);
        }

        return singular;
    }

    /// <summary>The matrix or its transpose, whichever has at least as many rows as columns, times a power of two.</summary>
    private static double[] Tall(ReadOnlySpan<double> values, int rows, int columns, int exponent)
    {
        double[] tall = new double[values.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int target = rows >= columns ? (row * columns) + column : (column * rows) + row;
                tall[target] = Math.ScaleB(values[(row * columns) + column], exponent);
            }
        }

        return tall;
    }

    /// <summary>Reduces to an upper bidiagonal matrix: returns d_1, e_1, d_2, e_2, ..., d_n.</summary>
    private static double[] Bidiagonalize(double[] matrix, int rows, int columns)
    {
        double[] result = new double[(2 * columns) - 1];
        double[] column = new double[rows];
        double[] sums = new double[columns];
        for (int k = 0; k < columns; k++)
        {
            Span<double> reflector = column.AsSpan(k, rows - k);
            for (int row = k; row < rows; row++)
            {
                reflector[row - k] = matrix[(row * columns) + k];
            }

            result[2 * k] = Reflect(reflector, out double scale);
            ReflectColumns(matrix, columns, k, reflector, scale, sums);
            if (k == columns - 1)
            {
                break;
            }

            Span<double> rest = sums.AsSpan(0, columns - k - 1);
            matrix.AsSpan((k * columns) + k + 1, rest.Length).CopyTo(rest);
            result[(2 * k) + 1] = Reflect(rest, out scale);
            for (int row = k + 1; row < rows; row++)
            {
                Span<double> target = matrix.AsSpan((row * columns) + k + 1, rest.Length);
                double product = 0;
                for (int i = 0; i < target.Length; i++)
                {
                    product += target[i] * rest[i];
                }

                product *= scale;
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] -= product * rest[i];
                }
            }
        }

        return result;
    }

    /// <summary>Turns a vector x into the u of a reflection I - scale u u' that makes x a multiple of the first axis; returns the multiple.</summary>
    private static double Reflect(Span<double> vector, out double scale)
    {
        double square = 0;
        foreach (double value in vector)
        {
            square += value * value;
        }

        if (square == 0)
        {
            scale = 0;
            return 0;
        }

        double first = vector[0];
        double norm = first > 0 ? -Math.Sqrt(square) : Math.Sqrt(square);
        vector[0] = first - norm;

        // u'u = 2 (|x|^2 - first * norm).
        scale = 1 / (square - (first * norm));
        return norm;
    }

    private static void ReflectColumns(double[] matrix, int columns, int k, ReadOnlySpan<double> reflector, double scale, double[] sums)
    {
        Span<double> products = sums.AsSpan(0, columns - k - 1);
        products.Clear();
        for (int row = 0; row < reflector.Length; row++)
        {
            double factor = reflector[row];
            ReadOnlySpan<double> source = matrix.AsSpan(((row + k) * columns) + k + 1, products.Length);
            for (int i = 0; i < products.Length; i++)
            {
                products[i] += factor * source[i];
            }
        }

        for (int row = 0; row < reflector.Length; row++)
        {
            double factor = scale * reflector[row];
            Span<double> target = matrix.AsSpan(((row + k) * columns) + k + 1, products.Length);
            for (int i = 0; i < target.Length; i++)
            {
                target[i] -= factor * products[i];
            }
        }
    }

    /// <summary>
    /// The positive eigenvalues of the symmetric matrix with zeros on the diagonal and these values beside it, which are the singular
    /// values of the bidiagonal one, by counting eigenvalues below a number.
    /// </summary>
    private static double[] Bisect(double[] offDiagonal, int count)
    {
        double bound = 0;
        double before = 0;
        foreach (double value in offDiagonal)
        {
            bound = Math.Max(bound, before + Math.Abs(value));
            before = Math.Abs(value);
        }

        bound = Math.Max(bound, before) * (1 + 1e-12);
        double[] squares = [.. offDiagonal.Select(static value => value * value)];
        double[] singular = new double[count];
        double upper = bound;
        for (int k = 0; k < count; k++)
        {
            double low = 0;
            double high = upper;
            for (int step = 0; step < BisectionSteps; step++)
            {
                double middle = 0.5 * (low + high);
                if (middle <= low || middle >= high)
                {
                    break;
                }

                // More than k values above the middle: the one of rank k is among them.
                if (CountAbove(squares, middle) > k)
                {
                    low = middle;
                }
                else
                {
                    high = middle;
                }
            }

            singular[k] = high > bound * 1e-18 ? 0.5 * (low + high) : 0;
            upper = high;
        }

        return singular;
    }

    /// <summary>How many singular values are above a positive number (Sylvester's law of inertia).</summary>
    private static int CountAbove(double[] squares, double number)
    {
        const double Tiny = 1e-290;
        int below = 1;
        double pivot = -number;
        foreach (double square in squares)
        {
            pivot = -number - (square / pivot);
            if (Math.Abs(pivot) < Tiny)
            {
                pivot = -Tiny;
            }

            below += pivot < 0 ? 1 : 0;
        }

        return squares.Length + 1 - below;
    }
}
