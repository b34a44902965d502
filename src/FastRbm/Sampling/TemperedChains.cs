using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling;

/// <summary>
/// Parallel tempering: independent chains, each of one replica a level of a ladder, whose product of
/// p_beta(v,h) ~ exp((1 - beta) a0.v - beta E(v,h)) they leave invariant.
/// </summary>
/// <remarks>
/// <para>A sweep draws h from p_beta(h | v) in every replica; then neighbouring levels propose to swap their pairs (v,h), accepted
/// with probability min(1, exp((beta_i - beta_j)(U_i - U_j))), U(v,h) = E(v,h) + a0.v; then v is drawn from p_beta(v | h) at the beta
/// that the replica has now. Each of the three leaves the product exactly invariant. Even sweeps propose pairs (0,1), (2,3)..., odd
/// ones (1,2), (3,4)..., so that replicas travel on. U comes from the exact integer sums of the half step before it.</para>
/// <para>Replicas keep their rows and exchange betas, so that the running sums of the next half steps stay good. States and counts
/// after any number of sweeps are a function of model, ladder, a0, seed, start and chain number alone: not of threads, SIMD level, or
/// how the sweeps were cut into calls. A run allocates nothing. Holds 4 bytes a replica and unit. Not thread-safe; dispose it to end
/// its threads.</para>
/// <para>Sources: Swendsen and Wang (1986); Geyer (1991); Desjardins et al., "Tempered Markov chain Monte Carlo for training of
/// restricted Boltzmann machines" (2010); Syed et al., "Non-reversible parallel tempering" (2021).</para>
/// </remarks>
public sealed partial class TemperedChains : IDisposable
{
    private const long LeastWorkForThreads = 1 << 20;
    private const int SweepsAtOnce = 16;
    private const int HighFieldBits = 31;

    // Integers of a0 and energies then stay below 2^62 for any scale and number of units.
    private const float GreatestBaseBias = 1000;

    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly ThreadTeam _team;
    private readonly bool _ownsTeam;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly ExchangeStatistics[] _counts;
    private readonly ReplicaExchange _exchange;
    private readonly RunningSums _hiddenSums;
    private readonly RunningSums _visibleSums;
    private readonly AlignedBuffer<float>? _base;
    private readonly AlignedBuffer<int> _fields;
    private readonly AlignedBuffer<int> _highFields;
    private readonly SweepTask _task;
    private long _version = -1;
    private bool _sumsHold;
    private bool _farFields;

    /// <summary>Makes chains whose replicas start at random: every visible unit on with probability one half.</summary>
    /// <param name="rbm">The model. It must not be edited while sweeps run; edits between runs are followed.</param>
    /// <param name="chains">C: independent chains, each of all levels, at least 1.</param>
    /// <param name="ladder">L inverse temperatures.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1 and at most one a chain are used; small models use one. States don't depend on it.</param>
    /// <param name="baseVisibleBias">a0, a bias a visible unit from -1000 to 1000: the model at beta 0 has independent visible units with
    /// these biases. Those of the data's means need fewer levels. Empty for zeros.</param>
    /// <exception cref="ArgumentException">A number is out of range, or a0 hasn't a value a visible unit.</exception>
    public TemperedChains(
        Rbm rbm, int chains, TemperatureLadder ladder, ulong seed, int threads = 1, ReadOnlySpan<float> baseVisibleBias = default)
        : this(rbm, chains, ladder, seed, null, threads, baseVisibleBias)
    {
    }

