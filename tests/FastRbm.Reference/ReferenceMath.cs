namespace FastRbm.Reference;

/// <summary>The few functions that the textbook formulas need, in doubles and safe from overflow.</summary>
public static class ReferenceMath
{
    /// <summary>1 / (1 + exp(-x)), with full relative accuracy in both tails.</summary>
    public static double Sigmoid(double x)
    {
        if (x >= 0)
        {
            return 1 / (1 + Math.Exp(-x));
        }

        double e = Math.Exp(x);
        return e / (1 + e);
    }

    /// <summary>log(1 + exp(x)), with full relative accuracy in both tails.</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    /// <summary>log(1 + x) for x >= 0; double.LogP1 loses the digits of a small x, this does not.</summary>
    /// <remarks>Source: Kahan's correction, in Goldberg, "What every computer scientist should know" (1991), theorem 4.</remarks>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }

    /// <summary>log(sum_i exp(x_i)); minus infinity for no terms.</summary>
    public static double LogSumExp(ReadOnlySpan<double> terms)
    {
        double largest = double.NegativeInfinity;
        foreach (double term in terms)
        {
            largest = Math.Max(largest, term);
        }

        if (!double.IsFinite(largest))
        {
            return largest;
        }

        double sum = 0;
        foreach (double term in terms)
        {
            sum += Math.Exp(term - largest);
        }

        return largest + Math.Log(sum);
    }
}
