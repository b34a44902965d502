using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;

namespace FastRbm.Evaluation.Hopfield;

/// <summary>What networks of random patterns keep: overlaps after recall, by load or by noise.</summary>
/// <remarks>Functions of size, load and options: the same bits for any number of threads. Standard errors are those of means over independent networks.</remarks>
public static class HopfieldCapacity
{
    /// <summary>Starts at stored patterns (with flipped bits, if asked for) and looks where recall ends.</summary>
    /// <param name="units">N, 2 or more.</param>
    /// <param name="patterns">P, 1 or more.</param>
    /// <param name="options">How; the defaults if null.</param>
    /// <param name="progress">Told the share of the networks that is done, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Means with standard errors.</returns>
    /// <exception cref="ArgumentException">A size or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CapacityPoint Measure(
        int units, int patterns, CapacityOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Throw.IfLess(units, 2);
        Throw.IfLess(patterns, 1);
        options ??= new CapacityOptions();
        options.Check();
        int flipped = (int)Math.Round(options.FlippedShare * units);
        int count = Math.Min(options.Probes, patterns);
        double[] overlaps = new double[options.Networks];
        double[] shares = new double[options.Networks];
        long sweeps = 0;
        long settled = 0;
        RecallResult result = new(count, units);
        for (int network = 0; network < options.Networks; network++)
        {
            BitMatrix stored = RandomPatterns.Draw(patterns, units, options.Seed, network);
            BitMatrix probes = new(count, units);
            RandomPatterns.Flip(stored, 0, flipped, probes, options.Seed, network);
            HopfieldNetwork machine = HopfieldNetwork.Learn(stored, new HopfieldOptions { Rule = options.Rule }, cancellation);
            using HopfieldRecall recall = new(machine, options.Recall with { Seed = options.Recall.Seed + (ulong)network });
            recall.Run(probes, result, null, cancellation);
            long twiceDistance = 0;
            int retrieved = 0;
            for (int row = 0; row < count; row++)
            {
                double overlap = machine.Overlap(result.States.Row(row), row);
                twiceDistance += (long)Math.Round((1 - overlap) * units);
                retrieved += overlap >= options.RetrievedOverlap ? 1 : 0;
                sweeps += result.Sweeps(row);
                settled += result.Outcome(row) == RecallOutcome.Settled ? 1 : 0;
            }

            overlaps[network] = 1 - ((double)twiceDistance / ((double)units * count));
            shares[network] = (double)retrieved / count;
            progress?.Report((network + 1.0) / options.Networks);
        }

        double all = (double)count * options.Networks;
        (double overlapMean, double overlapError) = MeanAndError(overlaps);
        (double share, double shareError) = MeanAndError(shares);
        return new CapacityPoint(units, patterns, options.Networks, count, overlapMean, overlapError, share, shareError, sweeps / all, settled / all);
    }

    /// <summary>The share of flipped bits that half of the probes come back from.</summary>
    /// <param name="units">N, 2 or more.</param>
    /// <param name="patterns">P, 1 or more.</param>
    /// <param name="flippedShares">Shares to try, rising, from 0 to 0.5.</param>
    /// <param name="options">How; their own flipped share isn't used.</param>
    /// <param name="progress">Told the share that is done, or null.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>
    /// A point a share, and the radius: where the retrieved share, joined by straight lines, falls below one half; 0 if it never is that high, and the last share if it never falls.
    /// </returns>
    /// <exception cref="ArgumentException">A size or an option is out of range, or shares don't rise.</exception>
    public static (IReadOnlyList<CapacityPoint> Points, double Radius) Basin(
        int units, int patterns, IReadOnlyList<double> flippedShares, CapacityOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(flippedShares);
        Throw.IfLess(flippedShares.Count, 1, "number of shares");
        List<CapacityPoint> points = [];
        double radius = 0;
        for (int k = 0; k < flippedShares.Count; k++)
        {
            Throw.IfOutside(flippedShares[k], k == 0 ? 0 : flippedShares[k - 1], 0.5, nameof(flippedShares));
            points.Add(Measure(units, patterns, (options ?? new CapacityOptions()) with { FlippedShare = flippedShares[k] }, null, cancellation));
            double share = points[^1].RetrievedShare;
            double before = k == 0 ? share : points[^2].RetrievedShare;
            if (share >= 0.5)
            {
                radius = flippedShares[k];
            }
            else if (before >= 0.5)
            {
                radius = flippedShares[k - 1] + ((flippedShares[k] - flippedShares[k - 1]) * (before - 0.5) / (before - share));
            }

            progress?.Report((k + 1.0) / flippedShares.Count);
        }

        return (points, radius);
    }

    /// <summary>A mean and its standard error; the error of a single value is 0.</summary>
    private static (double Mean, double Error) MeanAndError(double[] values)
    {
        double mean = values.Sum() / values.Length;
        double squares = values.Sum(value => (value - mean) * (value - mean));
        return (mean, values.Length < 2 ? 0 : Math.Sqrt(squares / (values.Length - 1) / values.Length));
    }
}
