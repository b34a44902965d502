using FastRbm.Kernels.Elementary;

namespace FastRbm.Evaluation;

/// <summary>Ranks as normal quantiles, z = Phi^-1((rank - 3/8) / (count + 1/4)): what rank-normalised diagnostics look at.</summary>
/// <remarks>
/// Equal numbers share their mean rank. Sources: Blom (1958), "Statistical estimates and transformed beta-variables"; Wichura (1988),
/// "Algorithm AS 241: the percentage points of the normal distribution".
/// </remarks>
internal static class NormalScores
{
    /// <summary>Replaces numbers by their normal scores.</summary>
    /// <param name="values">Finite numbers; overwritten.</param>
    public static void Replace(Span<double> values)
    {
        double[] sorted = values.ToArray();
        int[] places = new int[sorted.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        Array.Sort(sorted, places);
        for (int first = 0; first < sorted.Length;)
        {
            int end = first + 1;
            while (end < sorted.Length && sorted[end] == sorted[first])
            {
                end++;
            }

            // Ranks first + 1 to end.
            double score = Quantile(((0.5 * (first + 1.0 + end)) - 0.375) / (sorted.Length + 0.25));
            for (int i = first; i < end; i++)
            {
                values[places[i]] = score;
            }

            first = end;
        }
    }

    /// <summary>Replaces numbers by their distances from the median, whose ranks tell scales apart.</summary>
    /// <param name="values">At least one finite number; overwritten.</param>
    public static void Fold(Span<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        double median = 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
        foreach (ref double value in values)
        {
            value = Math.Abs(value - median);
        }
    }

    /// <summary>The z below which a standard normal number lies with the given probability; relative error about 1e-15.</summary>
    /// <param name="probability">Above 0 and below 1.</param>
    public static double Quantile(double probability)
    {
        double centred = probability - 0.5;
        if (Math.Abs(centred) <= 0.425)
        {
            double r = 0.180625 - (centred * centred);
            return centred * Ratio(
                r,
                [
                    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
                    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
                ],
                [
                    1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610,
                    28729.085735721942674, 5226.4952788528545610,
                ]);
        }

        double root = Math.Sqrt(-DoubleMath.Log(centred < 0 ? probability : 1 - probability));
        double distance = root <= 5
            ? Ratio(
                root - 1.6,
                [
                    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258,
                    0.241780725177450611770, 0.0227238449892691845833, 0.000774545014278341407640,
                ],
                [
                    1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
                    0.0151986665636164571966, 0.000547593808499534494600, 1.05075007164441684324e-9,
                ])
            : Ratio(
                root - 5,
                [
                    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230, 0.0265321895265761230930,
                    0.00124266094738807843860, 0.0000271155556874348757815, 2.01033439929228813265e-7,
                ],
                [
                    1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 0.000786869131145613259100,
                    0.0000184631831751005468180, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
                ]);
        return centred < 0 ? -distance : distance;
    }

    private static double Ratio(double x, ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        double above = 0;
        double below = 0;
        for (int i = numerator.Length - 1; i >= 0; i--)
        {
            above = (above * x) + numerator[i];
            below = (below * x) + denominator[i];
        }

        return above / below;
    }
}
