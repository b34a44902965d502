using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>Chains of all rungs of a ladder and of a model on top of it: sweeps, then exchanges between neighbours.</summary>
/// <remarks>
/// <para>A step is one Gibbs sweep of every rung, the first drawn afresh from its exact distribution, then exchanges of the even pairs (rungs
/// 0 and 1, 2 and 3, ...), then of the odd ones. Chain c of a rung exchanges with chain c of its neighbours: the chains of a number are
/// one run, independent of those of another.</para>
/// <para>Work is cut over (rung, chain) in this order, so that a member reads few rungs' weights; every result is a function of models, seed and
/// states alone. A step allocates nothing; adding and dropping rungs does. Not thread-safe.</para>
/// </remarks>
internal sealed partial class TrajectoryEngine
{
    private const int TopNumber = 0;

    /// <summary>Sweeps before which a frozen pair's estimate isn't trusted.</summary>
    private const int LeastSamples = 10;

    /// <summary>Numbers of a saved state before those of rungs.</summary>
    private const int Scalars = 3;

    private readonly TrajectoryLadder _ladder;
    private readonly ThreadTeam _team;
    private readonly ulong _seed;
    private readonly List<TrajectoryRung> _rungs = [];
    private readonly List<TrajectoryPair> _pairs = [];
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly RunningSums[] _lowerSums;
    private readonly RunningSums[] _upperSums;
    private readonly double[] _shares;
    private readonly SweepTask _sweeping;
    private readonly ExchangeTask _exchanging;
    private readonly HiddenTask _drawing;
    private TrajectoryPair _bridge;
    private int _nextNumber = 1;
    private bool _sweepTop;
    private int _parity;

    /// <summary>Makes chains that start at independent draws from the first rung's distribution.</summary>
    /// <param name="ladder">The frozen models; rungs that are added or dropped are added to and dropped from it.</param>
    /// <param name="top">The model above the last rung; null when the last rung is the top.</param>
    /// <param name="chains">Chains a rung.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="team">The threads, which the caller owns.</param>
    public TrajectoryEngine(TrajectoryLadder ladder, Rbm? top, int chains, ulong seed, ThreadTeam team)
    {
        _ladder = ladder;
        _seed = seed;
        _team = team;
        Chains = chains;
        HasOwnTop = top is not null;
        foreach (Rbm model in ladder.Models)
        {
            _rungs.Add(NewRung(model, _nextNumber++));
        }

        if (top is not null)
        {
            _rungs.Add(NewRung(top, TopNumber));
        }

        Rbm first = ladder.Models[0];
        int most = Math.Max(first.Visible.Count, first.Hidden.Count);
        _scratch = new AlignedBuffer<int>[team.Members];
        _lowerSums = new RunningSums[team.Members];
        _upperSums = new RunningSums[team.Members];
        for (int member = 0; member < team.Members; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(HalfStep.ScratchLength(most, chains));
            _lowerSums[member] = new RunningSums(chains, first.Visible.Count, first.Hidden.Count);
            _upperSums[member] = new RunningSums(chains, first.Visible.Count, first.Hidden.Count);
        }

        _shares = new double[chains];
        _sweeping = new SweepTask(this);
        _exchanging = new ExchangeTask(this);
        _drawing = new HiddenTask(this);
        for (int rung = 1; rung < _rungs.Count; rung++)
        {
            _pairs.Add(new TrajectoryPair(_rungs[rung - 1], _rungs[rung]));
        }

        _bridge = new TrajectoryPair(_rungs[0], _rungs[^1]);
        foreach (TrajectoryRung rung in _rungs)
        {
            rung.Draw(0, chains, first, StreamPurpose.TrajectoryStart, StreamPurpose.TrajectoryStartTie, 0, _scratch[0]);
        }
    }

    /// <summary>Chains a rung.</summary>
    public int Chains { get; }

    /// <summary>Whether the top is a model beside the ladder.</summary>
    public bool HasOwnTop { get; }

