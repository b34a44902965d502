using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>
/// Parallel trajectory tempering (Bereux et al. 2024): now and then the persistent chains exchange states with a ladder of models that
/// training has passed through, from one without weights on. Its works give log Z of the model.
/// </summary>
internal sealed class TrajectoryMixer : IChainMixer
{
    /// <summary>Sweeps of the whole ladder that log Z is measured with at the end of an epoch: a tenth of the time of an epoch of 500 updates.</summary>
    private const int SweepsToMeasure = 100;

    /// <summary>The largest standard error, in nats, of an estimate that is told.</summary>
    private const double MostError = 0.5;

    private readonly Rbm _rbm;
    private readonly TrainingOptions _options;
    private readonly ThreadTeam _team;
    private readonly int _liveChains;
    private readonly BitMatrix _measured;
    private TrajectoryTempering _tempering;
    private double[]? _resumed;
    private long _next;

    /// <summary>Begins a ladder at the model's biases.</summary>
    /// <param name="rbm">The model before the first update.</param>
    /// <param name="chains">The live chains.</param>
    /// <param name="options">The options.</param>
    /// <param name="team">The trainer's threads.</param>
    public TrajectoryMixer(Rbm rbm, int chains, TrainingOptions options, ThreadTeam team)
    {
        _rbm = rbm;
        _options = options;
        _team = team;
        _liveChains = chains;
        _measured = new BitMatrix(chains, rbm.Visible.Count);
        _tempering = On(new TrajectoryLadder(rbm));
    }

    /// <inheritdoc/>
    public int Steps => _options.Steps;

    /// <inheritdoc/>
    public double LogPartitionFunction { get; private set; } = double.NaN;

    /// <summary>The models that training has passed through.</summary>
    public TrajectoryLadder Ladder => _tempering.Ladder;

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix States)> Chains =>
        _tempering.Engine.Rungs.Select(static (rung, number) => ($"rung_{number}_chains", rung.Visible));

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> Values =>
        Ladder.Models.Skip(1).SelectMany(static (model, number) => ((string Name, Matrix Values)[])
        [
            ($"rung_{number + 1}_weights", model.WeightMatrix), ($"rung_{number + 1}_visible_bias", model.Visible.Parameters),
            ($"rung_{number + 1}_hidden_bias", model.Hidden.Parameters),
        ]);

    /// <inheritdoc/>
    public void Mix(long update, BitMatrix visible, BitMatrix hidden)
    {
        if (update >= _next)
        {
            _tempering.Exchange(visible, hidden, _options.ExchangeInterval);
            _next = update + _tempering.Interval;
        }
    }

    /// <inheritdoc/>
    public void EndEpoch(BitMatrix visible, BitMatrix hidden)
    {
        // Live chains stay as they are: the ladder's own states of the top are swept.
        for (int chain = 0; chain < visible.Rows; chain++)
        {
            visible.Row(chain).CopyTo(_measured.Row(chain));
        }

        LogPartitionEstimate estimate = _tempering.Measure(_measured, SweepsToMeasure);
        LogPartitionFunction = estimate.StandardError <= MostError ? estimate.Value : double.NaN;
    }

    /// <inheritdoc/>
    public double[] SaveCounters() =>
        [_next, Ladder.Count, .. Widened(Ladder[0].Visible.Bias), .. Widened(Ladder[0].Hidden.Bias), .. _tempering.SaveCounters()];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        int visible = _rbm.Visible.Count;
        int hidden = _rbm.Hidden.Count;
        if (counters.Length < 2 + visible + hidden || !(counters[1] >= 1 && counters[1] <= 10_000))
        {
            Errors.Throw.Argument("counters", $"at least {2 + visible + hidden} numbers and a rung", $"{counters.Length}");
        }

        _next = (long)counters[0];
        Rbm first = Rbm.Binary(visible, hidden);
        first.Edit((_, visibleBias, hiddenBias) =>
        {
            for (int unit = 0; unit < visible; unit++)
            {
                visibleBias[unit] = (float)counters[2 + unit];
            }

            for (int unit = 0; unit < hidden; unit++)
            {
                hiddenBias[unit] = (float)counters[2 + visible + unit];
            }
        });
        TrajectoryLadder ladder = new(first);
        while (ladder.Count < (int)counters[1])
        {
            ladder.Add(_rbm);
        }

        _tempering = On(ladder);
        _resumed = counters[(2 + visible + hidden)..];
    }

    /// <inheritdoc/>
    public void Restored()
    {
        if (_resumed is null)
        {
            return;
        }

        foreach (Rbm model in Ladder.Models)
        {
            model.Edit(static (_, _, _) => { });
        }

        _tempering.RestoreCounters(_resumed);
        _resumed = null;
    }

    /// <summary>The team is the trainer's.</summary>
    public void Dispose()
    {
    }

    private static double[] Widened(ReadOnlySpan<float> values) => Array.ConvertAll(values.ToArray(), static value => (double)value);

    private TrajectoryTempering On(TrajectoryLadder ladder)
    {
        int chains = _options.RungChains > 0 ? Math.Min(_options.RungChains, _liveChains) : _liveChains;
        return new TrajectoryTempering(_rbm, ladder, _liveChains, chains, _options.Seed, _team);
    }
}
