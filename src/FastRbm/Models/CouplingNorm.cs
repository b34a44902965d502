namespace FastRbm.Models;

/// <summary>
/// The largest singular value of W_ij / sqrt(c_i d_j), with c and d the smallest curvatures of the units: below 1 the joint density of two
/// layers of unbounded units is finite.
/// </summary>
/// <remarks>Power iteration in double from a fixed start. Allocates once.</remarks>
internal sealed class CouplingNorm(Rbm rbm)
{
    private const int MostIterations = 1000;
    private const double Tolerance = 1e-9;

    private readonly double[] _visible = new double[rbm.Visible.Count];
    private readonly double[] _hidden = new double[rbm.Hidden.Count];
    private readonly double[] _left = new double[rbm.Visible.Count];
    private readonly double[] _right = new double[rbm.Hidden.Count];

    /// <summary>Computes it for the present parameters.</summary>
    public double Compute()
    {
        rbm.Visible.Curvatures(_visible);
        rbm.Hidden.Curvatures(_hidden);
        InverseRoots(_visible);
        InverseRoots(_hidden);
        for (int j = 0; j < _right.Length; j++)
        {
            _right[j] = 1 + (j % 7 * 0.1);
        }

        double norm = 0;
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            double before = norm;
            double scale = 1 / Length(_right);
            Array.Clear(_left);
            for (int i = 0; i < _left.Length; i++)
            {
                ReadOnlySpan<float> weights = rbm.WeightMatrix.Row(i);
                double sum = 0;
                for (int j = 0; j < _right.Length; j++)
                {
                    sum += weights[j] * (_right[j] * scale) * _hidden[j];
                }

                _left[i] = sum * _visible[i];
            }

            norm = Length(_left);
            if (norm == 0 || !double.IsFinite(norm) || Math.Abs(norm - before) <= Tolerance * norm)
            {
                break;
            }

            Array.Clear(_right);
            for (int i = 0; i < _left.Length; i++)
            {
                ReadOnlySpan<float> weights = rbm.WeightMatrix.Row(i);
                double factor = _left[i] * _visible[i];
                for (int j = 0; j < _right.Length; j++)
                {
                    _right[j] += weights[j] * factor * _hidden[j];
                }
            }
        }

        return norm;
    }

    /// <summary>1 / sqrt(c); 0 for bounded units, which can't make a density infinite.</summary>
    private static void InverseRoots(double[] curvatures)
    {
        for (int unit = 0; unit < curvatures.Length; unit++)
        {
            curvatures[unit] = curvatures[unit] > 0 ? 1 / Math.Sqrt(curvatures[unit]) : 0;
        }
    }

    private static double Length(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value * value;
        }

        return Math.Sqrt(sum);
    }
}