    /// <summary>Steps done; the number of the next one in random streams.</summary>
    public long Steps { get; private set; }

    /// <summary>All rungs, the top last.</summary>
    public IReadOnlyList<TrajectoryRung> Rungs => _rungs;

    /// <summary>Pairs of neighbours, from the first rung up.</summary>
    public IReadOnlyList<TrajectoryPair> Pairs => _pairs;

    /// <summary>The model that all is done for.</summary>
    public TrajectoryRung Top => _rungs[^1];

    /// <summary>One step.</summary>
    /// <param name="sweepTop">Whether the top is swept too; if not, its states are only exchanged.</param>
    public void Step(bool sweepTop)
    {
        foreach (TrajectoryRung rung in _rungs)
        {
            if (rung.FollowModel() && _pairs.Count > 0)
            {
                // Only the top may change.
                _pairs[^1].Ratio.Reset();
            }
        }

        _sweepTop = sweepTop;
        _team.Run(_sweeping);
        foreach (TrajectoryRung rung in _rungs)
        {
            rung.HiddenSumsHold = true;
            rung.VisibleSumsHold |= rung != Top || sweepTop;
        }

        for (_parity = 0; _parity < 2; _parity++)
        {
            if (_pairs.Count > _parity)
            {
                _team.Run(_exchanging);
            }
        }

        foreach (TrajectoryPair pair in _pairs)
        {
            pair.Count();
        }

        Steps++;
    }

    /// <summary>Draws hidden states for the top's visible ones with the random numbers of the last step, which left it unswept.</summary>
    public void SampleTopHidden() => _team.Run(_drawing);

    /// <summary>log Z of one rung: the first one's, which is exact, and the ratios up to it.</summary>
    /// <param name="rung">From 0 to the top.</param>
    /// <returns>
    /// The estimate, with a standard error from the spread over chains, or twice what the latest sweeps have changed where that is more: then the
    /// chains may not be in equilibrium yet.
    /// </returns>
    public LogPartitionEstimate LogPartitionFunction(int rung)
    {
        double sum = _ladder.LogPartitionFunctionOfFirst;
        double drift = 0;
        Array.Clear(_shares);
        bool known = true;
        for (int pair = 0; pair < rung; pair++)
        {
            sum += _pairs[pair].Ratio.LogRatio;
            drift += _pairs[pair].Ratio.Drift;
            known &= IsKnown(pair) & _pairs[pair].Ratio.AddShares(_shares);
        }

        return new LogPartitionEstimate(
            sum, known ? Math.Max(BennettAccumulator.StandardError(_shares), 2 * Math.Abs(drift)) : double.PositiveInfinity);
    }

    /// <summary>Writes the ratios that were measured into the ladder.</summary>
    public void PublishRatios()
    {
        for (int rung = 1; rung < _ladder.Count; rung++)
        {
            BennettAccumulator ratio = _pairs[rung - 1].Ratio;
            Array.Clear(_shares);
            bool known = IsKnown(rung - 1) & ratio.AddShares(_shares);
            _ladder.SetLogRatio(rung, new LogPartitionEstimate(ratio.LogRatio, known ? BennettAccumulator.StandardError(_shares) : double.PositiveInfinity));
        }
    }

    /// <summary>Everything beside models and visible states that a run goes on from.</summary>
    /// <returns>Numbers for <see cref="RestoreCounters"/>.</returns>
    public double[] SaveCounters()
    {
        List<double> state = [Steps, _nextNumber, Top.IsCurrent ? 1 : 0];
        foreach (TrajectoryRung rung in _rungs)
        {
            state.Add(rung.Number);
        }

        foreach (TrajectoryPair pair in _pairs)
        {
            double[] ratio = new double[pair.Ratio.StateLength];
            pair.Ratio.Save(ratio);
            state.AddRange([pair.Accepted, pair.Attempts, .. ratio]);
        }

        return [.. state];
    }

