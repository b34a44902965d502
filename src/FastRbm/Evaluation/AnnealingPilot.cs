using FastRbm.Models;

namespace FastRbm.Evaluation;

/// <summary>The short run that an adaptive ladder is laid by.</summary>
internal static class AnnealingPilot
{
    private const int Rows = 64;
    private const int MostSteps = 1000;
    private const int LeastSteps = 50;

    /// <summary>Steps of the pilot whose variances are averaged, each way: one variance of 64 increments is off by a sixth.</summary>
    private const int Neighbours = 4;

    /// <summary>The share of temperatures that lie as in the pilot's ladder.</summary>
    private const double Plain = 0.1;

    /// <summary>Lays a ladder.</summary>
    public static float[] Run(Rbm rbm, int temperatures, AnnealingOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        float[] baseBias = options.Validate(rbm);
        int steps = Math.Clamp(temperatures / 10, LeastSteps, MostSteps);
        float[] pilot = Ladder(steps);
        steps = pilot.Length - 1;
        double[] variances = Variances(rbm, baseBias, pilot, options, cancellation);

        // lengths[k]: how many temperatures, in some unit, lie below pilot[k].
        double[] lengths = new double[steps + 1];
        for (int step = 0; step < steps; step++)
        {
            double sum = 0;
            int count = 0;
            for (int near = Math.Max(0, step - Neighbours); near <= Math.Min(steps - 1, step + Neighbours); near++)
            {
                double size = pilot[near + 1] - pilot[near];
                sum += variances[near] / (size * size);
                count++;
            }

            lengths[step + 1] = lengths[step] + (Math.Sqrt(sum / count) * ((double)pilot[step + 1] - pilot[step]));
        }

        double plain = lengths[^1] > 0 ? Plain * lengths[^1] / (1 - Plain) / steps : 1;
        for (int step = 1; step <= steps; step++)
        {
            lengths[step] += plain * step;
        }

        return Spread(pilot, lengths, temperatures);
    }

    /// <summary>Half of the temperatures even, half classic: near 1, where rows move slowly, even ones alone are too few.</summary>
    private static float[] Ladder(int steps)
    {
        SortedSet<float> betas = [.. AnnealingSchedule.Linear((steps / 2) + 1).Betas, .. AnnealingSchedule.Classic((steps / 2) + 1).Betas];
        return [.. betas];
    }

    private static double[] Variances(Rbm rbm, float[] baseBias, float[] pilot, AnnealingOptions options, CancellationToken cancellation)
    {
        using AnnealedRows rows = new(rbm, baseBias, Rows, options.Seed, AnnealedImportanceSampling.PilotNumber, options.Threads);
        rows.StartAtBase();
        double[] before = new double[Rows];
        double[] variances = new double[pilot.Length - 1];
        for (int step = 0; step < variances.Length; step++)
        {
            rows.LogWeights.CopyTo(before, 0);
            rows.Anneal(pilot, step, step + 2, null, cancellation);
            double sum = 0;
            double squares = 0;
            for (int row = 0; row < Rows; row++)
            {
                double increment = rows.LogWeights[row] - before[row];
                sum += increment;
                squares += increment * increment;
            }

            variances[step] = Math.Max(0, (squares - (sum * sum / Rows)) / (Rows - 1));
        }

        return variances;
    }

    /// <summary>Temperatures at even lengths, by straight lines between the pilot's.</summary>
    private static float[] Spread(float[] pilot, double[] lengths, int temperatures)
    {
        float[] betas = new float[temperatures];
        int step = 0;
        for (int i = 1; i < temperatures - 1; i++)
        {
            double length = lengths[^1] * i / (temperatures - 1);
            while (lengths[step + 1] < length)
            {
                step++;
            }

            double share = (length - lengths[step]) / (lengths[step + 1] - lengths[step]);
            betas[i] = (float)(pilot[step] + (share * ((double)pilot[step + 1] - pilot[step])));
        }

        betas[^1] = 1;
        return betas;
    }
}
