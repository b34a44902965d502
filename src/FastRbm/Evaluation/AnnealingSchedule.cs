using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Evaluation;

/// <summary>A ladder of inverse temperatures from 0, the base rates, to 1, the model.</summary>
/// <remarks>Betas are the floats that rows are sampled and weighed at. Immutable, thread-safe.</remarks>
public sealed class AnnealingSchedule
{
    private const double FirstKnee = 0.5;
    private const double SecondKnee = 0.9;
    private const int ClassicTemperatures = 14_501;
    private const int ClassicToFirstKnee = 500;
    private const int ClassicToSecondKnee = 4_500;

    private readonly float[] _betas;

    private AnnealingSchedule(float[] betas) => _betas = betas;

    /// <summary>The inverse temperatures: 0 first, never falling, 1 last.</summary>
    public ReadOnlySpan<float> Betas => _betas;

    /// <summary>The number of inverse temperatures, 0 and 1 among them.</summary>
    public int Temperatures => _betas.Length;

    /// <summary>
    /// The ladder of Salakhutdinov and Murray (2008): with 14,501 temperatures 500 even steps to 0.5, 4,000 to 0.9 and 10,000 to 1;
    /// with others the same shares.
    /// </summary>
    /// <param name="temperatures">The number of inverse temperatures, at least 2.</param>
    /// <returns>The ladder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 2 temperatures.</exception>
    public static AnnealingSchedule Classic(int temperatures = ClassicTemperatures)
    {
        Throw.IfLess(temperatures, 2);
        int steps = temperatures - 1;
        if (steps < 3)
        {
            return Linear(temperatures);
        }

        int first = Math.Max(1, (int)((long)steps * ClassicToFirstKnee / (ClassicTemperatures - 1)));
        int second = Math.Max(first + 1, (int)((long)steps * ClassicToSecondKnee / (ClassicTemperatures - 1)));
        float[] betas = new float[temperatures];
        for (int step = 0; step <= steps; step++)
        {
            betas[step] = (float)(
                step < first ? Between(0, FirstKnee, step, first)
                : step < second ? Between(FirstKnee, SecondKnee, step - first, second - first)
                : Between(SecondKnee, 1, step - second, steps - second));
        }

        return new AnnealingSchedule(betas);
    }

    /// <summary>Even steps from 0 to 1.</summary>
    /// <param name="temperatures">The number of inverse temperatures, at least 2.</param>
    /// <returns>The ladder.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 2 temperatures.</exception>
    public static AnnealingSchedule Linear(int temperatures)
    {
        Throw.IfLess(temperatures, 2);
        float[] betas = new float[temperatures];
        for (int step = 0; step < temperatures; step++)
        {
            betas[step] = (float)((double)step / (temperatures - 1));
        }

        return new AnnealingSchedule(betas);
    }

    /// <summary>A ladder of one's own.</summary>
    /// <param name="betas">At least 2 numbers: 0 first, none smaller than the one before, 1 last. Rounded to floats.</param>
    /// <returns>The ladder.</returns>
    /// <exception cref="ArgumentException">There are fewer than 2, they don't start at 0 or end at 1, or one is not a number or smaller
    /// than the one before; the message names its place.</exception>
    public static AnnealingSchedule FromBetas(ReadOnlySpan<double> betas)
    {
        if (betas.Length < 2)
        {
            Throw.Argument(nameof(betas), "at least 2 inverse temperatures, 0 first and 1 last", Text(betas.Length));
        }

        float[] copy = new float[betas.Length];
        for (int i = 0; i < betas.Length; i++)
        {
            if (!double.IsFinite(betas[i]) || (i > 0 && betas[i] < betas[i - 1]))
            {
                Throw.Argument(nameof(betas), "finite numbers that never fall", $"{Text(betas[i])} at {Text(i)}{(i > 0 ? $", after {Text(betas[i - 1])}" : string.Empty)}");
            }

            copy[i] = (float)betas[i];
        }

        if (betas[0] != 0)
        {
            Throw.Argument(nameof(betas), "0 first, at 0", Text(betas[0]));
        }

        if (betas[^1] != 1)
        {
            Throw.Argument(nameof(betas), $"1 last, at {Text(betas.Length - 1)}", Text(betas[^1]));
        }

        return new AnnealingSchedule(copy);
    }

    /// <summary>A ladder whose steps all add the same variance to log weights, as well as a pilot run can tell.</summary>
    /// <remarks>
    /// A pilot of 64 rows walks a coarser ladder, half even and half classic. Where its increments over a step of size s have variance v, log weights vary by
    /// sqrt(v) / s a unit of beta, and temperatures go as densely as that: then every step adds the same. A tenth of the temperatures is
    /// spread as the pilot's, so that a pilot that saw too little leaves no hole. Source: Gelman and Meng, "Simulating
    /// normalizing constants" (1998), section 5.
    /// </remarks>
    /// <param name="rbm">A binary model.</param>
    /// <param name="temperatures">The number of inverse temperatures, at least 2.</param>
    /// <param name="options">Base rates, seed and threads; its runs and schedule aren't used.</param>
    /// <param name="cancellation">Stops the pilot.</param>
    /// <returns>The ladder: a function of model, base rates, number of temperatures and seed.</returns>
    /// <exception cref="ArgumentException">As for <see cref="AnnealedImportanceSampling.Estimate"/>.</exception>
    public static AnnealingSchedule Adaptive(Models.Rbm rbm, int temperatures, AnnealingOptions options, CancellationToken cancellation = default)
    {
        Throw.IfLess(temperatures, 2);
        return new AnnealingSchedule(AnnealingPilot.Run(rbm, temperatures, options, cancellation));
    }

    /// <summary>The ladder in the order of a direction.</summary>
    internal float[] Ladder(bool reverse)
    {
        float[] ladder = (float[])_betas.Clone();
        if (reverse)
        {
            Array.Reverse(ladder);
        }

        return ladder;
    }

    /// <summary>from at step 0, to at the last step, both exactly.</summary>
    private static double Between(double from, double to, int step, int steps) => (from * (steps - step) / steps) + (to * step / steps);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
