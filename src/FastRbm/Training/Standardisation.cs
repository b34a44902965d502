using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>How real-valued visible units are trained as if their data had been standardised: x = m + s x'.</summary>
/// <remarks>
/// A gradient step in x' is one about the mean m and divided by s^2 in x, so the parameters stay those of the data as they are.
/// Bounded units have s = 1, and so do columns of one value.
/// </remarks>
internal sealed class Standardisation
{
    /// <summary>A standardised unit's precision may not grow beyond this: data of one value would drive its variance to 0.</summary>
    private const double LargestPrecision = 10_000;

    private readonly Matrix _means;
    private readonly Matrix _inverseVariances;
    private readonly Matrix _largest;

    /// <summary>Takes the moments of the data.</summary>
    public Standardisation(UnitLayer visible, ColumnMoments moments)
    {
        _means = new Matrix(1, visible.Count);
        _inverseVariances = new Matrix(1, visible.Count);
        _largest = new Matrix(1, visible.Count);
        double[] curvatures = new double[visible.Count];
        visible.Curvatures(curvatures);
        for (int unit = 0; unit < curvatures.Length; unit++)
        {
            double variance = curvatures[unit] > 0 && moments.Variances[unit] > 0 ? moments.Variances[unit] : 1;
            _means[0, unit] = (float)moments.Means[unit];
            _inverseVariances[0, unit] = (float)(1 / variance);
            _largest[0, unit] = (float)DoubleMath.Log(LargestPrecision / variance);
            Reach = curvatures[unit] > 0 ? Math.Max(Reach, 1 + (Math.Abs(moments.Means[unit]) / Math.Sqrt(variance))) : Reach;
        }
    }

    /// <summary>m.</summary>
    public ReadOnlySpan<float> Means => _means.Row(0);

    /// <summary>1 / s^2.</summary>
    public ReadOnlySpan<float> InverseVariances => _inverseVariances.Row(0);

    /// <summary>The largest logarithms of precisions.</summary>
    public ReadOnlySpan<float> LargestLogPrecisions => _largest.Row(0);

    /// <summary>How many standard deviations from 0 data may lie, at least 1.</summary>
    public double Reach { get; private set; } = 1;
}
