using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>
/// Parallel trajectory tempering: chains of every model of a ladder, each a Gibbs sweep at a time, whose states are exchanged between
/// neighbours. Fresh states come from the first rung, which is sampled exactly, and reach modes of the top that Gibbs sweeps don't.
/// </summary>
/// <remarks>
/// <para>States v and v' of neighbours with free energies F and F' are exchanged with probability min(1, exp(F(v) - F(v') + F'(v') - F'(v))):
/// in equilibrium each rung's states follow its model exactly. The works of the exchanges also give log Z of every rung, by Bennett's
/// acceptance ratio.</para>
/// <para>States and estimates are a function of models, seed, start and number of sweeps alone: not of threads, vector width, nor of how the
/// sweeps were cut into calls. A sweep allocates nothing. Holds, for each rung, 4 bytes a chain and unit. The top may be edited between
/// calls; the ladder's models may not. Not thread-safe; dispose it to end its threads.</para>
/// <para>Source: Bereux, Decelle, Furtlehner, Rosset and Seoane (2024), "Fast, accurate training and sampling of restricted Boltzmann
/// machines" (arXiv 2405.15376).</para>
/// </remarks>
public sealed class TrajectoryChains : IDisposable
{
    private const long LeastWorkForThreads = 1 << 20;

    private readonly ThreadTeam? _ownTeam;

    /// <summary>Makes chains that start at independent draws from the first rung's distribution.</summary>
    /// <param name="ladder">The frozen models.</param>
    /// <param name="chains">Chains a rung, at least 1; at least 2 for a standard error, and 20 for one to rely on.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. Results don't depend on it.</param>
    /// <param name="top">A model above the last rung that may be edited between calls; null when the last rung is the top.</param>
    /// <exception cref="ArgumentException">The top's shape isn't the ladder's.</exception>
    public TrajectoryChains(TrajectoryLadder ladder, int chains, ulong seed, int threads = 1, Rbm? top = null)
    {
        Check(ladder, chains, top);
        Throw.IfLess(threads, 1);
        Rbm first = ladder.Models[0];
        long work = (long)ladder.Count * chains * first.Visible.Count * first.Hidden.Count;
        _ownTeam = new ThreadTeam(work < LeastWorkForThreads ? 1 : threads);
        Engine = new TrajectoryEngine(ladder, top, chains, seed, _ownTeam);
        Ladder = ladder;
    }

    /// <summary>Makes chains that run on a team of the caller's.</summary>
    internal TrajectoryChains(TrajectoryLadder ladder, int chains, ulong seed, ThreadTeam team, Rbm? top)
    {
        Check(ladder, chains, top);
        Engine = new TrajectoryEngine(ladder, top, chains, seed, team);
        Ladder = ladder;
    }

    /// <summary>The frozen models.</summary>
    public TrajectoryLadder Ladder { get; }

    /// <summary>Chains a rung.</summary>
    public int Chains => Engine.Chains;

    /// <summary>The number of models, the top among them.</summary>
    public int Rungs => Engine.Rungs.Count;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps => Engine.Steps;

    /// <summary>The visible states of the top, a chain a row.</summary>
    public BitMatrix Visible => Engine.Top.Visible;

    /// <summary>Chains and counters, to be saved and put back.</summary>
    internal TrajectoryEngine Engine { get; }

    /// <summary>The visible states of one rung, a chain a row.</summary>
    /// <param name="rung">From 0, the one without weights, to Rungs - 1, the top.</param>
    /// <returns>The states; writing to them puts the chains elsewhere.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rung.</exception>
    public BitMatrix VisibleOf(int rung)
    {
        CheckIndex(rung, Rungs, nameof(rung));
        return Engine.Rungs[rung].Visible;
    }

    /// <summary>Puts the chains of every rung at rows of data: chain c at row c, beginning again when the rows run out.</summary>
    /// <param name="rows">Binary rows.</param>
    /// <exception cref="ArgumentException">The rows aren't binary, there are none, or their width isn't the models'.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        if (rows.Columns != Visible.Columns)
        {
            Throw.Argument(
                nameof(rows), $"rows of {Visible.Columns} values, the models' visible units", rows.Columns.ToString(CultureInfo.InvariantCulture));
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them");
        }

        PartialRows.RequireComplete(rows, nameof(rows));

