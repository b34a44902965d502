using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Models.Hopfield;

/// <summary>The function F of a dense network's energy -sum_p F(x^p . s).</summary>
public sealed record DenseInteraction
{
    /// <summary>The largest degree.</summary>
    public const int MostDegree = 60;

    private DenseInteraction(int degree, double beta)
    {
        Degree = degree;
        Beta = beta;
    }

    /// <summary>n of F(m) = m^n; 0 for the exponential.</summary>
    public int Degree { get; }

    /// <summary>beta of F(m) = exp(beta m); 0 for a power.</summary>
    public double Beta { get; }

    /// <summary>Whether F is the exponential.</summary>
    public bool IsExponential => Degree == 0;

    /// <summary>F(m) = m^n. For even n the opposite of a pattern is stored with it.</summary>
    /// <param name="degree">n, from 2 to <see cref="MostDegree"/>.</param>
    /// <returns>The interaction.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The degree is out of range.</exception>
    public static DenseInteraction Polynomial(int degree)
    {
        if (degree is < 2 or > MostDegree)
        {
            Throw.OutOfRange(nameof(degree), $"2 to {MostDegree}", degree);
        }

        return new DenseInteraction(degree, 0);
    }

    /// <summary>F(m) = exp(beta m).</summary>
    /// <param name="beta">From 0.001 to 100; 1 in the source.</param>
    /// <returns>The interaction.</returns>
    /// <exception cref="ArgumentOutOfRangeException">beta is out of range.</exception>
    public static DenseInteraction Exponential(double beta = 1)
    {
        Throw.IfOutside(beta, 0.001, 100);
        return new DenseInteraction(0, beta);
    }

    /// <summary>polynomial:3 or exponential:1.</summary>
    /// <returns>A text.</returns>
    public override string ToString() => IsExponential
        ? "exponential:" + Beta.ToString("R", CultureInfo.InvariantCulture)
        : "polynomial:" + Degree.ToString(CultureInfo.InvariantCulture);
}
