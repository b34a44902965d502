using FastRbm.Errors;
using FastRbm.Memory;

namespace FastRbm.Models.Hopfield;

/// <summary>What became of each probe. Filled by a recall, which overwrites it; room for a fixed number of rows.</summary>
public sealed class RecallResult
{
    private readonly int[] _sweeps;
    private readonly long[] _flips;
    private readonly RecallOutcome[] _outcomes;
    private readonly double[] _energies;
    private readonly int[] _nearest;
    private readonly int[] _distances;

    /// <summary>Allocates room.</summary>
    /// <param name="rows">The number of probes, 0 or more.</param>
    /// <param name="units">The number of units, at least 1.</param>
    public RecallResult(int rows, int units)
    {
        Throw.IfLess(rows, 0);
        Throw.IfLess(units, 1);
        States = new BitMatrix(rows, units);
        _sweeps = new int[rows];
        _flips = new long[rows];
        _outcomes = new RecallOutcome[rows];
        _energies = new double[rows];
        _nearest = new int[rows];
        _distances = new int[rows];
    }

    /// <summary>The number of probes.</summary>
    public int Rows => States.Rows;

    /// <summary>Where each probe ended.</summary>
    public BitMatrix States { get; }

    /// <summary>Sweeps in which at least one unit flipped.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A count.</returns>
    public int Sweeps(int row) => _sweeps[row];

    /// <summary>Units flipped, over all sweeps.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A count.</returns>
    public long Flips(int row) => _flips[row];

    /// <summary>How it ended.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>The outcome.</returns>
    public RecallOutcome Outcome(int row) => _outcomes[row];

    /// <summary>The energy of where it ended, as the network defines it.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>E.</returns>
    public double Energy(int row) => _energies[row];

    /// <summary>The stored pattern that differs in the fewest units, the first of equals; -1 if there are none.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>The number of a pattern.</returns>
    public int Nearest(int row) => _nearest[row];

    /// <summary>In how many units the nearest pattern differs.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>A count from 0; 0 if there are no patterns.</returns>
    public int Distance(int row) => _distances[row];

    /// <summary>The overlap with the nearest pattern, 1 - 2 distance / N; NaN never: 0 if there are no patterns.</summary>
    /// <param name="row">From 0 to Rows - 1.</param>
    /// <returns>The overlap, as of spins.</returns>
    public double NearestOverlap(int row) => _nearest[row] < 0 ? 0 : 1 - (2.0 * _distances[row] / States.Columns);

    /// <summary>The share of rows with an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    /// <returns>From 0 to 1; 0 without rows.</returns>
    public double Share(RecallOutcome outcome) => Rows == 0 ? 0 : (double)_outcomes.Count(one => one == outcome) / Rows;

    /// <summary>Writes one row.</summary>
    internal void Set(int row, int sweeps, long flips, RecallOutcome outcome, double energy, int nearest, int distance)
    {
        _sweeps[row] = sweeps;
        _flips[row] = flips;
        _outcomes[row] = outcome;
        _energies[row] = energy;
        _nearest[row] = nearest;
        _distances[row] = distance;
    }
}
