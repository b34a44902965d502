namespace FastRbm.Reference;

/// <summary>A Langevin chain of an energy, in doubles, step by step from given noise; with one mistake, if one is asked for.</summary>
public sealed class ReferenceLangevin(Func<double[], double> energy, Func<double[], double[]> gradient, double step, double bound, string mistake = "")
{
    private double[]? _gradient;
    private double _energy;

    /// <summary>x - step grad E(x) + noise z, cut off at the bound.</summary>
    public double[] Unadjusted(double[] x, double noise, double[] z) =>
        [.. Move(x, gradient(x), noise, z).Select(value => Math.Clamp(value, -bound, bound))];

    /// <summary>A step of the Metropolis-adjusted chain: proposal from z, accepted by u in [0, 1).</summary>
    public double[] Metropolis(double[] x, double[] z, double u)
    {
        double noise = mistake == "variance for deviation" ? 2 * step : Math.Sqrt(2 * step);
        double[] here = mistake == "stale gradient" && _gradient is not null ? _gradient : gradient(x);
        double[] y = Move(x, here, noise, z);
        double[] there = gradient(y);
        double ratio = (mistake == "stale gradient" && _gradient is not null ? _energy : energy(x)) - energy(y);
        if (mistake != "symmetric proposals")
        {
            ratio += (Squares(y, x, here) - Squares(x, y, there)) / (4 * step);
        }

        (_gradient, _energy) = (there, energy(y));
        bool inside = mistake == "bound ignored" || y.All(value => Math.Abs(value) <= bound);
        return mistake == "never rejects" || (inside && Math.Log(1 - u) < ratio) ? y : x;
    }

    private double[] Move(double[] x, double[] slope, double noise, double[] z) =>
        [.. x.Select((value, i) => value + ((mistake == "uphill" ? step : -step) * slope[i]) + (noise * z[i]))];

    private double Squares(double[] to, double[] from, double[] slope)
    {
        double sum = 0;
        for (int i = 0; i < to.Length; i++)
        {
            double difference = to[i] - from[i] + (step * slope[i]);
            sum += difference * difference;
        }

        return sum;
    }
}
