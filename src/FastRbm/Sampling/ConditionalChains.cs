using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>Gibbs chains of one model, each given what is known of its visible units: to complete, to impute and to denoise.</summary>
/// <remarks>
/// <para>Of each unit of a chain nothing is known, or its value is (<see cref="Clamp"/>), or a value that a channel has flipped with
/// probability r (<see cref="Observe"/>). Chains then sample p(v | what is known). A clamped unit keeps its value. A flipped bit is
/// exact too (of binary units and spins): p(v | seen) is proportional to p(v) times r for each seen unit that differs and 1 - r for each that doesn't, which is
/// the same model with visible biases shifted by log((1 - r) / r), up where a 1 was seen, down where a 0 was.</para>
/// <para>Each sweep draws h from p(h | v), then the units that aren't clamped from p(v | h, what is known). Means are averages over
/// sweeps of E[v | h, what is known], which spread less than averages of v (Rao and Blackwell).</para>
/// <para>States and means are a function of model, seed, start, evidence and chain number alone: not of threads, nor of how the sweeps
/// were cut into calls. Without evidence the states are those of <see cref="ChainSet"/>. A sweep allocates nothing. Holds 17 bytes a chain
/// and visible unit, 4 a chain and hidden unit. Not thread-safe; dispose it to end its threads.</para>
/// </remarks>
public sealed class ConditionalChains : IDisposable
{
    private const long LeastWorkForThreads = 1 << 20;

    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly long _firstChain;
    private readonly ThreadTeam _team;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly SweepTask _task;
    private readonly RunningSums _hiddenSums;
    private readonly RunningSums _visibleSums;
    private readonly Matrix _inputs;
    private readonly Matrix? _hiddenInputs;
    private readonly AlignedBuffer<double> _meanSums;

    // What is known: which units are clamped, which were seen through the channel, and all their values.
    private readonly BitMatrix _clamped;
    private readonly BitMatrix _seen;
    private readonly BitMatrix _values;
    private readonly ulong[] _everything;
    private readonly float[] _shifts;
    private long _version = -1;
    private bool _sumsHold;

