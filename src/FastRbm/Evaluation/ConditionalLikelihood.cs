using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Enumeration;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// Exact free energies of partly observed rows under a binary RBM, and from them log p(observed) and log p(rest | clamped).
/// </summary>
/// <remarks>
/// <para>F(v_o) = -log sum over the missing units of exp(-F(v)), so that p(v_o) = exp(-F(v_o)) / Z, and p(rest | v_o) = exp(F(v_o) - F(v)).
/// Observed units leave a model of the missing ones: their biases, and hidden biases b_j + sum over observed i of v_i W_ij. Its log Z is
/// found by enumerating the smaller of its two layers (see <see cref="ExactPartitionFunction"/>). Rows that observe the same units differ in
/// hidden biases only, so that they share most of the work: the lower half of 10,000 images under 784 x 20 takes seconds.</para>
/// <para>Double precision; the same bits for any number of threads and any vector width. Allocates about 1 kB a row of the 16,384 that are
/// done at once, and the tables of <see cref="ExactPartitionFunction"/>. Thread-safe.</para>
/// </remarks>
public static class ConditionalLikelihood
{
    private const int RowsAtOnce = 1 << 14;

    /// <summary>F of each row, of which values may be missing.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Binary rows, at least one. A row without missing values has its free energy, one without any observed -log Z.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <returns>A number of nats a row.</returns>
    /// <exception cref="ArgumentException">The width isn't the model's, the rows aren't binary, or both hidden units and some row's missing
    /// units are more than <see cref="ExactPartitionFunction.MaxUnits"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] FreeEnergies(
        RbmParameters parameters, IVisibleRows rows, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellation = default) =>
        FreeEnergies(SimdSelection.Current, parameters, rows, threads, progress, cancellation);

    /// <summary>log p(the other units | the clamped ones) of each row.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="rows">Binary rows without missing values, at least one.</param>
    /// <param name="clamped">Which units are given: a row for each row, or one for all. All of them give 0, none gives log p(v).</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Told the share that is done, on this thread; or null.</param>
    /// <param name="cancellation">Stops the enumeration.</param>
    /// <returns>A number of nats a row, at most 0.</returns>
    /// <exception cref="ArgumentException">As for <see cref="FreeEnergies(RbmParameters, IVisibleRows, int, IProgress{double}?, CancellationToken)"/>,
    /// or a value is missing, or the mask has another shape.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double[] LogConditionals(
        RbmParameters parameters, IVisibleRows rows, BitMatrix clamped, int threads = 1, IProgress<double>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rows);
        PartialRows.RequireComplete(rows, nameof(rows));
        double[] results = FreeEnergies(parameters, new MaskedRows(rows, clamped, nameof(clamped)), threads, progress, cancellation);
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double[] inputs = new double[parameters.Hidden];
        for (int row = 0; row < results.Length; row++)
        {
            rows.CopyBits(row, states);
            results[row] -= FreeEnergy(parameters, states, inputs);
        }

        return results;
    }

    /// <summary>The free energies at a vector width.</summary>
    internal static double[] FreeEnergies(
        SimdLevel level, RbmParameters parameters, IVisibleRows rows, int threads, IProgress<double>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        Throw.IfLess(threads, 1);
        if (rows.Columns != parameters.Visible)
        {
            Throw.Argument(nameof(rows), $"rows of {parameters.Visible} values, the model's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them; binarize them first");
        }

        double[] results = new double[rows.Rows];
        List<RowGroup> groups = RowGroup.Of(rows);
        foreach (RowGroup group in groups.Where(group => group.Missing.Length > 0))
        {
            ExactPartitionFunction.CheckSize(group.Missing.Length, parameters.Hidden, threads, nameof(parameters));
        }

        using ThreadTeam team = new(threads);
        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, groups.Count);
        foreach (RowGroup group in groups)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(level, parameters, rows, group, team, results, shares, cancellation);
            shares?.Next();
        }

        return results;
    }

    private static void Run(
        SimdLevel level, RbmParameters parameters, IVisibleRows rows, RowGroup group, ThreadTeam team, double[] results, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        int hidden = parameters.Hidden;
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double[] inputs = new double[hidden];
        if (group.Missing.Length == 0)
        {
            foreach (int row in group.Rows)
            {
                rows.CopyBits(row, states);
                results[row] = FreeEnergy(parameters, states, inputs);
            }

            return;
        }

        double[] weights = new double[group.Missing.Length * hidden];
        double[] bias = new double[group.Missing.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = parameters.VisibleBias[group.Missing[i]];
            parameters.Weights.AsSpan(group.Missing[i] * hidden, hidden).CopyTo(weights.AsSpan(i * hidden));
        }

        EnumerationTables tables = new(bias.Length, hidden);
        List<int> alone = [.. group.Rows];
        if (tables.Small == hidden && bias.Length != hidden && group.Rows.Count > 1)
        {
            Together(level, parameters, rows, group.Rows, tables, weights, bias, team, results, alone, progress, cancellation);
        }

        LogPartitionSum sum = new(tables, team, level);
        foreach (int row in alone)
        {
            rows.CopyBits(row, states);
            parameters.HiddenInputs(states, inputs);
            tables.Load(weights, bias, inputs);
            results[row] = -parameters.VisibleField(states) - sum.Compute(null, cancellation);
        }
    }

    /// <summary>Rows that observe the same units, up to those that are too far from the others, which are left alone.</summary>
    private static void Together(
        SimdLevel level, RbmParameters parameters, IVisibleRows rows, IReadOnlyList<int> group, EnumerationTables tables, double[] weights, double[] bias,
        ThreadTeam team, double[] results, List<int> alone, IProgress<double>? progress, CancellationToken cancellation)
    {
        alone.Clear();
        int hidden = parameters.Hidden;
        ulong[] states = new ulong[BitMatrix.WordsFor(rows.Columns)];
        double[] inputs = new double[hidden];
        double[] least = [.. Enumerable.Repeat(double.PositiveInfinity, hidden)];
        double[] most = [.. Enumerable.Repeat(double.NegativeInfinity, hidden)];
        foreach (int row in group)
        {
            rows.CopyBits(row, states);
            parameters.HiddenInputs(states, inputs);
            for (int j = 0; j < hidden; j++)
            {
                least[j] = Math.Min(least[j], inputs[j]);
                most[j] = Math.Max(most[j], inputs[j]);
            }
        }

        // Halfway, so that no row is farther than it must be.
        double[] centre = [.. least.Zip(most, static (from, to) => (from / 2) + (to / 2))];
        tables.Load(weights, bias, centre);
        ClampedPartitionSums sums = new(tables, team, level, Math.Min(RowsAtOnce, group.Count));
        List<int> taken = [];
        double[] logs = new double[Math.Min(RowsAtOnce, group.Count)];
        int parts = (group.Count + RowsAtOnce - 1) / RowsAtOnce;
        ProgressShares? shares = progress is null ? null : new ProgressShares(progress, parts);
        for (int next = 0; next < group.Count;)
        {
            sums.Clear();
            taken.Clear();
            for (; next < group.Count && sums.HasRoom; next++)
            {
                rows.CopyBits(group[next], states);
                parameters.HiddenInputs(states, inputs);
                double distance = 0;
                for (int j = 0; j < hidden; j++)
                {
                    inputs[j] -= centre[j];
                    distance += Math.Abs(inputs[j]);
                }

                if (distance <= ClampedPartitionSums.MostDifference)
                {
                    sums.Add(inputs);
                    taken.Add(group[next]);
                    results[group[next]] = -parameters.VisibleField(states);
                }
                else
                {
                    alone.Add(group[next]);
                }
            }

            sums.Compute(logs, shares, cancellation);
            for (int i = 0; i < taken.Count; i++)
            {
                results[taken[i]] -= logs[i];
            }

            shares?.Next();
        }
    }

    private static double FreeEnergy(RbmParameters parameters, ReadOnlySpan<ulong> states, double[] inputs)
    {
        parameters.HiddenInputs(states, inputs);
        double free = -parameters.VisibleField(states);
        foreach (double input in inputs)
        {
            free -= DoubleMath.Softplus(input);
        }

        return free;
    }
}
