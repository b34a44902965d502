using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Models.Hopfield;

/// <summary>A continuous Hopfield network: x_new = sum_p softmax_p(beta x^p . x) x^p, which is attention with the patterns as keys and values.</summary>
/// <remarks>
/// E(x) = -1/beta log sum_p exp(beta x^p . x) + x.x / 2 + 1/beta log P + max_p |x^p|^2 / 2, which no update raises and which is from 0 to 2 max_p |x^p|^2
/// for states that updates make. Floats: products in the stated order of the matrix kernels, softmax row by row with the largest score taken off and the sum in double over
/// ascending patterns; so the same bits at every SIMD level and for any number of threads. Not thread-safe: updates share scratch memory.
/// Source: Ramsauer et al., "Hopfield networks is all you need" (ICLR 2021), equations 2 and 3.
/// </remarks>
public sealed class SoftmaxHopfieldNetwork : IDisposable
{
    private readonly ThreadTeam _team;
    private readonly GemmWorkspace _workspace;
    private readonly double _largestSquare;
    private Matrix _scores = new(0, 0);

    /// <summary>Stores patterns.</summary>
    /// <param name="patterns">A row a pattern, at least one, finite; kept, not to be changed.</param>
    /// <param name="beta">The inverse temperature, above 0 and finite.</param>
    /// <param name="threads">Threads, 1 or more.</param>
    /// <exception cref="ArgumentException">There are no patterns or units, a number isn't finite, or beta is out of range.</exception>
    public SoftmaxHopfieldNetwork(Matrix patterns, double beta, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        Throw.IfLess(patterns.Rows, 1, "number of patterns");
        Throw.IfLess(patterns.Columns, 1, "number of units");
        Throw.IfOutside(beta, 1e-6, 1e6);
        for (int row = 0; row < patterns.Rows; row++)
        {
            CheckFinite(patterns, row, nameof(patterns));
            _largestSquare = Math.Max(_largestSquare, Dot(patterns.Row(row), patterns.Row(row)));
        }

        Patterns = patterns;
        Beta = beta;
        _team = new ThreadTeam(threads);
        _workspace = new GemmWorkspace(_team);
    }

    /// <summary>The number of units.</summary>
    public int Units => Patterns.Columns;

    /// <summary>The stored patterns.</summary>
    public Matrix Patterns { get; }

    /// <summary>The inverse temperature.</summary>
    public double Beta { get; }

    /// <summary>Updates all rows once. Allocates when it meets more rows than before.</summary>
    /// <param name="states">A row a state, finite.</param>
    /// <param name="updated">As many rows, overwritten; another matrix.</param>
    /// <returns>The largest change of a number.</returns>
    /// <exception cref="ArgumentException">Shapes differ, both are the same matrix, or a number isn't finite.</exception>
    public double Update(Matrix states, Matrix updated)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentNullException.ThrowIfNull(updated);
        if (states.Columns != Units || updated.Columns != Units || updated.Rows != states.Rows || ReferenceEquals(states, updated))
        {
            Throw.Argument(
                nameof(updated), $"another matrix of {states.Rows} x {Units}, as the states", $"{updated.Rows} x {updated.Columns} for states of {states.Rows} x {states.Columns}");
        }

        for (int row = 0; row < states.Rows; row++)
        {
            CheckFinite(states, row, nameof(states));
        }

        if (_scores.Rows != states.Rows)
        {
            _scores = new Matrix(states.Rows, Patterns.Rows);
        }

        SimdLevel level = SimdSelection.Current;
        FloatGemm.Multiply(level, GemmLayout.NT, _workspace, states.AsSpan2D(), Patterns.AsSpan2D(), _scores.AsSpan2D());
        for (int row = 0; row < states.Rows; row++)
        {
            Softmax(level, _scores.Row(row));
        }

        FloatGemm.Multiply(level, GemmLayout.NN, _workspace, _scores.AsSpan2D(), Patterns.AsSpan2D(), updated.AsSpan2D());
        double change = 0;
        for (int row = 0; row < states.Rows; row++)
        {
            ReadOnlySpan<float> before = states.Row(row);
            ReadOnlySpan<float> after = updated.Row(row);
            for (int i = 0; i < before.Length; i++)
            {
                change = Math.Max(change, Math.Abs(after[i] - before[i]));
            }
        }

        return change;
    }

    /// <summary>Updates until no number changes by more than a tolerance.</summary>
    /// <param name="states">A row a state, overwritten by where it ends.</param>
    /// <param name="mostUpdates">The limit, 1 or more.</param>
    /// <param name="tolerance">The largest change that counts as none, 0 or more.</param>
    /// <param name="cancellation">Stops between two updates.</param>
    /// <returns>How many updates were made, and whether the last changed no more than the tolerance.</returns>
    /// <exception cref="ArgumentException">The shape or a number is wrong.</exception>
    public (int Updates, bool Settled) Run(Matrix states, int mostUpdates, double tolerance = 1e-6, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(states);
        Throw.IfLess(mostUpdates, 1);
        Throw.IfOutside(tolerance, 0, double.MaxValue);
        Matrix next = new(states.Rows, states.Columns);
        for (int update = 1; ; update++)
        {
            cancellation.ThrowIfCancellationRequested();
            double change = Update(states, next);
            states.CopyFrom(next);
            if (change <= tolerance || update == mostUpdates)
            {
                return (update, change <= tolerance);
            }
        }
    }

    /// <summary>The energy of a state, in double.</summary>
    /// <param name="state">A number a unit, finite.</param>
    /// <returns>E.</returns>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public double Energy(ReadOnlySpan<float> state)
    {
        Throw.IfLengthDiffers(state.Length, Units, nameof(state));
        double[] scores = new double[Patterns.Rows];
        for (int pattern = 0; pattern < scores.Length; pattern++)
        {
            scores[pattern] = Beta * Dot(Patterns.Row(pattern), state);
        }

        return (-DoubleMath.LogSumExp(scores) / Beta) + (Dot(state, state) / 2) + (DoubleMath.Log(Patterns.Rows) / Beta) + (_largestSquare / 2);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }

    private static void CheckFinite(Matrix values, int row, string name)
    {
        ReadOnlySpan<float> numbers = values.Row(row);
        for (int i = 0; i < numbers.Length; i++)
        {
            // Beyond 10^15 products of patterns could leave the range of floats.
            if (!(Math.Abs(numbers[i]) <= 1e15f))
            {
                Throw.Argument(name, $"a number from -1e15 to 1e15 at row {row}, column {i}", numbers[i].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private void Softmax(SimdLevel level, Span<float> scores)
    {
        float largest = float.NegativeInfinity;
        foreach (float score in scores)
        {
            largest = Math.Max(largest, score);
        }

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)(Beta * (scores[i] - (double)largest));
        }

        ElementaryKernels.Exp(level, scores, scores);
        double sum = 0;
        foreach (float weight in scores)
        {
            sum += weight;
        }

        for (int i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)(scores[i] / sum);
        }
    }
}
