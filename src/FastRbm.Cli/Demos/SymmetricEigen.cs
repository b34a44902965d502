namespace FastRbm.Cli.Demos;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations: always ends, the same bits everywhere.</summary>
/// <remarks>Source: Golub and Van Loan, "Matrix computations", section 8.5 (cyclic Jacobi).</remarks>
internal sealed class SymmetricEigen
{
    private const int Sweeps = 60;

    private SymmetricEigen(double[] values, double[][] vectors)
    {
        Values = values;
        Vectors = vectors;
    }

    /// <summary>The eigenvalues, largest first.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The unit eigenvectors that go with them; of each the largest component is positive.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Vectors { get; }

    /// <summary>Decomposes a matrix.</summary>
    /// <param name="matrix">Symmetric, row by row; only read.</param>
    /// <param name="size">Rows and columns.</param>
    public static SymmetricEigen Compute(ReadOnlySpan<double> matrix, int size)
    {
        double[] a = matrix.ToArray();
        double[] v = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            v[(i * size) + i] = 1;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int p = 0; p < size; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    Rotate(a, v, size, p, q);
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, size).OrderByDescending(i => a[(i * size) + i])];
        return new SymmetricEigen([.. order.Select(i => a[(i * size) + i])], [.. order.Select(column => Column(v, size, column))]);
    }

    private static double[] Column(double[] v, int size, int column)
    {
        double[] vector = [.. Enumerable.Range(0, size).Select(row => v[(row * size) + column])];
        double largest = vector.MaxBy(Math.Abs);
        return largest < 0 ? [.. vector.Select(static x => 0 - x)] : vector;
    }

    private static void Rotate(double[] a, double[] v, int size, int p, int q)
    {
        double offDiagonal = a[(p * size) + q];
        if (offDiagonal == 0)
        {
            return;
        }

        double theta = (a[(q * size) + q] - a[(p * size) + p]) / (2 * offDiagonal);
        double tangent = Math.CopySign(1, theta) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
        double cosine = 1 / Math.Sqrt((tangent * tangent) + 1);
        double sine = tangent * cosine;
        for (int k = 0; k < size; k++)
        {
            double kp = a[(k * size) + p];
            double kq = a[(k * size) + q];
            a[(k * size) + p] = (cosine * kp) - (sine * kq);
            a[(k * size) + q] = (sine * kp) + (cosine * kq);
        }

        for (int k = 0; k < size; k++)
        {
            double pk = a[(p * size) + k];
            double qk = a[(q * size) + k];
            a[(p * size) + k] = (cosine * pk) - (sine * qk);
            a[(q * size) + k] = (sine * pk) + (cosine * qk);
            double vp = v[(k * size) + p];
            double vq = v[(k * size) + q];
            v[(k * size) + p] = (cosine * vp) - (sine * vq);
            v[(k * size) + q] = (sine * vp) + (cosine * vq);
        }

        // Exactly, so that sweeps come to rest.
        a[(p * size) + q] = 0;
        a[(q * size) + p] = 0;
    }
}
