using System.Numerics;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>Sums autocovariances of many series by the fast Fourier transform: the spectra are added, and transformed back once.</summary>
/// <remarks>
/// Two real series x, y are one complex series z = x + iy: |X_k|^2 + |Y_k|^2 is half of |Z_k|^2 + |Z_-k|^2, and the real part of the
/// sum's transform doesn't tell k from -k. Series are padded with zeros to twice their length. Sines by
/// <see cref="DoubleMath"/>, so the bits are the same everywhere. Source: Cooley and Tukey (1965); Wiener-Khinchin theorem.
/// </remarks>
internal sealed class PowerSpectrum
{
    private readonly int _length;
    private readonly double[] _real;
    private readonly double[] _imaginary;
    private readonly double[] _power;
    private readonly double[] _cosines;
    private readonly double[] _sines;

    /// <summary>Allocates for series of one length.</summary>
    /// <param name="length">At least 1.</param>
    public PowerSpectrum(int length)
    {
        _length = length;
        int size = checked((int)BitOperations.RoundUpToPowerOf2(2 * (uint)length));
        _real = new double[size];
        _imaginary = new double[size];
        _power = new double[size];
        _cosines = new double[size / 2];
        _sines = new double[size / 2];
        for (int k = 0; k < size / 2; k++)
        {
            (_sines[k], _cosines[k]) = DoubleMath.SinCosTurns((double)k / size);
        }
    }

    /// <summary>Adds the spectra of one or two series around their means. Allocates nothing.</summary>
    /// <param name="first">A series.</param>
    /// <param name="firstMean">Its mean.</param>
    /// <param name="second">Another series, or nothing.</param>
    /// <param name="secondMean">Its mean.</param>
    public void Add(ReadOnlySpan<double> first, double firstMean, ReadOnlySpan<double> second, double secondMean)
    {
        Array.Clear(_real);
        Array.Clear(_imaginary);
        for (int i = 0; i < first.Length; i++)
        {
            _real[i] = first[i] - firstMean;
        }

        for (int i = 0; i < second.Length; i++)
        {
            _imaginary[i] = second[i] - secondMean;
        }

        Transform();
        for (int k = 0; k < _power.Length; k++)
        {
            _power[k] += (_real[k] * _real[k]) + (_imaginary[k] * _imaginary[k]);
        }
    }

    /// <summary>The mean over all added series of sum_i x_i x_(i + t) / length.</summary>
    /// <param name="covariances">A covariance a lag, written: at most as many as a series is long.</param>
    /// <param name="series">How many series were added.</param>
    public void Autocovariances(Span<double> covariances, int series)
    {
        _power.CopyTo(_real, 0);
        Array.Clear(_imaginary);
        Transform();
        double scale = 1 / ((double)_power.Length * _length * series);
        for (int lag = 0; lag < covariances.Length; lag++)
        {
            covariances[lag] = _real[lag] * scale;
        }
    }

    /// <summary>The transform in place: bits of the index reversed, then butterflies of growing width.</summary>
    private void Transform()
    {
        int size = _real.Length;
        int unusedBits = 32 - BitOperations.Log2((uint)size);
        for (int i = 0; i < size; i++)
        {
            int j = (int)(Reverse((uint)i) >> unusedBits);
            if (i < j)
            {
                (_real[i], _real[j]) = (_real[j], _real[i]);
                (_imaginary[i], _imaginary[j]) = (_imaginary[j], _imaginary[i]);
            }
        }

        for (int half = 1; half < size; half *= 2)
        {
            int turn = size / (2 * half);
            for (int start = 0; start < size; start += 2 * half)
            {
                Butterflies(start, half, turn);
            }
        }
    }

    private void Butterflies(int start, int half, int turn)
    {
        Span<double> upReal = _real.AsSpan(start, half);
        Span<double> upImaginary = _imaginary.AsSpan(start, half);
        Span<double> downReal = _real.AsSpan(start + half, half);
        Span<double> downImaginary = _imaginary.AsSpan(start + half, half);
        for (int k = 0; k < upReal.Length; k++)
        {
            double cosine = _cosines[k * turn];
            double sine = _sines[k * turn];
            double real = (downReal[k] * cosine) + (downImaginary[k] * sine);
            double imaginary = (downImaginary[k] * cosine) - (downReal[k] * sine);
            downReal[k] = upReal[k] - real;
            downImaginary[k] = upImaginary[k] - imaginary;
            upReal[k] += real;
            upImaginary[k] += imaginary;
        }
    }

    private static uint Reverse(uint bits)
    {
        uint result = 0;
        for (int i = 0; i < 32; i++)
        {
            result = (result << 1) | (bits >> i & 1);
        }

        return result;
    }
}
