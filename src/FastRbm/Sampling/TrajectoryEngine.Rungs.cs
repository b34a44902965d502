namespace FastRbm.Sampling;

/// <content>Adding and dropping rungs.</content>
internal sealed partial class TrajectoryEngine
{
    /// <summary>The most steps of a straight line.</summary>
    private const int MostSteps = 100;

    /// <summary>Freezes the top's model as the ladder's last rung, with the top's states.</summary>
    public void FreezeTop()
    {
        _ladder.Add(Top.Model);
        TrajectoryRung frozen = NewRung(_ladder.Models[^1], _nextNumber++);
        for (int chain = 0; chain < Chains; chain++)
        {
            Top.Visible.Row(chain).CopyTo(frozen.Visible.Row(chain));
        }

        // What is known of the last rung and the top is now known of the last two rungs.
        _pairs[^1].ReplaceUpper(frozen);
        _rungs.Insert(_rungs.Count - 1, frozen);
        TrajectoryPair same = new(frozen, Top);
        same.CountAsSame();
        _pairs.Add(same);
    }

    /// <summary>Puts models on the straight line, in parameters, between the two of a pair, with states of both.</summary>
    /// <param name="pair">The number of the pair; what is known of it is forgotten.</param>
    /// <param name="steps">The steps that the line is cut into, at least 2: one more than the new models.</param>
    public void Split(int pair, int steps)
    {
        TrajectoryRung lower = _rungs[pair];
        TrajectoryRung upper = _rungs[pair + 1];
        _pairs.RemoveAt(pair);
        for (int step = 1; step < steps; step++)
        {
            int place = pair + step;
            _ladder.InsertBetween(place, lower.Model, upper.Model, (float)step / steps);
            TrajectoryRung between = NewRung(_ladder.Models[place], _nextNumber++);
            for (int chain = 0; chain < Chains; chain++)
            {
                bool fromUpper = (chain + 1L) * step / steps > (long)chain * step / steps;
                (fromUpper ? upper : lower).Visible.Row(chain).CopyTo(between.Visible.Row(chain));
            }

            _rungs.Insert(place, between);
            _pairs.Insert(place - 1, new TrajectoryPair(_rungs[place - 1], between));
        }

        _pairs.Insert(pair + steps - 1, new TrajectoryPair(_rungs[pair + steps - 1], upper));
    }

    /// <summary>
    /// Finds a short way to a rung: by all rungs before it, or by those up to some and from there on a straight line.
    /// </summary>
    /// <param name="last">The rung.</param>
    /// <param name="spacing">The distance between neighbours on the line.</param>
    /// <param name="reluctance">How many rungs that are there a new one must save, at least 1.</param>
    public void Reroute(int last, double spacing, double reluctance)
    {
        Refresh();
        int from = last - 1;
        int steps = StepsFrom(from);
        double least = from + steps;
        for (int rung = 0; rung < last - 1; rung++)
        {
            int line = StepsFrom(rung);
            double cost = rung + (line == 1 ? 1 : reluctance * line);
            if (cost < least)
            {
                (least, from, steps) = (cost, rung, line);
            }
        }

        if (from < last - 1)
        {
            RemoveBetween(from, last, Bridge(from, last));
        }

        if (steps > 1)
        {
            Split(from, steps);
        }

        int StepsFrom(int rung) => (int)Math.Clamp(Math.Ceiling(Bridge(rung, last).Distance() / spacing), 1, MostSteps);
    }

    /// <summary>Drops a rung if its neighbours would exchange often enough without it, by the chains' present states.</summary>
    /// <param name="rung">Neither the first nor the top.</param>
    /// <param name="leastRate">The rate that neighbours must keep.</param>
    public void ThinAt(int rung, double leastRate)
    {
        Refresh();
        TryBridge(rung - 1, rung + 1, leastRate);
    }

    /// <summary>Drops rungs between such as would exchange often enough without them, by the chains' present states.</summary>
    /// <param name="leastRate">The rate that neighbours must keep.</param>
    /// <returns>The number of dropped rungs.</returns>
    public int Thin(double leastRate)
    {
        Refresh();
        int before = _rungs.Count;
        for (int lower = 0; lower + 2 < _rungs.Count; lower++)
        {
            for (int upper = _rungs.Count - 1; upper >= lower + 2; upper--)
            {
                if (TryBridge(lower, upper, leastRate))
                {
                    break;
                }
            }
        }

        return before - _rungs.Count;
    }

    /// <summary>Brings all free energies up to date.</summary>
    private void Refresh()
    {
        foreach (TrajectoryRung rung in _rungs)
        {
            rung.FollowModel();
            rung.Weigh(0, Chains, rung.HiddenSumsHold, _scratch[0]);
            rung.HiddenSumsHold = true;
        }
    }

    /// <summary>Makes two rungs neighbours if they would exchange often enough.</summary>
    private bool TryBridge(int lower, int upper, double leastRate)
    {
        TrajectoryPair bridge = Bridge(lower, upper);
        if (bridge.PredictRate() < leastRate)
        {
            return false;
        }

        RemoveBetween(lower, upper, bridge);
        return true;
    }

    private void RemoveBetween(int lower, int upper, TrajectoryPair bridge)
    {
        for (int rung = upper - 1; rung > lower; rung--)
        {
            _rungs.RemoveAt(rung);
            _ladder.RemoveAt(rung);
            _pairs.RemoveAt(rung);
        }

        bridge.Count();
        bridge.SetCounts(0, 0);
        _pairs[lower] = bridge;
        _bridge = new TrajectoryPair(_rungs[0], _rungs[^1]);
    }

    /// <summary>Two rungs as if they were neighbours, with works of their present states: until the next call.</summary>
    private TrajectoryPair Bridge(int lower, int upper)
    {
        _bridge.Join(_rungs[lower], _rungs[upper]);
        _bridge.Weigh(0, Chains, _lowerSums[0], _upperSums[0], _scratch[0]);
        return _bridge;
    }
}