    /// <summary>Makes chains of which nothing is known, and which start at random: every visible unit on with probability one half, every category as likely.</summary>
    /// <param name="rbm">The model: states of both layers are bits. It must not be edited while sweeps run.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. States don't depend on it.</param>
    /// <param name="firstChain">The number of the first chain, 0 or more, so that many chains can be run in parts.</param>
    /// <exception cref="ArgumentException">States of a layer aren't bits.</exception>
    public ConditionalChains(Rbm rbm, int chains, ulong seed, int threads = 1, int firstChain = 0)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        Throw.IfLess(firstChain, 0);
        BitEvidence.Require(rbm.Visible, "visible units");
        BitEvidence.Require(rbm.Hidden, "hidden units");
        _rbm = rbm;
        _seed = seed;
        _firstChain = firstChain;
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        Visible = new BitMatrix(chains, visible);
        Hidden = new BitMatrix(chains, hidden);
        _clamped = new BitMatrix(chains, visible);
        _seen = new BitMatrix(chains, visible);
        _values = new BitMatrix(chains, visible);
        _shifts = new float[chains];
        _everything = new ulong[Visible.WordsPerRow];
        _everything.AsSpan().Fill(ulong.MaxValue);
        _inputs = new Matrix(chains, visible);
        _hiddenInputs = rbm.NeedsInputs(toHidden: true) ? new Matrix(chains, hidden) : null;
        _meanSums = new AlignedBuffer<double>((long)chains * visible);
        long work = (long)chains * visible * hidden;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : Math.Min(threads, chains));
        _scratch = new AlignedBuffer<int>[_team.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(HalfStep.ScratchLength(Math.Max(visible, hidden), chains));
        }

        _hiddenSums = new RunningSums(chains, visible, hidden);
        _visibleSums = new RunningSums(chains, hidden, visible);
        _task = new SweepTask(this);
        for (int chain = 0; chain < chains; chain++)
        {
            StartRandom(chain);
        }
    }

    /// <summary>The visible states, a chain a row.</summary>
    public BitMatrix Visible { get; }

    /// <summary>The hidden states that the visible ones were drawn from, a chain a row.</summary>
    public BitMatrix Hidden { get; }

    /// <summary>The number of chains.</summary>
    public int Chains => Visible.Rows;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>Sweeps that the means are averages over.</summary>
    public long AveragedSweeps { get; private set; }

    /// <summary>Forgets what is known of a chain's units; their states stay.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    public void Release(int chain)
    {
        _clamped.Row(chain).Clear();
        _seen.Row(chain).Clear();
        _values.Row(chain).Clear();
    }

    /// <summary>Gives units of a chain their values, and holds them; the others stay as they are.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="units">Which units: packed bits, ceil(visible / 64) words.</param>
    /// <param name="values">Values of all units as packed bits, of which those of <paramref name="units"/> count.</param>
    /// <exception cref="ArgumentException">A length differs, or a group of categories is given in part or without one that is 1.</exception>
    public void Clamp(int chain, ReadOnlySpan<ulong> units, ReadOnlySpan<ulong> values)
    {
        Know(chain, units, values, _clamped.Row(chain), _seen.Row(chain));
        Hold(chain);
    }

    /// <summary>
    /// Says which values of a chain's units were seen through a channel that flips each with the same probability; the units stay free,
    /// and start at what was seen.
    /// </summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="units">Which units: packed bits, ceil(visible / 64) words.</param>
    /// <param name="values">Seen values of all units as packed bits, of which those of <paramref name="units"/> count.</param>
    /// <param name="flipRate">r, for all seen units of the chain: above 0, at most 0.5, where a seen value says nothing.</param>
    /// <exception cref="ArgumentException">A length differs, the rate is out of its range, or the units are categories.</exception>
    public void Observe(int chain, ReadOnlySpan<ulong> units, ReadOnlySpan<ulong> values, double flipRate)
    {
        if (!_rbm.Visible.BitsAreIndependent)
        {
            Throw.Argument(nameof(units), "units that can be flipped one by one", _rbm.Visible.Name);
        }

        if (!(flipRate > 0 && flipRate <= 0.5))
        {
            Throw.OutOfRange(nameof(flipRate), "a number above 0, at most 0.5", flipRate);
        }

        Know(chain, units, values, _seen.Row(chain), _clamped.Row(chain));
        double odds = DoubleMath.Log((1 - flipRate) / flipRate);
        _shifts[chain] = (float)(_rbm.Visible.Kind == UnitKind.Spin ? odds / 2 : odds);
        Span<ulong> states = Visible.Row(chain);
        for (int word = 0; word < states.Length; word++)
        {
            states[word] = (states[word] & ~units[word]) | (values[word] & units[word]);
        }

        states[^1] &= BitMatrix.LastWordMask(Visible.Columns);
    }

    /// <summary>Puts the units of a chain that aren't clamped at given states.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="states">Packed bits of all units, ceil(visible / 64) words.</param>
    /// <exception cref="ArgumentException">The length differs.</exception>
    public void Start(int chain, ReadOnlySpan<ulong> states)
    {
        Throw.IfLengthDiffers(states.Length, Visible.WordsPerRow, nameof(states));
        BitEvidence.Check(_rbm.Visible, _everything, states);
        states.CopyTo(Visible.Row(chain));
        Visible.Row(chain)[^1] &= BitMatrix.LastWordMask(Visible.Columns);
        Hold(chain);
    }

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps) => Run(sweeps, average: false);

    /// <summary>Runs sweeps that count for the means.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void RunAndAverage(int sweeps) => Run(sweeps, average: true);

    /// <summary>Forgets the sweeps that the means are averages over.</summary>
    public void ResetMeans()
    {
        _meanSums.Span.Clear();
        AveragedSweeps = 0;
    }

    /// <summary>The mean of each visible unit of a chain given what is known: of clamped units their values.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="means">A number a visible unit, written.</param>
    /// <exception cref="InvalidOperationException">No sweep has counted.</exception>
    public void Means(int chain, Span<float> means)
    {
        Throw.IfLengthDiffers(means.Length, Visible.Columns, nameof(means));
        if (AveragedSweeps == 0)
        {
            throw new InvalidOperationException($"means: expected sweeps of {nameof(RunAndAverage)}, found none.");
        }

        ReadOnlySpan<ulong> clamped = _clamped.Row(chain);
        ReadOnlySpan<ulong> values = _values.Row(chain);
        ReadOnlySpan<double> sums = SumsOf(chain);
        _rbm.Visible.FromBits(values, means);
        for (int unit = 0; unit < means.Length; unit++)
        {
            bool held = (clamped[unit >> 6] >> (unit & 63) & 1) != 0;
            means[unit] = held ? means[unit] : (float)(sums[unit] / AveragedSweeps);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Know(int chain, ReadOnlySpan<ulong> units, ReadOnlySpan<ulong> values, Span<ulong> known, Span<ulong> other)
    {
        Throw.IfLengthDiffers(units.Length, Visible.WordsPerRow, nameof(units));
        Throw.IfLengthDiffers(values.Length, Visible.WordsPerRow, nameof(values));
        BitEvidence.Check(_rbm.Visible, units, values);
        Span<ulong> all = _values.Row(chain);
        for (int word = 0; word < units.Length; word++)
        {
            ulong chosen = word == units.Length - 1 ? units[word] & BitMatrix.LastWordMask(Visible.Columns) : units[word];
            known[word] |= chosen;
            other[word] &= ~chosen;
            all[word] = (all[word] & ~chosen) | (values[word] & chosen);
        }
    }

    private void StartRandom(int chain)
    {
        RandomStream stream = new(_seed, StreamPurpose.SamplingStart, 0, _firstChain + chain);
        Span<ulong> row = Visible.Row(chain);
        if (!_rbm.Visible.BitsAreIndependent)
        {
            // All categories alike: inputs of 0.
            _rbm.Visible.SampleBits(_inputs.Row(chain), stream, stream, row);
            return;
        }

        for (int word = 0; word < row.Length; word++)
        {
            row[word] = ((ulong)stream.Bits(2L * word) << 32) | stream.Bits((2L * word) + 1);
        }

        row[^1] &= BitMatrix.LastWordMask(Visible.Columns);
    }

    private Span<double> SumsOf(int chain) => _meanSums.Span.Slice(chain * Visible.Columns, Visible.Columns);

    /// <summary>Puts clamped units back to their values.</summary>
    private void Hold(int chain)
    {
        Span<ulong> states = Visible.Row(chain);
        ReadOnlySpan<ulong> clamped = _clamped.Row(chain);
        ReadOnlySpan<ulong> values = _values.Row(chain);
        for (int word = 0; word < states.Length; word++)
        {
            states[word] = (states[word] & ~clamped[word]) | (values[word] & clamped[word]);
        }
    }

    private void Run(int sweeps, bool average)
    {
        Throw.IfLess(sweeps, 0);
        if (sweeps == 0)
        {
            return;
        }

        _sumsHold &= _version == _rbm.FixedPoint.Version;
        _version = _rbm.FixedPoint.Version;
        _task.Count = sweeps;
        _task.Average = average;
        _task.SumsHold = _sumsHold;
        _sumsHold = false;
        _team.Run(_task);
        _sumsHold = true;
        Sweeps += sweeps;
        AveragedSweeps += average ? sweeps : 0;
    }

    private unsafe void Sweep(int first, int end, SweepTask task, int member)
    {
        int* scratch = _scratch[member].DangerousGetPointer();
        bool sumsHold = task.SumsHold;

        // Elsewhere the half step draws the bits as well, which is faster and gives the same ones.
        bool draw = _rbm.Visible.Kind == UnitKind.Potts || (_rbm.Visible.Kind == UnitKind.Spin && task.Average) || IsNoisy(first, end);
        for (int sweep = 0; sweep < task.Count; sweep++)
        {
            long step = Sweeps + sweep;
            HalfStepArguments up = Arguments(toHidden: true, Visible, Hidden, step);
            _hiddenSums.Keep(ref up, sumsHold);
            float* hiddenInputs = _hiddenInputs is null ? null : _hiddenInputs.DangerousGetPointer();
            _rbm.RunHalfStep(up, toHidden: true, first, end, scratch, hiddenInputs, _hiddenInputs?.Stride ?? 0);
            HalfStepArguments down = Arguments(toHidden: false, Hidden, Visible, step);
            _visibleSums.Keep(ref down, sumsHold);
            down.States = draw ? null : down.States;
            if (draw || task.Average)
            {
                down.InverseScale = _rbm.InputScale(toHidden: false);
                down.Inputs = _inputs.DangerousGetPointer();
                down.InputStride = _inputs.Stride;
            }

            HalfStep.Run(SimdSelection.Current, down, first, end, scratch);
            for (int chain = first; chain < end; chain++)
            {
                if (draw)
                {
                    Shift(chain);
                    _rbm.Visible.SampleBits(
                        _inputs.Row(chain), down.Draws.ForChain(_firstChain + chain), down.Ties.ForChain(_firstChain + chain), Visible.Row(chain));
                }

                Hold(chain);
                if (task.Average)
                {
                    AddMeans(chain);
                }
            }

            sumsHold = true;
        }
    }

    private bool IsNoisy(int first, int end)
    {
        for (int chain = first; chain < end; chain++)
        {
            if (_seen.Row(chain).ContainsAnyExcept(0UL))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds what was seen to the inputs of a chain's visible units.</summary>
    private void Shift(int chain)
    {
        Span<float> inputs = _inputs.Row(chain);
        ReadOnlySpan<ulong> seen = _seen.Row(chain);
        ReadOnlySpan<ulong> values = _values.Row(chain);
        float shift = _shifts[chain];
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            if ((seen[unit >> 6] >> (unit & 63) & 1) != 0)
            {
                inputs[unit] += (values[unit >> 6] >> (unit & 63) & 1) != 0 ? shift : -shift;
            }
        }
    }

    private void AddMeans(int chain)
    {
        Span<float> means = _inputs.Row(chain);
        _rbm.Visible.Mean(means, means);
        Span<double> sums = SumsOf(chain);
        for (int unit = 0; unit < means.Length; unit++)
        {
            sums[unit] += means[unit];
        }
    }

    private unsafe HalfStepArguments Arguments(bool toHidden, BitMatrix source, BitMatrix target, long sweep)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.States = target.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, toHidden ? StreamPurpose.ChainHidden : StreamPurpose.ChainVisible, sweep, 0);
        arguments.Ties = new RandomStream(_seed, toHidden ? StreamPurpose.ChainHiddenTie : StreamPurpose.ChainVisibleTie, sweep, 0);
        arguments.FirstChain = _firstChain;
        return arguments;
    }

    private sealed class SweepTask(ConditionalChains owner) : ITeamTask
    {
        public int Count { get; set; }

        public bool Average { get; set; }

        public bool SumsHold { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.Chains, member, members);
            owner.Sweep(first, end, this, member);
        }
    }
}
