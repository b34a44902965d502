using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Recall;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>From patterns or given weights to a network of integers.</summary>
internal static class HopfieldLearning
{
    /// <summary>The largest scale exponent.</summary>
    private const int MaxScaleBits = 30;

    private const long MostAnchorBytes = 32L << 20;

    /// <summary>Learns patterns by a rule.</summary>
    public static HopfieldNetwork Learn(BitMatrix patterns, HopfieldOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        Throw.IfLess(patterns.Rows, 1, "number of patterns");
        Throw.IfLess(patterns.Columns, 1, "number of units");
        CheckThresholds(options.Thresholds, patterns.Columns);
        if (!Enum.IsDefined(options.Units))
        {
            Throw.OutOfRange(nameof(options.Units), "a kind of units", options.Units);
        }

        switch (options.Rule)
        {
            case LearningRule.Hebb:
                return Hebb(Copy(patterns, null), options);
            case LearningRule.Storkey:
                return Quantise(Storkey.Weights(patterns, cancellation), options.Thresholds, options.Units, LearningRule.Storkey, Copy(patterns, null));
            case LearningRule.PseudoInverse:
                double[] weights = PseudoInverse.Weights(patterns, options.DropDependent, out IReadOnlyList<int> kept, cancellation);
                return Quantise(weights, options.Thresholds, options.Units, LearningRule.PseudoInverse, Copy(patterns, kept));
            default:
                Throw.OutOfRange(nameof(options.Rule), "a rule to learn by", options.Rule);
                return null;
        }
    }

