using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>Equally long parts of chains (wholes or halves): their means and variances, R-hat, correlations.</summary>
internal sealed class ChainParts
{
    private const double LogOfTen = 2.302585092994046;

    private readonly double[] _values;
    private readonly int _chainLength;
    private readonly int _partsOfChain;

    /// <summary>Cuts chains; the middle draw of an odd chain belongs to no half.</summary>
    /// <param name="values">Chain by chain; only read.</param>
    /// <param name="chains">The number of chains.</param>
    /// <param name="chainLength">Draws of a chain.</param>
    /// <param name="parts">1 for whole chains, 2 for halves.</param>
    public ChainParts(double[] values, int chains, int chainLength, int parts)
    {
        _values = values;
        _chainLength = chainLength;
        _partsOfChain = parts;
        Length = chainLength / parts;
        Means = new double[chains * parts];
        Variances = new double[chains * parts];
        for (int part = 0; part < Means.Length; part++)
        {
            (Means[part], Variances[part]) = Moments(Part(part));
        }

        Within = Mean(Variances);
        Between = Means.Length == 1 ? 0 : Moments(Means).Variance;
        Whole = (Within * (Length - 1) / Length) + Between;
    }

    /// <summary>Draws of a part.</summary>
    public int Length { get; }

    /// <summary>The mean of each part.</summary>
    public double[] Means { get; }

    /// <summary>The variance of each part, divided by draws less one.</summary>
    public double[] Variances { get; }

    /// <summary>W: the mean of the variances.</summary>
    public double Within { get; }

    /// <summary>The variance of the means; 0 for one part.</summary>
    public double Between { get; }

    /// <summary>var+ = W (n - 1) / n + variance of the means.</summary>
    public double Whole { get; }

    /// <summary>sqrt(var+ / W); 1 when nothing varies, infinite when only the means do.</summary>
    public double RHat() => Within > 0 ? Math.Sqrt(Whole / Within) : Between > 0 ? double.PositiveInfinity : 1;

    /// <summary>rho_t = 1 - (W - mean autocovariance at lag t) / var+ for all lags; zeros when nothing varies.</summary>
    public double[] Correlations()
    {
        double[] correlations = new double[Length];
        if (!(Whole > 0))
        {
            return correlations;
        }

        PowerSpectrum spectrum = new(Length);
        for (int part = 0; part < Means.Length; part += 2)
        {
            bool both = part + 1 < Means.Length;
            spectrum.Add(Part(part), Means[part], both ? Part(part + 1) : default, both ? Means[part + 1] : 0);
        }

        spectrum.Autocovariances(correlations, Means.Length);
        for (int lag = 0; lag < Length; lag++)
        {
            correlations[lag] = 1 - ((Within - correlations[lag]) / Whole);
        }

        return correlations;
    }

    /// <summary>tau by Geyer's initial positive and monotone sequence, at least 1 / log10 of all draws. Needs 8 draws a part.</summary>
    public double AutocorrelationTime()
    {
        double[] rho = Correlations();
        rho[0] = 1;
        int last = 0;
        double even = 1;
        double odd = rho[1];
        while (last < Length - 5 && even + odd > 0)
        {
            last += 2;
            even = rho[last];
            odd = rho[last + 1];
        }

        // The last pair isn't positive, but its first member may be.
        double total = Math.Max(even, 0) - 1;
        double pair = double.PositiveInfinity;
        for (int lag = 0; lag < last; lag += 2)
        {
            pair = Math.Min(pair, rho[lag] + rho[lag + 1]);
            total += 2 * pair;
        }

        return Math.Max(total, LogOfTen / DoubleMath.Log((double)Means.Length * Length));
    }

    private ReadOnlySpan<double> Part(int part)
    {
        int chain = part / _partsOfChain;
        bool isSecondHalf = part % _partsOfChain != 0;
        return _values.AsSpan((chain * _chainLength) + (isSecondHalf ? _chainLength - Length : 0), Length);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static (double Mean, double Variance) Moments(ReadOnlySpan<double> values)
    {
        double mean = Mean(values);
        double square = 0;
        foreach (double value in values)
        {
            square += (value - mean) * (value - mean);
        }

        return (mean, values.Length == 1 ? 0 : square / (values.Length - 1));
    }
}