        for (int rung = 0; rung < Rungs; rung++)
        {
            for (int chain = 0; chain < Chains; chain++)
            {
                rows.CopyBits(chain % rows.Rows, Engine.Rungs[rung].Visible.Row(chain));
            }
        }
    }

    /// <summary>Runs sweeps of all rungs, with exchanges after each.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    /// <param name="progress">Told the share of the sweeps that is done, on this thread; or null.</param>
    /// <param name="cancellation">Asked before every sweep.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the chains are as after the last completed sweep.</exception>
    public void Run(int sweeps, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Throw.IfLess(sweeps, 0);
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            cancellation.ThrowIfCancellationRequested();
            Engine.Step(sweepTop: true);
            progress?.Report((sweep + 1.0) / sweeps);
        }

        Engine.PublishRatios();
    }

    /// <summary>The share of exchanges between a rung and the next one that happened since the last reset.</summary>
    /// <param name="rung">From 0 to Rungs - 2.</param>
    /// <returns>From 0 to 1; 0 before the first sweep.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rung, or none above it.</exception>
    public double ExchangeRate(int rung)
    {
        CheckIndex(rung, Rungs - 1, nameof(rung));
        TrajectoryPair pair = Engine.Pairs[rung];
        return pair.Attempts == 0 ? 0 : (double)pair.Accepted / pair.Attempts;
    }

    /// <summary>Begins to count exchanges anew.</summary>
    public void ResetExchangeRates()
    {
        for (int pair = 0; pair < Engine.Pairs.Count; pair++)
        {
            Engine.Pairs[pair].SetCounts(0, 0);
        }
    }

    /// <summary>log Z of the top's present parameters in nats.</summary>
    /// <remarks>
    /// The first rung's log Z is exact; the ratios of neighbours are estimated from the last half or more of the sweeps, that of an edited top
    /// from those since the edit.
    /// </remarks>
    /// <returns>
    /// The estimate, with a standard error from the spread over chains, or twice what the latest sweeps have changed where that is more: the chains
    /// are then not in equilibrium yet. It is infinite for the first ten sweeps of any rung.
    /// </returns>
    public LogPartitionEstimate LogPartitionFunction() => LogPartitionFunction(Rungs - 1);

    /// <summary>log Z of one rung in nats.</summary>
    /// <param name="rung">From 0, which is exact, to Rungs - 1.</param>
    /// <returns>The estimate, with a standard error as that of the top's.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rung.</exception>
    public LogPartitionEstimate LogPartitionFunction(int rung)
    {
        CheckIndex(rung, Rungs, nameof(rung));
        return Engine.LogPartitionFunction(rung);
    }

    /// <summary>
    /// Drops rungs, here and in the ladder, whose neighbours would exchange often enough without them, by the chains' present states: run
    /// some sweeps before.
    /// </summary>
    /// <param name="leastRate">The exchange rate that neighbours must keep: 0.01 to 1.</param>
    /// <returns>The number of rungs that were dropped.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of its range.</exception>
    public int Thin(double leastRate)
    {
        Throw.IfOutside(leastRate, 0.01, 1);
        return Engine.Thin(leastRate);
    }

    /// <summary>
    /// Puts models half way, in parameters, between neighbours whose counted exchange rate is low, here and in the ladder: run some sweeps before.
    /// Sweeps and calls in turn make a ladder out of a start and a trained model.
    /// </summary>
    /// <param name="leastRate">The exchange rate below which a pair gets a model between: 0.01 to 1.</param>
    /// <returns>The number of models that were added. Rates are counted anew.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rate is out of its range.</exception>
    public int Refine(double leastRate)
    {
        Throw.IfOutside(leastRate, 0.01, 1);
        int before = Rungs;
        for (int pair = Engine.Pairs.Count - 1; pair >= 0; pair--)
        {
            TrajectoryPair candidate = Engine.Pairs[pair];
            if (candidate.Attempts > 0 && candidate.Accepted < leastRate * candidate.Attempts)
            {
                Engine.Split(pair, 2);
            }
        }

        ResetExchangeRates();
        return Rungs - before;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _ownTeam?.Dispose();

    private static void Check(TrajectoryLadder ladder, int chains, Rbm? top)
    {
        ArgumentNullException.ThrowIfNull(ladder);
        Throw.IfLess(chains, 1);
        if (top is not null)
        {
            ladder.CheckShape(top, nameof(top));
        }
    }

    private static void CheckIndex(int index, int count, string name)
    {
        if ((uint)index >= (uint)count)
        {
            Throw.OutOfRange(name, string.Create(CultureInfo.InvariantCulture, $"0 to {count - 1}"), index);
        }
    }
}