    /// <summary>Takes given weights.</summary>
    public static HopfieldNetwork FromWeights(ReadOnlySpan2D<double> weights, ReadOnlySpan<double> thresholds, HopfieldUnits units, bool repair)
    {
        int count = weights.Height;
        Throw.IfLess(count, 1, "number of units");
        if (weights.Width != count)
        {
            Throw.Argument(nameof(weights), "as many rows as columns", $"{weights.Height} x {weights.Width}");
        }

        double[]? given = thresholds.IsEmpty ? null : thresholds.ToArray();
        CheckThresholds(given, count);
        for (int k = 0; k < count * count; k++)
        {
            if (!double.IsFinite(weights[k / count, k % count]))
            {
                Throw.Argument(nameof(weights), $"a finite number at row {k / count}, column {k % count}", Text(weights[k / count, k % count]));
            }
        }

        double[] copy = new double[checked(count * count)];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double weight = weights[i, j];
                double mirror = weights[j, i];
                if (!repair && i == j && weight != 0)
                {
                    Throw.Argument(nameof(weights), $"0 on the diagonal, at row {i}, column {i}", Text(weight));
                }

                if (!repair && weight != mirror)
                {
                    Throw.Argument(nameof(weights), $"symmetric weights: {Text(mirror)} at row {i}, column {j}, as at row {j}, column {i}", Text(weight));
                }

                copy[(i * count) + j] = i == j ? 0 : (weight / 2) + (mirror / 2);
            }
        }

        return Quantise(copy, given, units, LearningRule.Given, new BitMatrix(0, count));
    }

    /// <summary>Rows in 16 bits where every input fits them, else in 32; with the inputs of the stored patterns.</summary>
    public static Couplings Rows(int[] fields, CouplingRows<int>.RowFiller row, BitMatrix patterns)
    {
        long bound = 0;
        long largest = 0;
        int[] values = new int[fields.Length];
        for (int i = 0; i < fields.Length; i++)
        {
            row(i, values);
            long sum = Math.Abs((long)fields[i]);
            foreach (int value in values)
            {
                sum += Math.Abs((long)value);
                largest = Math.Max(largest, Math.Abs((long)value));
            }

            bound = Math.Max(bound, sum);
        }

        if (bound > short.MaxValue || 2 * largest > short.MaxValue)
        {
            CouplingRows<int> wide = new(fields, row);
            if ((long)patterns.Rows * wide.Stride * sizeof(int) <= MostAnchorBytes)
            {
                wide.AddAnchors(SimdSelection.Current, patterns);
            }

            return wide;
        }

        // Sums wrap around in 16 bits and come out right: every input fits, whatever happens on the way.
        CouplingRows<short> narrow = new(fields, new CouplingRows<short>.RowFiller(row));
        if ((long)patterns.Rows * narrow.Stride * sizeof(short) <= MostAnchorBytes)
        {
            narrow.AddAnchors(SimdSelection.Current, patterns);
        }

        return narrow;
    }

    /// <summary>A network of Hebb's rule with known fields.</summary>
    public static HopfieldNetwork Hebb(BitMatrix patterns, HopfieldUnits units, int[] fields)
    {
        long bound = ((long)patterns.Rows * patterns.Columns) + fields.Max(static field => Math.Abs((long)field));
        if (bound > HopfieldNetwork.MostInput)
        {
            Throw.Argument(nameof(patterns), $"patterns x units and thresholds of at most {HopfieldNetwork.MostInput}", $"{bound}");
        }

        return new HopfieldNetwork(patterns, units, fields, new PatternCouplings(patterns, fields));
    }

    /// <summary>A network of known integers.</summary>
    public static HopfieldNetwork OfIntegers(int[] integers, int[] fields, int scaleBits, HopfieldUnits units, LearningRule rule, BitMatrix patterns) =>
        new(patterns, units, rule, Math.ScaleB(1, -scaleBits), fields, Rows(fields, (i, values) => integers.AsSpan(i * fields.Length, fields.Length).CopyTo(values), patterns));

    private static HopfieldNetwork Hebb(BitMatrix patterns, HopfieldOptions options)
    {
        int[] fields = new int[patterns.Columns];
        if (options.Thresholds is { } thresholds)
        {
            // In integers theta N; binary units have 2 (sum_j Q_ij / 2 - theta N).
            HopfieldNetwork plain = Hebb(patterns, options.Units, fields);
            for (int i = 0; i < fields.Length; i++)
            {
                double field = options.Units == HopfieldUnits.Spin
                    ? Math.Round(-thresholds[i] / plain.WeightScale)
                    : Math.Round(2 * (plain.Threshold(i) - thresholds[i]) / plain.WeightScale);
                fields[i] = Fit(field, i);
            }
        }

        return Hebb(patterns, options.Units, fields);
    }

    /// <summary>Rounds weights and thresholds to the finest scale at which no input overflows.</summary>
    private static HopfieldNetwork Quantise(double[] weights, IReadOnlyList<double>? thresholds, HopfieldUnits units, LearningRule rule, BitMatrix patterns)
    {
        int count = patterns.Columns;
        bool whole = weights.All(static weight => weight == Math.Floor(weight)) && (thresholds is null || thresholds.All(static threshold => threshold == Math.Floor(threshold)));
        for (int bits = whole ? 0 : MaxScaleBits; bits >= -MaxScaleBits; bits--)
        {
            int[] integers = new int[weights.Length];
            int[] fields = new int[count];
            if (TryRound(weights, thresholds, units, bits, integers, fields))
            {
                return OfIntegers(integers, fields, bits, units, rule, patterns);
            }
        }

        Throw.Argument(nameof(weights), "weights and thresholds of at most 2^50", "larger ones");
        return null;
    }

    private static bool TryRound(double[] weights, IReadOnlyList<double>? thresholds, HopfieldUnits units, int bits, int[] integers, int[] fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            double size = 0;
            double sum = 0;
            for (int j = 0; j < fields.Length; j++)
            {
                double rounded = Math.Round(Math.ScaleB(weights[(i * fields.Length) + j], bits));
                size += Math.Abs(rounded);
                sum += rounded;
                if (size > HopfieldNetwork.MostInput)
                {
                    return false;
                }

                integers[(i * fields.Length) + j] = (int)rounded;
            }

            double field = (thresholds, units) switch
            {
                (null, _) => 0,
                (_, HopfieldUnits.Spin) => Math.Round(Math.ScaleB(-thresholds[i], bits)),
                _ => sum - Math.Round(Math.ScaleB(2 * thresholds[i], bits)),
            };
            if (size + Math.Abs(field) > HopfieldNetwork.MostInput)
            {
                return false;
            }

            fields[i] = (int)field;
        }

        return true;
    }

    private static int Fit(double field, int unit)
    {
        if (Math.Abs(field) > HopfieldNetwork.MostInput)
        {
            Throw.Argument("thresholds", $"at most {HopfieldNetwork.MostInput} in integers at unit {unit}", Text(field));
        }

        return (int)field;
    }

    private static void CheckThresholds(IReadOnlyList<double>? thresholds, int units)
    {
        if (thresholds is null)
        {
            return;
        }

        Throw.IfLengthDiffers(thresholds.Count, units, nameof(thresholds));
        for (int i = 0; i < units; i++)
        {
            if (!double.IsFinite(thresholds[i]))
            {
                Throw.Argument(nameof(thresholds), $"a finite number at unit {i}", Text(thresholds[i]));
            }
        }
    }

    private static BitMatrix Copy(BitMatrix patterns, IReadOnlyList<int>? rows)
    {
        BitMatrix copy = new(rows?.Count ?? patterns.Rows, patterns.Columns);
        for (int row = 0; row < copy.Rows; row++)
        {
            patterns.Row(rows is null ? row : rows[row]).CopyTo(copy.Row(row));
        }

        return copy;
    }

    private static string Text(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
