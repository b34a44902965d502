using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>
/// Trajectory tempering beside training: the trainer sweeps its own chains of the live model, and now and then some of them are exchanged
/// with a ladder of models that training has passed through, which grows as the live model moves away from its last rung.
/// </summary>
/// <remarks>
/// <para>The ladder may have fewer chains a rung than the trainer has: each call exchanges the next of them in turn, which leaves every chain's
/// distribution as it is, as the choice doesn't depend on states.</para>
/// <para>When the live model has moved so far that it exchanges too seldom with the last rung, it becomes a rung. The path of training is long and
/// winding, though: so the way from rung 0 to the new one goes by those rungs that are there, up to one, and from that on a straight line in
/// parameters, cut into steps, whichever takes the fewest (<see cref="TrajectoryEngine.Reroute"/>). Rates that are counted later mend what was
/// misjudged.</para>
/// <para>A call allocates nothing unless a rung is added. All that follows is a function of models, seed and states: not of threads. Not
/// thread-safe.</para>
/// <para>Source: Bereux, Decelle, Furtlehner, Rosset and Seoane (2024), arXiv 2405.15376.</para>
/// </remarks>
internal sealed class TrajectoryTempering
{
    /// <summary>The exchange rate between last rung and live model at which the live model becomes a rung.</summary>
    public const double DefaultLeastRate = 0.3;

    /// <summary>How far above the least rate a ladder without a rung must stay for the rung to be dropped.</summary>
    private const double ThinningMargin = 0.1;

    /// <summary>Of the least rate: neighbours that exchange less often get a model between them.</summary>
    private const double SplitShare = 0.5;

    /// <summary>Neighbours that exchange more often may be too near.</summary>
    private const double AmpleRate = 0.6;

    /// <summary>Of the distance at the least rate: the distance of new models on a line.</summary>
    private const double SpacingShare = 0.85;

    /// <summary>A new rung must save more than one that is there, whose states and log Z would be lost.</summary>
    private const double Reluctance = 1.5;

    /// <summary>Exchanges tried, of all chains, after which a rate is judged.</summary>
    private const int AttemptsToJudge = 1000;

    /// <summary>So many rungs get no more between them.</summary>
    private const int MostRungs = 200;

    private const double LargeFall = 0.3;
    private const double SmallFall = 0.1;

    private readonly TrajectoryEngine _engine;
    private readonly int _liveChains;
    private readonly double _leastRate;
    private readonly double _spacing;
    private int _firstRow;

    /// <summary>Makes chains that start at independent draws from the first rung's distribution.</summary>
    /// <param name="live">The model that is trained.</param>
    /// <param name="ladder">Where training came from: for a new run <c>new TrajectoryLadder(live)</c> before the first update.</param>
    /// <param name="liveChains">The trainer's chains.</param>
    /// <param name="chains">Chains a rung, from 1 to liveChains.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="team">The trainer's threads.</param>
    /// <param name="leastRate">The exchange rate at which the live model becomes a rung: 0.01 to 0.9.</param>
    public TrajectoryTempering(
        Rbm live, TrajectoryLadder ladder, int liveChains, int chains, ulong seed, ThreadTeam team, double leastRate = DefaultLeastRate)
    {
        ladder.CheckShape(live, nameof(live));
        Throw.IfLess(chains, 1);
        Throw.IfLess(liveChains, chains);
        Throw.IfOutside(leastRate, 0.01, 0.9);
        Ladder = ladder;
        _engine = new TrajectoryEngine(ladder, live, chains, seed, team);
        _liveChains = liveChains;
        _leastRate = leastRate;
        _spacing = SpacingShare * DistanceAt(leastRate);
    }

    /// <summary>The frozen models.</summary>
    public TrajectoryLadder Ladder { get; }

    /// <summary>Chains and counters, to be saved and put back.</summary>
    public TrajectoryEngine Engine => _engine;

    /// <summary>Calls of <see cref="Exchange"/> so far.</summary>
    public long Exchanges { get; private set; }

    /// <summary>The expected rate of exchanges between the last rung and the live model at the last call; 1 before it and when it added a rung.</summary>
    public double LiveRate { get; private set; } = 1;

    /// <summary>Updates to let pass before the next call, so that the live model doesn't outrun its ladder: 1 at first, then up to the caller's most.</summary>
    public int Interval { get; private set; } = 1;

    /// <summary>
    /// log Z of the live model as it was at the last call: ratios of frozen rungs from all calls but the earliest, that of the live model from the last
    /// call alone. <see cref="Measure"/> knows better.
    /// </summary>
    public LogPartitionEstimate LogPartitionFunction => _engine.LogPartitionFunction(_engine.Rungs.Count - 1);

    /// <summary>One sweep of all frozen rungs, then exchanges up to the live model; the live model is frozen when it has moved far enough.</summary>
    /// <param name="visible">The trainer's visible states, a chain a row; some rows are replaced.</param>
    /// <param name="hidden">Null, or the trainer's hidden states: those of the rows that took part are drawn anew from p(h | v).</param>
    /// <param name="mostInterval">The longest <see cref="Interval"/> that the caller wants.</param>
    public void Exchange(BitMatrix visible, BitMatrix? hidden, int mostInterval)
    {
        Check(visible, _engine.Top.Visible.Columns, nameof(visible));
        Throw.IfLess(mostInterval, 1);
        if (hidden is not null)
        {
            Check(hidden, _engine.Top.Hidden.Columns, nameof(hidden));
        }

        TakeTurn();
        Copy(visible, _engine.Top.Visible, fromLive: true);
        _engine.Step(sweepTop: false);
        Copy(visible, _engine.Top.Visible, fromLive: false);
        if (hidden is not null)
        {
            _engine.SampleTopHidden();
            Copy(hidden, _engine.Top.Hidden, fromLive: false);
        }

        Exchanges++;
        double before = LiveRate;
        LiveRate = _engine.Pairs[^1].PredictRate();
        SetInterval(before - LiveRate, mostInterval);
        if (LiveRate < _leastRate)
        {
            _engine.FreezeTop();
            _engine.Reroute(_engine.Rungs.Count - 2, _spacing, Reluctance);
            LiveRate = 1;
        }

        Mend();
    }

