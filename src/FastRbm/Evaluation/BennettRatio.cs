using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>
/// Bennett's acceptance ratio: log Z_B - log Z_A of two unnormalised distributions f_A and f_B from samples of both, or from annealing
/// runs both ways. Of all estimates from these numbers the one of least variance, for many of them.
/// </summary>
/// <remarks>
/// <para>Solves sum_A sigmoid(u - x - m) = sum_B sigmoid(w + x + m) for x, with u and w the log weights and m = log(n_A / n_B). The left side
/// falls with x, the right one rises: one root, bracketed and bisected. The sums are compared as logarithms, so that samples that don't
/// overlap neither overflow nor vanish.</para>
/// <para>Source: Bennett, "Efficient estimation of free energy differences from Monte Carlo data" (1976); for annealing runs Crooks (2000);
/// Shirts, Bair, Hooker and Pande (2003), equations 8 and 10. Deterministic; thread-safe.</para>
/// </remarks>
public static class BennettRatio
{
    private const int MostBisections = 200;

    /// <summary>Estimates log Z_B - log Z_A.</summary>
    /// <param name="forwardLogWeights">log f_B - log f_A of samples of A, or log weights of annealing runs from A to B: minus the work.</param>
    /// <param name="reverseLogWeights">log f_A - log f_B of samples of B, or log weights of annealing runs from B to A.</param>
    /// <returns>The log ratio and its standard error.</returns>
    /// <exception cref="ArgumentException">A set is empty, or a number isn't finite; the message names its place.</exception>
    public static BennettEstimate Estimate(ReadOnlySpan<double> forwardLogWeights, ReadOnlySpan<double> reverseLogWeights)
    {
        Check(forwardLogWeights, nameof(forwardLogWeights));
        Check(reverseLogWeights, nameof(reverseLogWeights));
        double[] scratch = new double[Math.Max(forwardLogWeights.Length, reverseLogWeights.Length)];
        double m = DoubleMath.Log(forwardLogWeights.Length) - DoubleMath.Log(reverseLogWeights.Length);
        double low = double.MaxValue;
        double high = double.MinValue;
        foreach (double u in forwardLogWeights)
        {
            low = Math.Min(low, u);
            high = Math.Max(high, u);
        }

        foreach (double w in reverseLogWeights)
        {
            low = Math.Min(low, -w);
            high = Math.Max(high, -w);
        }

        // Where x is below every u and -w, terms of A are at least those of an equal number of B, and the other way round above.
        for (int bisection = 0; bisection < MostBisections; bisection++)
        {
            double x = low + ((high - low) / 2);
            if (x <= low || x >= high)
            {
                break;
            }

            if (LogSum(forwardLogWeights, -x - m, 1, scratch) > LogSum(reverseLogWeights, x + m, 1, scratch))
            {
                low = x;
            }
            else
            {
                high = x;
            }
        }

        double root = low + ((high - low) / 2);
        double variance = Spread(forwardLogWeights, -root - m, scratch) + Spread(reverseLogWeights, root + m, scratch);
        return new BennettEstimate(root, Math.Sqrt(variance));
    }

    /// <summary>(mean of squares / square of the mean - 1) / n of the terms sigmoid(w + shift).</summary>
    private static double Spread(ReadOnlySpan<double> logWeights, double shift, double[] scratch)
    {
        double squares = LogSum(logWeights, shift, 2, scratch);
        double sum = LogSum(logWeights, shift, 1, scratch);
        return Math.Max(DoubleMath.Exp(squares - (2 * sum)) - (1.0 / logWeights.Length), 0);
    }

    /// <summary>log sum of sigmoid(w + shift)^power.</summary>
    private static double LogSum(ReadOnlySpan<double> logWeights, double shift, int power, double[] scratch)
    {
        for (int i = 0; i < logWeights.Length; i++)
        {
            scratch[i] = -power * DoubleMath.Softplus(-(logWeights[i] + shift));
        }

        return DoubleMath.LogSumExp(scratch.AsSpan(0, logWeights.Length));
    }

    private static void Check(ReadOnlySpan<double> logWeights, string name)
    {
        Throw.IfLess(logWeights.Length, 1, name);
        for (int i = 0; i < logWeights.Length; i++)
        {
            if (!(Math.Abs(logWeights[i]) <= 1e300))
            {
                Throw.Argument(name, "finite numbers up to 1e300", string.Create(CultureInfo.InvariantCulture, $"{logWeights[i]} at {i}"));
            }
        }
    }
}
