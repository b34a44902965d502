using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>
/// Gibbs chains of an RBM with units of any kinds, with any visible units held at given values: each sweep draws h from p(h | v), then
/// those visible units that aren't held from p(v | h).
/// </summary>
/// <remarks>
/// With units held the chains' distribution is p(v_rest | v_held). The states are a function of model, seed, start and chain number
/// alone. A sweep allocates nothing. Where all states are bits and nothing is held, <see cref="ChainSet"/> is faster. Not thread-safe;
/// dispose it to end its threads.
/// </remarks>
public sealed class UnitChains : IDisposable
{
    private const long LeastWorkForThreads = 1 << 19;

    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly ThreadTeam _team;
    private readonly LayerStep _up;
    private readonly LayerStep _down;
    private readonly LayerStates _visible;
    private readonly LayerStates _hidden;
    private readonly Matrix _visibleInputs;
    private readonly Matrix _hiddenInputs;
    private readonly Matrix _values;
    private readonly double[] _totals;
    private readonly SweepTask _task;
    private readonly PackTask _pack;
    private Matrix? _held;
    private BitMatrix? _mask;
    private Matrix? _means;
    private long _meanSweeps;

    /// <summary>Makes chains that start at random: the units drawn as if there were no weights.</summary>
    /// <param name="rbm">The model. It must not be edited while sweeps run.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. States don't depend on it.</param>
    /// <exception cref="ArgumentException">The model isn't a distribution (<see cref="Rbm.CheckProper"/>), or hidden units need a total.</exception>
    public UnitChains(Rbm rbm, int chains, ulong seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        rbm.CheckProper();
        if (rbm.Hidden.KeepsTotal)
        {
            Throw.Argument(nameof(rbm), "hidden units without a given total", rbm.Hidden.Name);
        }

        _rbm = rbm;
        _seed = seed;
        Chains = chains;
        long work = (long)chains * rbm.Visible.Count * rbm.Hidden.Count;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : Math.Min(threads, chains));
        _up = new LayerStep(rbm, toHidden: true, chains, _team.Members);
        _down = new LayerStep(rbm, toHidden: false, chains, _team.Members);
        _visible = new LayerStates(rbm.Visible, chains);
        _hidden = new LayerStates(rbm.Hidden, chains);
        _visibleInputs = new Matrix(chains, rbm.Visible.Count);
        _hiddenInputs = new Matrix(chains, rbm.Hidden.Count);
        _values = new Matrix(chains, rbm.Visible.Count);
        _totals = new double[chains];
        Array.Fill(_totals, 1);
        _task = new SweepTask(this);
        _pack = new PackTask(this);
        for (int chain = 0; chain < chains; chain++)
        {
            RandomStream draws = new(seed, StreamPurpose.UnitChainStart, 0, chain);
            rbm.Visible.Sample(rbm.Visible.Bias, 1, draws, draws, _values.Row(chain));
            _visible.Set(chain, _values.Row(chain));
        }
    }

    /// <summary>The number of chains.</summary>
    public int Chains { get; }

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>Puts the chains at rows of data: chain c at row c, beginning again when the rows run out. Nothing is held any more.</summary>
    /// <param name="rows">Rows of states of the visible layer (bits for spins are down and up); documents keep their lengths.</param>
    /// <exception cref="ArgumentException">A row isn't a state of the layer; the message names row and column.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        Throw.IfLengthDiffers(rows.Columns, _rbm.Visible.Count, nameof(rows));
        for (int chain = 0; chain < Chains; chain++)
        {
            Span<float> states = _values.Row(chain);
            rows.CopyMeans(chain % rows.Rows, states);
            for (int unit = 0; unit < states.Length && rows.IsBinary && _rbm.Visible.Kind == UnitKind.Spin; unit++)
            {
                states[unit] = (2 * states[unit]) - 1;
            }

            Put(chain, nameof(rows), $"row {chain % rows.Rows}");
        }

        _mask = null;
        _held = null;
    }

    /// <summary>Holds visible units at values, and puts them there now. Holding with an empty mask lets all go.</summary>
    /// <param name="values">Values of all visible units [chains, visible]; only those of the mask count. Copied.</param>
    /// <param name="mask">Which are held [chains, visible]. Copied. A group of categories is held as a whole or not at all.</param>
    /// <exception cref="ArgumentException">The sizes don't fit, or a value isn't a state of its unit.</exception>
    public void Hold(Matrix values, BitMatrix mask)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(mask);
        Throw.IfLengthDiffers(values.Rows, Chains, nameof(values));
        Throw.IfLengthDiffers(values.Columns, _rbm.Visible.Count, nameof(values));
        Throw.IfLengthDiffers(mask.Rows, Chains, nameof(mask));
        Throw.IfLengthDiffers(mask.Columns, _rbm.Visible.Count, nameof(mask));
        if (_rbm.Visible.KeepsTotal)
        {
            Throw.Argument(nameof(mask), "units that can be held one by one", _rbm.Visible.Name);
        }

        Matrix held = new(Chains, _rbm.Visible.Count);
        BitMatrix kept = new(Chains, _rbm.Visible.Count);
        held.CopyFrom(values);
        for (int chain = 0; chain < Chains; chain++)
        {
            mask.Row(chain).CopyTo(kept.Row(chain));
            _visible.CopyTo(chain, _values.Row(chain));
            Restore(held.Row(chain), kept.Row(chain), _values.Row(chain));
            Put(chain, nameof(values), $"row {chain}");
        }

        _held = held;
        _mask = kept;
    }

    /// <summary>From now on, sums E[v | h] of every sweep, for <see cref="CopyMeans"/>; forgets what was summed before.</summary>
    public void BeginMeans()
    {
        _means = new Matrix(Chains, _rbm.Visible.Count);
        _meanSweeps = 0;
    }

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps)
    {
        Throw.IfLess(sweeps, 0);
        if (sweeps == 0)
        {
            return;
        }

        _team.Run(_pack);
        _task.Count = sweeps;
        _team.Run(_task);
        Sweeps += sweeps;
        _meanSweeps += sweeps;
    }

    /// <summary>Copies the visible states of a chain.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="states">As many as there are visible units, written.</param>
    public void CopyVisible(int chain, Span<float> states) => _visible.CopyTo(chain, states);

    /// <summary>Copies the hidden states that the visible ones were drawn from.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="states">As many as there are hidden units, written.</param>
    public void CopyHidden(int chain, Span<float> states) => _hidden.CopyTo(chain, states);

    /// <summary>Copies the mean of E[v | h] over the sweeps since <see cref="BeginMeans"/>; held units at their values.</summary>
    /// <param name="chain">From 0 to Chains - 1.</param>
    /// <param name="means">As many as there are visible units, written.</param>
    /// <exception cref="InvalidOperationException">There were no sweeps since.</exception>
    public void CopyMeans(int chain, Span<float> means)
    {
        if (_means is null || _meanSweeps == 0)
        {
            throw new InvalidOperationException("means: expected sweeps after BeginMeans, found none.");
        }

        ReadOnlySpan<float> sums = _means.Row(chain);
        for (int unit = 0; unit < means.Length; unit++)
        {
            means[unit] = (float)(sums[unit] / (double)_meanSweeps);
        }

        if (_mask is not null)
        {
            Restore(_held!.Row(chain), _mask.Row(chain), means);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private static void Restore(ReadOnlySpan<float> held, ReadOnlySpan<ulong> mask, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            if ((mask[unit >> 6] >> (unit & 63) & 1) != 0)
            {
                states[unit] = held[unit];
            }
        }
    }

    private void Put(int chain, string name, string place)
    {
        Span<float> states = _values.Row(chain);
        _rbm.Visible.Check(states, name, place);
        _visible.Set(chain, states);
        _totals[chain] = _rbm.Visible.KeepsTotal ? Rbm.Total(states) : 1;
    }

    private void Sweep(int first, int end, int member, int sweep)
    {
        long step = Sweeps + sweep;
        _up.Inputs(first, end, member, _visible, _totals, _hiddenInputs, 0);
        _up.Sample(
            first, end, _hiddenInputs, 0, _totals, new RandomStream(_seed, StreamPurpose.ChainHidden, step, 0),
            new RandomStream(_seed, StreamPurpose.ChainHiddenTie, step, 0), _hidden);
        _down.Inputs(first, end, member, _hidden, _totals, _visibleInputs, 0);
        _down.Sample(
            first, end, _visibleInputs, 0, _totals, new RandomStream(_seed, StreamPurpose.ChainVisible, step, 0),
            new RandomStream(_seed, StreamPurpose.ChainVisibleTie, step, 0), _visible);
        for (int chain = first; chain < end; chain++)
        {
            if (_mask is not null)
            {
                Span<float> states = _values.Row(chain);
                _visible.CopyTo(chain, states);
                Restore(_held!.Row(chain), _mask.Row(chain), states);
                _visible.Set(chain, states);
            }

            if (_means is not null)
            {
                Span<float> inputs = _visibleInputs.Row(chain);
                _rbm.Visible.Mean(inputs, _totals[chain], inputs);
                Span<float> sums = _means.Row(chain);
                for (int unit = 0; unit < sums.Length; unit++)
                {
                    sums[unit] += inputs[unit];
                }
            }
        }
    }

    private sealed class PackTask(UnitChains owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            owner._up.UseWeights(member, members);
            owner._down.UseWeights(member, members);
        }
    }

    private sealed class SweepTask(UnitChains owner) : ITeamTask
    {
        public int Count { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.Chains, member, members);
            for (int sweep = 0; sweep < Count; sweep++)
            {
                owner.Sweep(first, end, member, sweep);
            }
        }
    }
}