    /// <summary>Makes chains that run as a share of a team's task, or on that team.</summary>
    internal TemperedChains(Rbm rbm, int chains, TemperatureLadder ladder, ulong seed, ThreadTeam team, ReadOnlySpan<float> baseVisibleBias)
        : this(rbm, chains, ladder, seed, team, 1, baseVisibleBias)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        rbm.RequireBinary(nameof(rbm));
    }

    private TemperedChains(
        Rbm rbm, int chains, TemperatureLadder ladder, ulong seed, ThreadTeam? team, int threads, ReadOnlySpan<float> baseVisibleBias)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ArgumentNullException.ThrowIfNull(ladder);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        CheckBase(baseVisibleBias, visible);
        if ((long)chains * ladder.Levels > int.MaxValue)
        {
            Throw.OutOfRange(nameof(chains), $"at most {int.MaxValue / ladder.Levels} for {ladder.Levels} levels", chains);
        }

        int rows = chains * ladder.Levels;
        _rbm = rbm;
        _seed = seed;
        Statistics = new ExchangeStatistics(ladder.Levels);
        Visible = new BitMatrix(chains, visible);
        Hidden = new BitMatrix(chains, hidden);
        ReplicaVisible = new BitMatrix(rows, visible);
        ReplicaHidden = new BitMatrix(rows, hidden);
        _exchange = new ReplicaExchange(chains, ladder, seed);
        _hiddenSums = new RunningSums(rows, visible, hidden);
        _visibleSums = new RunningSums(rows, hidden, visible);
        _fields = new AlignedBuffer<int>((long)Tile.Count(visible) * Tile.Width);
        _highFields = new AlignedBuffer<int>(_fields.Length);
        if (!baseVisibleBias.IsEmpty)
        {
            _base = new AlignedBuffer<float>(_fields.Length);
            baseVisibleBias.CopyTo(_base.Span);
        }

        long work = (long)rows * visible * hidden;
        _ownsTeam = team is null;
        _team = team ?? new ThreadTeam(work < LeastWorkForThreads ? 1 : Math.Min(threads, chains));
        _scratch = new AlignedBuffer<int>[_team.Members];
        _counts = new ExchangeStatistics[_team.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(HalfStep.ScratchLength(Math.Max(visible, hidden), rows));
            _counts[member] = new ExchangeStatistics(ladder.Levels);
        }

        _task = new SweepTask(this);
        StartRandom();
    }

    /// <summary>The number of chains, C.</summary>
    public int Chains => Visible.Rows;

    /// <summary>The levels of each chain, L.</summary>
    public int Levels => Ladder.Levels;

    /// <summary>The inverse temperatures.</summary>
    public TemperatureLadder Ladder => _exchange.Ladder;

    /// <summary>The visible states at beta 1, a chain a row: refreshed by <see cref="Run"/>. Writing to them changes no chain.</summary>
    public BitMatrix Visible { get; }

    /// <summary>The hidden states that the visible ones were drawn from, a chain a row.</summary>
    public BitMatrix Hidden { get; }

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps { get; private set; }

    /// <summary>What was counted since the last reset.</summary>
    public ExchangeStatistics Statistics { get; }

    /// <summary>The visible states of all replicas, chain by chain: with <see cref="RowAtLevel"/> and Sweeps all that sweeps go on from.</summary>
    internal BitMatrix ReplicaVisible { get; }

    /// <summary>The hidden states of all replicas; sweeps draw them anew.</summary>
    internal BitMatrix ReplicaHidden { get; }

    /// <summary>The rows of each chain's replicas, hottest first.</summary>
    internal Span<int> RowAtLevel => _exchange.RowAtLevel;

    /// <summary>What round trips are counted by, a number a replica.</summary>
    internal Span<byte> ComesFrom => _exchange.ComesFrom;

    /// <summary>The vector width, for tests.</summary>
    internal SimdLevel Level { get; set; } = SimdSelection.Current;

    /// <summary>Starts all replicas at random, each at its own level, and resets the statistics. Random numbers go on from the present sweep.</summary>
    public void StartRandom()
    {
        for (int row = 0; row < ReplicaVisible.Rows; row++)
        {
            RandomStream stream = new(_seed, StreamPurpose.TemperedStart, 0, row);
            Span<ulong> states = ReplicaVisible.Row(row);
            for (int word = 0; word < states.Length; word++)
            {
                states[word] = ((ulong)stream.Bits(2L * word) << 32) | stream.Bits((2L * word) + 1);
            }

            states[^1] &= BitMatrix.LastWordMask(ReplicaVisible.Columns);
        }

        Restart();
    }

    /// <summary>
    /// Starts the replicas of all levels at rows of data and resets the statistics: the cold one of chain c at row c, that of the level
    /// below at row C + c and so on, beginning again when the rows run out.
    /// </summary>
    /// <param name="rows">Binary rows.</param>
    /// <exception cref="ArgumentException">The rows aren't binary, there are none, or their width isn't the model's.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, "rows");
        if (rows.Columns != _rbm.Visible.Count)
        {
            Throw.Argument(nameof(rows), $"rows of {_rbm.Visible.Count} values, the model's visible units", $"{rows.Columns}");
        }

        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them");
        }

        PartialRows.RequireComplete(rows, nameof(rows));

        for (int row = 0; row < ReplicaVisible.Rows; row++)
        {
            long fromCold = Levels - 1 - (row % Levels);
            rows.CopyBits((int)(((fromCold * Chains) + (row / Levels)) % rows.Rows), ReplicaVisible.Row(row));
        }

        Restart();
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

        Begin(sweeps);
        _team.Run(_task);
        End();
    }

    /// <summary>Copies the states that a level has now.</summary>
    /// <param name="level">From 0, the hottest, to Levels - 1.</param>
    /// <param name="visible">Visible states [chains, visible], written.</param>
    /// <param name="hidden">The hidden states that they were drawn from [chains, hidden], written.</param>
    public void CopyLevel(int level, BitMatrix visible, BitMatrix hidden)
    {
        ArgumentNullException.ThrowIfNull(visible);
        ArgumentNullException.ThrowIfNull(hidden);
        if ((uint)level >= (uint)Levels)
        {
            Throw.OutOfRange(nameof(level), $"from 0 to {Levels - 1}", level);
        }

        CheckShape(visible, Visible, nameof(visible));
        CheckShape(hidden, Hidden, nameof(hidden));
        CopyLevel(level, 0, Chains, visible, hidden);
    }

    /// <summary>Takes other inverse temperatures for the same number of levels, and resets the statistics; the states stay.</summary>
    /// <param name="ladder">The ladder.</param>
    /// <exception cref="ArgumentException">It has another number of levels.</exception>
    public void Use(TemperatureLadder ladder)
    {
        ArgumentNullException.ThrowIfNull(ladder);
        if (ladder.Levels != Levels)
        {
            Throw.Argument(nameof(ladder), $"{Levels} levels", $"{ladder.Levels}");
        }

        _exchange.Use(ladder);
        Statistics.Reset();
    }

    /// <summary>
    /// Adapts the ladder to equal swap rates: measures, adapts, and begins again with twice the sweeps. Statistics are reset at each
    /// round's end.
    /// </summary>
    /// <remarks>Allocates a ladder a round. The ladder is a function of what the states are.</remarks>
    /// <param name="rounds">Rounds, at least 1.</param>
    /// <param name="sweeps">Sweeps of the first round, at least 2, so that every pair is proposed. In all sweeps (2^rounds - 1).</param>
    /// <param name="progress">Told the share that is done; or null.</param>
    /// <param name="cancellation">Asked every few sweeps.</param>
    /// <returns>Lambda, the communication barrier by the last round: what <see cref="TemperatureLadder.LevelsFor"/> asks for.</returns>
    /// <exception cref="OperationCanceledException">Cancelled: the ladder is the last round's.</exception>
    public double Tune(int rounds, int sweeps, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Throw.IfLess(rounds, 1);
        Throw.IfLess(sweeps, 2);
        double total = Math.ScaleB(1, rounds) - 1;
        double barrier = 0;
        for (int round = 0; round < rounds; round++)
        {
            Statistics.Reset();
            int length = checked(sweeps << round);
            for (int done = 0; done < length; done += SweepsAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                Run(Math.Min(SweepsAtOnce, length - done));
                progress?.Report((Math.ScaleB(1, round) - 1 + (Math.Min(done + SweepsAtOnce, length) / (double)sweeps)) / total);
            }

            barrier = TemperatureLadder.Barrier(Statistics.Proposed, Statistics.Accepted);
            Use(Ladder.Adapted(Statistics.Proposed, Statistics.Accepted));
        }

        return barrier;
    }

    /// <summary>Begins all counts of <see cref="Statistics"/> anew.</summary>
    public void ResetStatistics() => Statistics.Reset();

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_ownsTeam)
        {
            _team.Dispose();
        }
    }

    private void Restart()
    {
        _exchange.Restart();
        Statistics.Reset();
        CopyLevel(Levels - 1, 0, Chains, Visible, Hidden);
    }

    private void CopyLevel(int level, int first, int end, BitMatrix visible, BitMatrix hidden)
    {
        for (int chain = first; chain < end; chain++)
        {
            int row = _exchange.RowAtLevel[(chain * Levels) + level];
            ReplicaVisible.Row(row).CopyTo(visible.Row(chain));
            ReplicaHidden.Row(row).CopyTo(hidden.Row(chain));
        }
    }

    private static void CheckBase(ReadOnlySpan<float> baseVisibleBias, int visible)
    {
        if (baseVisibleBias.IsEmpty)
        {
            return;
        }

        Throw.IfLengthDiffers(baseVisibleBias.Length, visible, nameof(baseVisibleBias));
        for (int unit = 0; unit < visible; unit++)
        {
            if (!(Math.Abs(baseVisibleBias[unit]) <= GreatestBaseBias))
            {
                Throw.OutOfRange(nameof(baseVisibleBias), $"numbers from -1000 to 1000 at unit {unit}", baseVisibleBias[unit]);
            }
        }
    }

    private static void CheckShape(BitMatrix found, BitMatrix expected, string name)
    {
        if (found.Rows != expected.Rows || found.Columns != expected.Columns)
        {
            Throw.Argument(name, $"{expected.Rows} rows of {expected.Columns} units", $"{found.Rows} of {found.Columns}");
        }
    }
}