    /// <summary>Measures log Z of the live model: sweeps of all rungs, the live one too, with its parameters as they are.</summary>
    /// <param name="visible">The trainer's visible states; the rows that take part come back swept.</param>
    /// <param name="sweeps">Sweeps, at least 1.</param>
    /// <param name="progress">Told the share of the sweeps that is done, on this thread; or null.</param>
    /// <param name="cancellation">Asked before every sweep.</param>
    /// <returns>The estimate, with a standard error from the spread over chains.</returns>
    public LogPartitionEstimate Measure(BitMatrix visible, int sweeps, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Check(visible, _engine.Top.Visible.Columns, nameof(visible));
        Throw.IfLess(sweeps, 1);
        TakeTurn();
        Copy(visible, _engine.Top.Visible, fromLive: true);
        try
        {
            for (int sweep = 0; sweep < sweeps; sweep++)
            {
                cancellation.ThrowIfCancellationRequested();
                _engine.Step(sweepTop: true);
                progress?.Report((sweep + 1.0) / sweeps);
            }
        }
        finally
        {
            Copy(visible, _engine.Top.Visible, fromLive: false);
        }

        return LogPartitionFunction;
    }

    /// <summary>Everything beside models and visible states that a run goes on from.</summary>
    /// <returns>Numbers for <see cref="RestoreCounters"/>.</returns>
    public double[] SaveCounters() => [Exchanges, LiveRate, Interval, .. _engine.SaveCounters()];

    /// <summary>Goes on from a saved run: the same live model, ladder and options, and the engine's visible states put back.</summary>
    /// <param name="state">What <see cref="SaveCounters"/> gave.</param>
    public void RestoreCounters(ReadOnlySpan<double> state)
    {
        if (state.Length < 3)
        {
            Throw.Length(nameof(state), 3, state.Length);
        }

        _engine.RestoreCounters(state[3..]);
        Exchanges = (long)state[0];
        LiveRate = state[1];
        Interval = (int)state[2];
    }

    /// <summary>
    /// Puts a model between two frozen ones that have exchanged too seldom, since states of models that had just been frozen told less
    /// than later ones do; drops one that exchanges with both neighbours more often than it need.
    /// </summary>
    private void Mend()
    {
        for (int pair = _engine.Pairs.Count - 2; pair >= 0; pair--)
        {
            TrajectoryPair candidate = _engine.Pairs[pair];
            if (candidate.Attempts < AttemptsToJudge)
            {
                continue;
            }

            double rate = (double)candidate.Accepted / candidate.Attempts;
            candidate.SetCounts(0, 0);
            if (rate < SplitShare * _leastRate && _engine.Rungs.Count < MostRungs)
            {
                _engine.Split(pair, 2);
            }
            else if (pair > 0 && rate > AmpleRate)
            {
                _engine.ThinAt(pair, _leastRate + ThinningMargin);
            }
        }
    }

    /// <summary>The distance of models that exchange at a rate: twice the inverse of erfc, within 0.3 % (Winitzki 2008).</summary>
    private static double DistanceAt(double rate)
    {
        const double A = 0.147;
        double logarithm = DoubleMath.Log(rate * (2 - rate));
        double half = (2 / (Math.PI * A)) + (0.5 * logarithm);
        return 2 * Math.Sqrt(Math.Sqrt((half * half) - (logarithm / A)) - half);
    }

    /// <summary>Several calls should fall between two rungs: halves the interval after a large fall of the rate, doubles it after a small one.</summary>
    private void SetInterval(double fall, int most)
    {
        if (fall > LargeFall)
        {
            Interval /= 2;
        }
        else if (fall < SmallFall)
        {
            Interval *= 2;
        }

        Interval = Math.Clamp(Interval, 1, most);
    }

    /// <summary>Chooses the rows that take part: a function of the number of steps alone.</summary>
    private void TakeTurn() => _firstRow = (int)(_engine.Steps % _liveChains * _engine.Chains % _liveChains);

    /// <summary>Copies the rows whose turn it is.</summary>
    private void Copy(BitMatrix live, BitMatrix top, bool fromLive)
    {
        for (int chain = 0; chain < _engine.Chains; chain++)
        {
            Span<ulong> row = live.Row((_firstRow + chain) % _liveChains);
            if (fromLive)
            {
                row.CopyTo(top.Row(chain));
            }
            else
            {
                top.Row(chain).CopyTo(row);
            }
        }
    }

    private void Check(BitMatrix states, int units, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
        if (states.Rows != _liveChains || states.Columns != units)
        {
            Throw.Argument(
                name, string.Create(CultureInfo.InvariantCulture, $"{_liveChains} x {units} states"),
                string.Create(CultureInfo.InvariantCulture, $"{states.Rows} x {states.Columns}"));
        }
    }
}
