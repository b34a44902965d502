using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>
/// Parallel tempering (Desjardins et al. 2010; Cho, Raiko and Ilin 2010): the chains of the negative phase are the cold ones of tempered
/// chains, which run on from update to update.
/// </summary>
internal sealed class TemperedMixer : IChainMixer
{
    /// <summary>Before this many updates, swap rates are counted too few times to adapt the ladder by.</summary>
    private const long FirstAdaption = 64;

    private readonly TemperedChains _tempered;
    private readonly int _sweeps;
    private long _resumedSweeps = -1;

    /// <summary>Makes tempered chains.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="chains">Chains.</param>
    /// <param name="options">Levels, steps and seed.</param>
    /// <param name="team">The trainer's threads.</param>
    /// <param name="visibleMeans">The means of the data: at beta 0 visible units are independent with these means.</param>
    public TemperedMixer(Rbm rbm, int chains, TrainingOptions options, ThreadTeam team, ReadOnlySpan<float> visibleMeans)
    {
        float[] bias = new float[visibleMeans.Length];
        for (int unit = 0; unit < bias.Length; unit++)
        {
            double mean = 0.001 + (0.998 * visibleMeans[unit]);
            bias[unit] = (float)(DoubleMath.Log(mean) - DoubleMath.Log(1 - mean));
        }

        _sweeps = options.Steps;
        _tempered = new TemperedChains(rbm, chains, TemperatureLadder.Linear(options.Levels), options.Seed, team, bias);
    }

    /// <inheritdoc/>
    public int Steps => 1;

    /// <inheritdoc/>
    public double LogPartitionFunction => double.NaN;

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix States)> Chains => [("tempered_visible", _tempered.ReplicaVisible)];

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> Values => [];

    /// <inheritdoc/>
    public void Mix(long update, BitMatrix visible, BitMatrix hidden)
    {
        if (update >= FirstAdaption && long.IsPow2(update))
        {
            // The model moves, ever more slowly: so does the best ladder.
            _tempered.Use(_tempered.Ladder.Adapted(_tempered.Statistics.Proposed, _tempered.Statistics.Accepted));
        }

        _tempered.Run(_sweeps);
        for (int chain = 0; chain < hidden.Rows; chain++)
        {
            _tempered.Hidden.Row(chain).CopyTo(hidden.Row(chain));
        }
    }

    /// <inheritdoc/>
    public void EndEpoch(BitMatrix visible, BitMatrix hidden)
    {
    }

    /// <inheritdoc/>
    public double[] SaveCounters()
    {
        List<double> counters = [_tempered.Sweeps];
        for (int level = 0; level < _tempered.Levels; level++)
        {
            counters.Add(_tempered.Ladder[level]);
        }

        for (int replica = 0; replica < _tempered.RowAtLevel.Length; replica++)
        {
            counters.AddRange([_tempered.RowAtLevel[replica], _tempered.ComesFrom[replica]]);
        }

        for (int pair = 0; pair < _tempered.Levels - 1; pair++)
        {
            counters.AddRange([_tempered.Statistics.Proposed[pair], _tempered.Statistics.Accepted[pair]]);
        }

        return [.. counters];
    }

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        int levels = _tempered.Levels;
        int replicas = _tempered.RowAtLevel.Length;
        Errors.Throw.IfLengthDiffers(counters.Length, 1 + levels + (2 * replicas) + (2 * (levels - 1)), "counters");
        _resumedSweeps = (long)counters[0];
        _tempered.Use(new TemperatureLadder(counters.AsSpan(1, levels)));
        ReadOnlySpan<double> rest = counters.AsSpan(1 + levels);
        for (int replica = 0; replica < replicas; replica++)
        {
            _tempered.RowAtLevel[replica] = (int)rest[2 * replica];
            _tempered.ComesFrom[replica] = (byte)rest[(2 * replica) + 1];
        }

        rest = rest[(2 * replicas)..];
        for (int pair = 0; pair < levels - 1; pair++)
        {
            _tempered.Statistics.ProposedCounts[pair] = (long)rest[2 * pair];
            _tempered.Statistics.AcceptedCounts[pair] = (long)rest[(2 * pair) + 1];
        }
    }

    /// <inheritdoc/>
    public void Restored()
    {
        if (_resumedSweeps >= 0)
        {
            _tempered.Resume(_resumedSweeps);
            _resumedSweeps = -1;
        }
    }

    /// <summary>Ends what it started.</summary>
    public void Dispose() => _tempered.Dispose();
}
