using System.Diagnostics;
using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// log Z of a binary RBM by enumerating the states s of its smaller layer: log sum_s exp(c.s + sum_i softplus(x_i(s))), where x_i
/// is the input of unit i of the larger layer.
/// </summary>
/// <remarks>
/// <para>The product of 1 + exp(x_i) over i is formed without exponentials: the states are cut into three groups of bits, and
/// each factor is the sum of a table entry of the low bits and one of the others, so that a state costs an addition and a
/// multiplication a unit. Products give up their exponent before they can overflow. A model with a unit whose absolute weights
/// and bias sum to more than 600 goes the slow way, by softplus: hundreds of times the time.</para>
/// <para>Double precision; the same bits for any number of threads and any vector width. No table of states: memory is
/// 128 doubles a unit, and two a block of 4,096 states. Thread-safe.</para>
/// </remarks>
public static class ExactPartitionFunction
{
    /// <summary>The largest smaller layer that is enumerated: 2^30 states.</summary>
    public const int MaxUnits = 30;

    // What a slice of the work is cut down to: some milliseconds.
    private const int SliceWork = 1 << 24;
    private const int SliceUnits = 4096;
    private const double SliceSeconds = 0.03;

    /// <summary>Computes log Z.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share of the states that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <returns>The log partition function in nats.</returns>
    /// <exception cref="ArgumentException">Both layers have more than <see cref="MaxUnits"/> units, or the absolute parameters sum
    /// to more than a double holds.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double LogPartitionFunction(
        RbmParameters parameters, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Throw.IfLess(threads, 1);
        CheckSize(parameters.Visible, parameters.Hidden, threads, nameof(parameters));
        EnumerationTables tables = new(parameters.Visible, parameters.Hidden);
        tables.Load(parameters.Weights, parameters.VisibleBias, parameters.HiddenBias);
        using ThreadTeam team = new(Math.Min(threads, tables.Tops));
        return new LogPartitionSum(tables, team, SimdSelection.Current).Compute(progress, cancellation);
    }

    /// <summary>
    /// An estimate of how long <see cref="LogPartitionFunction"/> takes on this machine, as it is now: a small slice of the work is
    /// timed (tens of milliseconds at most, once the code is compiled) and scaled.
    /// </summary>
    /// <param name="visible">The number of visible units, at least 1.</param>
    /// <param name="hidden">The number of hidden units, at least 1; any number, also beyond <see cref="MaxUnits"/>.</param>
    /// <param name="threads">Threads, at least 1; more than there are processors count as so many.</param>
    /// <returns>Seconds of wall time, at most <see cref="double.MaxValue"/>. Models that go by softplus take longer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static double EstimateSeconds(int visible, int hidden, int threads = 1)
    {
        Throw.IfLess(visible, 1);
        Throw.IfLess(hidden, 1);
        Throw.IfLess(threads, 1);
        int small = Math.Min(visible, hidden);
        int large = Math.Max(visible, hidden);
        int sliceLarge = Math.Min(large, SliceUnits);
        int members = Math.Min(threads, Environment.ProcessorCount);
        int bits = Math.Max(2, (int)Math.Log2((double)SliceWork * members / sliceLarge));
        int sliceSmall = Math.Min(Math.Min(small, MaxUnits), bits);

        // Weights of a trained model's size; equal ones, which cost what others do.
        double[] weights = new double[sliceSmall * sliceLarge];
        Array.Fill(weights, 0.25);
        EnumerationTables tables = new(sliceSmall, sliceLarge);
        using ThreadTeam team = new(Math.Min(members, tables.Tops));
        LogPartitionSum sum = new(tables, team, SimdSelection.Current);

        // The first time of each may be one of compiling. Then the mean, not the best: others use the machine during a long run too.
        tables.Load(weights, new double[sliceSmall], new double[sliceLarge]);
        sum.Compute(null, CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        tables.Load(weights, new double[sliceSmall], new double[sliceLarge]);
        double loading = Stopwatch.GetTimestamp() - start;
        start = Stopwatch.GetTimestamp();
        double summing;
        int runs = 0;
        do
        {
            sum.Compute(null, CancellationToken.None);
            runs++;
            summing = Stopwatch.GetTimestamp() - start;
        }
        while (summing + loading < SliceSeconds * Stopwatch.Frequency);

        double ticks = (Math.ScaleB(summing / runs, small - sliceSmall) + loading) * ((double)large / sliceLarge);
        double seconds = ticks / Stopwatch.Frequency;
        return Math.Min(seconds, double.MaxValue);
    }

    /// <summary>Refuses models that are too large, with the time that they would take.</summary>
    internal static void CheckSize(int visible, int hidden, int threads, string name)
    {
        if (Math.Min(visible, hidden) > MaxUnits)
        {
            Throw.Argument(
                name,
                $"at most {MaxUnits} units in the smaller layer for exact enumeration (beyond, estimate log Z by annealed importance sampling)",
                $"{visible} visible and {hidden} hidden units, which would take {Duration(EstimateSeconds(visible, hidden, threads))} on this machine");
        }
    }

    /// <summary>A time in words.</summary>
    internal static string Duration(double seconds)
    {
        double hours = seconds / 3600;
        if (hours < 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"about {Math.Ceiling(seconds):N0} seconds");
        }

        // Two digits are more than the estimate is good for.
        double digits = Math.Floor(Math.Log10(hours));
        double unit = Math.Pow(10, Math.Max(0, digits - 1));
        return hours < 1e12
            ? string.Create(CultureInfo.InvariantCulture, $"about {Math.Round(hours / unit) * unit:N0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"more than 10^{digits} hours");
    }
}