    /// <summary>Goes on from a saved run: the same ladder, top, chains and seed, and visible states that were put back.</summary>
    /// <param name="state">What <see cref="SaveCounters"/> gave.</param>
    /// <exception cref="ArgumentException">The length isn't that of this ladder.</exception>
    public void RestoreCounters(ReadOnlySpan<double> state)
    {
        int ratioLength = new BennettAccumulator(Chains).StateLength;
        Errors.Throw.IfLengthDiffers(state.Length, Scalars + _rungs.Count + (_pairs.Count * (2 + ratioLength)), nameof(state));
        Steps = (long)state[0];
        _nextNumber = (int)state[1];
        for (int rung = 0; rung < _rungs.Count; rung++)
        {
            TrajectoryRung restored = NewRung(_rungs[rung].Model, (int)state[Scalars + rung]);
            for (int chain = 0; chain < Chains; chain++)
            {
                _rungs[rung].Visible.Row(chain).CopyTo(restored.Visible.Row(chain));
            }

            restored.FollowModel();
            _rungs[rung] = restored;
        }

        bool isCurrent = state[2] != 0;
        state = state[(Scalars + _rungs.Count)..];
        for (int pair = 0; pair < _pairs.Count; pair++)
        {
            _pairs[pair] = new TrajectoryPair(_rungs[pair], _rungs[pair + 1]);
            _pairs[pair].SetCounts((long)state[0], (long)state[1]);
            _pairs[pair].Ratio.Restore(state.Slice(2, ratioLength));
            state = state[(2 + ratioLength)..];
        }

        if (!isCurrent && _pairs.Count > 0)
        {
            // The top was edited after its last step.
            _pairs[^1].Ratio.Reset();
        }
    }

    private TrajectoryRung NewRung(Rbm model, int number) => new(model, Chains, _seed, number, isProduct: ReferenceEquals(model, _ladder.Models[0]));

    /// <summary>Whether a pair's estimate has an error: states of new rungs are those of others at first, whereas the top's are its own.</summary>
    private bool IsKnown(int pair) => _pairs[pair].Ratio.Samples >= (HasOwnTop && pair == _pairs.Count - 1 ? 1 : LeastSamples);

    /// <summary>Sweeps and weighs rungs.</summary>
    private sealed class SweepTask(TrajectoryEngine owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._rungs.Count * owner.Chains, member, members);
            AlignedBuffer<int> scratch = owner._scratch[member];
            while (first < end)
            {
                TrajectoryRung rung = owner._rungs[first / owner.Chains];
                int chain = first % owner.Chains;
                int until = Math.Min(owner.Chains, chain + end - first);
                bool sweep = owner._sweepTop || rung != owner.Top;
                if (sweep)
                {
                    rung.Sweep(chain, until, owner.Steps, scratch);
                }

                rung.Weigh(chain, until, sweep || rung.HiddenSumsHold, scratch);
                first += until - chain;
            }
        }
    }

    /// <summary>Exchanges the pairs of one parity.</summary>
    private sealed class ExchangeTask(TrajectoryEngine owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            int pairs = (owner._pairs.Count + 1 - owner._parity) / 2;
            (int first, int end) = ThreadTeam.Share(pairs * owner.Chains, member, members);
            RandomStream draws = new(owner._seed, StreamPurpose.TrajectoryExchange, owner.Steps, 0);
            while (first < end)
            {
                TrajectoryPair pair = owner._pairs[(2 * (first / owner.Chains)) + owner._parity];
                int chain = first % owner.Chains;
                int until = Math.Min(owner.Chains, chain + end - first);
                pair.Weigh(chain, until, owner._lowerSums[member], owner._upperSums[member], owner._scratch[member]);
                pair.Exchange(chain, until, owner._lowerSums[member], owner._upperSums[member], draws);
                first += until - chain;
            }
        }
    }

    /// <summary>Draws the top's hidden states.</summary>
    private sealed class HiddenTask(TrajectoryEngine owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.Chains, member, members);
            owner.Top.SampleHidden(first, end, owner.Steps - 1, owner.Top.Hidden, owner._scratch[member]);
        }
    }
}
