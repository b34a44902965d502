using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <content>The sweeps, which a trainer may run as a share of its own team's task.</content>
public sealed unsafe partial class TemperedChains
{
    /// <summary>Before <see cref="RunShare"/>, on one thread: follows the model, and says how many sweeps the shares will run.</summary>
    internal void Begin(int sweeps)
    {
        UseWeights();
        _task.Count = sweeps;
        _task.SumsHold = _sumsHold;
        _sumsHold = false;
    }

    /// <summary>One member's chains, through all sweeps: chains ThreadTeam.Share(Chains, member, members). Their cold states are refreshed.</summary>
    internal void RunShare(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(Chains, member, members);
        if (first == end)
        {
            return;
        }

        Sweep(first, end, _task.Count, _task.SumsHold, member);
        CopyLevel(Levels - 1, first, end, Visible, Hidden);
    }

    /// <summary>After all shares of <see cref="RunShare"/>, on one thread.</summary>
    internal void End()
    {
        _sumsHold = true;
        Sweeps += _task.Count;
        foreach (ExchangeStatistics counts in _counts)
        {
            Statistics.Take(counts);
        }
    }

    /// <summary>
    /// Goes on from a saved state, after replicas, <see cref="RowAtLevel"/>, <see cref="ComesFrom"/> and the statistics' counts were put
    /// back.
    /// </summary>
    /// <param name="sweeps">Sweeps done when it was saved.</param>
    /// <exception cref="ArgumentException">The rows of a chain aren't a permutation of its own.</exception>
    internal void Resume(long sweeps)
    {
        _exchange.Resume();
        Sweeps = sweeps;
        _sumsHold = false;
        CopyLevel(Levels - 1, 0, Chains, Visible, Hidden);
    }

    /// <summary>Follows changes of the model since the last run.</summary>
    private void UseWeights()
    {
        if (_version == _rbm.FixedPoint.Version)
        {
            return;
        }

        _sumsHold = false;

        // a - a0 in the model's fixed point, what visible units that are on take from U: a0 may be too large for 32 bits of it.
        _farFields = false;
        for (int unit = 0; unit < Visible.Columns; unit++)
        {
            double start = _base is null ? 0 : Math.Round(Math.ScaleB(_base.Span[unit], _rbm.FixedPoint.ScaleBits));
            long field = _rbm.FixedPoint.VisibleBias[unit] - (long)start;
            bool far = field != (int)field;
            _farFields |= far;
            _fields.Span[unit] = (int)(far ? field & int.MaxValue : field);
            _highFields.Span[unit] = (int)(far ? field >> HighFieldBits : 0);
        }

        _version = _rbm.FixedPoint.Version;
    }

    private void Sweep(int firstChain, int endChain, int count, bool sumsHold, int member)
    {
        int* scratch = _scratch[member].DangerousGetPointer();
        int first = firstChain * Levels;
        int end = endChain * Levels;
        for (long sweep = Sweeps; sweep < Sweeps + count; sweep++)
        {
            HalfStepArguments up = Arguments(toHidden: true, ReplicaVisible, ReplicaHidden, sweep);
            _hiddenSums.Keep(ref up, sumsHold);
            HalfStep.Run(Level, up, first, end, scratch);
            Weigh(up, first, end);
            for (int chain = firstChain; chain < endChain; chain++)
            {
                _exchange.Swap(chain, sweep, _rbm.FixedPoint.ScaleBits, _counts[member]);
            }

            HalfStepArguments down = Arguments(toHidden: false, ReplicaHidden, ReplicaVisible, sweep);
            _visibleSums.Keep(ref down, sumsHold);
            HalfStep.Run(Level, down, first, end, scratch);
            sumsHold = true;
        }
    }

    /// <summary>U of each row: -U = (a - a0).v + h.(b + W'v), whose last factor the half step from v to h has just summed.</summary>
    private void Weigh(in HalfStepArguments up, int first, int end)
    {
        Span<long> energies = _exchange.Energies;
        energies[first..end].Clear();
        OnUnits.Add(Level, up.Source, up.SourceWords, _fields.DangerousGetPointer(), 0, Tile.Width, first, end, -1, energies);
        if (_farFields)
        {
            OnUnits.Add(
                Level, up.Source, up.SourceWords, _highFields.DangerousGetPointer(), 0, Tile.Width, first, end, -1L << HighFieldBits, energies);
        }

        nint wordStep = (nint)up.SumRows * Tile.Width;
        OnUnits.Add(Level, up.States, ReplicaHidden.WordsPerRow, up.Sums, Tile.Width, wordStep, first, end, -1, energies);
    }

    private HalfStepArguments Arguments(bool toHidden, BitMatrix source, BitMatrix target, long sweep)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = target.DangerousGetPointer();
        arguments.Betas = _exchange.Betas.DangerousGetPointer();
        arguments.Offsets = toHidden || _base is null ? null : _base.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, toHidden ? StreamPurpose.TemperedHidden : StreamPurpose.TemperedVisible, sweep, 0);
        arguments.Ties = new RandomStream(_seed, toHidden ? StreamPurpose.TemperedHiddenTie : StreamPurpose.TemperedVisibleTie, sweep, 0);
        return arguments;
    }

    private sealed class SweepTask(TemperedChains owner) : ITeamTask
    {
        public int Count { get; set; }

        public bool SumsHold { get; set; }

        public void Run(int member, int members) => owner.RunShare(member, members);
    }
}
