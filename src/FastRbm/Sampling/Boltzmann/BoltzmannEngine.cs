using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>Sweeps of many rows on a team of threads, at betas of their own: what chains, tempering, annealing and training run.</summary>
/// <remarks>p_beta(x) ~ exp(-beta E(x) + (1 - beta) sum of the offsets of units that are on). Runs allocate nothing.</remarks>
internal sealed class BoltzmannEngine : IDisposable
{
    private const long LeastWorkForThreads = 1 << 14;

    private readonly BoltzmannRows _rows;
    private readonly ulong _seed;
    private readonly StreamPurpose _draws;
    private readonly StreamPurpose _ties;
    private readonly ThreadTeam _team;
    private readonly SweepTask _task;
    private long _version = -1;
    private bool _changed = true;

    /// <summary>Makes rows that are all 0, at beta 1.</summary>
    public BoltzmannEngine(
        BoltzmannMachine machine, int rows, BoltzmannSweep sweep, ulong seed, StreamPurpose draws, StreamPurpose ties, int threads, ReadOnlySpan<float> offsets = default)
    {
        sweep.Check(machine);
        _rows = sweep.Colouring is null ? new SequentialRows(machine, rows, sweep.Order, offsets) : new ColouredRows(machine, rows, sweep.Colouring, offsets);
        _seed = seed;
        _draws = draws;
        _ties = ties;
        _team = new ThreadTeam((long)rows * machine.Units < LeastWorkForThreads ? 1 : Math.Min(threads, _rows.Items));
        _task = new SweepTask(this);
        Energies = new long[rows];
    }

    /// <summary>The states. After writing to them call <see cref="Changed"/>.</summary>
    public BitMatrix States => _rows.States;

    /// <summary>An inverse temperature a row.</summary>
    public Span<float> Betas => _rows.Betas;

    /// <summary>-E a row in units of 2^-BitScaleBits, without the shift, as of the last run that asked for them.</summary>
    public long[] Energies { get; }

    /// <summary>The vector width, for tests.</summary>
    public SimdLevel Level
    {
        get => _rows.Level;
        set => _rows.Level = value;
    }

    /// <summary>Says that states were written.</summary>
    public void Changed() => _changed = true;

    /// <summary>Runs sweeps.</summary>
    /// <param name="firstStep">What random numbers the first sweep has.</param>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="energies">Whether <see cref="Energies"/> are wanted.</param>
    /// <param name="backwards">Whether units or colours are drawn in the opposite order.</param>
    /// <param name="series">Energies of each row after each sweep, [row][count], or null.</param>
    public void Run(long firstStep, int count, bool energies = false, bool backwards = false, double[]? series = null)
    {
        if (_version != _rows.Machine.FixedPoint.Version)
        {
            _rows.UseWeights();
            _version = _rows.Machine.FixedPoint.Version;
            _changed = true;
        }

        _task.FirstStep = firstStep;
        _task.Count = count;
        _task.WithEnergies = energies;
        _task.Backwards = backwards;
        _task.Load = _changed;
        _task.Series = series;
        _team.Run(_task);
        _task.Series = null;
        _changed = false;
    }

    /// <summary>E in nats.</summary>
    public double EnergyOf(int row) => -(Math.ScaleB((double)Energies[row], -_rows.Machine.FixedPoint.BitScaleBits) + _rows.Machine.FixedPoint.Shift);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private sealed class SweepTask(BoltzmannEngine owner) : ITeamTask
    {
        public long FirstStep { get; set; }

        public int Count { get; set; }

        public bool WithEnergies { get; set; }

        public bool Backwards { get; set; }

        public bool Load { get; set; }

        public double[]? Series { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._rows.Items, member, members);
            for (int item = first; item < end; item++)
            {
                RunItem(item);
            }
        }

        private void RunItem(int item)
        {
            BoltzmannRows rows = owner._rows;
            if (Load)
            {
                rows.Load(item);
            }

            rows.UseBetas(item);
            for (int sweep = 0; sweep < Count; sweep++)
            {
                RandomStream draws = new(owner._seed, owner._draws, FirstStep + sweep, 0);
                RandomStream ties = new(owner._seed, owner._ties, FirstStep + sweep, 0);
                rows.Sweep(item, draws, ties, Backwards);
                if (Series is not null)
                {
                    Record(item, sweep);
                }
            }

            rows.Store(item);
            if (WithEnergies)
            {
                rows.NegativeEnergies(item, owner.Energies);
            }
        }

        private void Record(int item, int sweep)
        {
            if (owner._rows is SequentialRows)
            {
                owner._rows.Store(item);
            }

            owner._rows.NegativeEnergies(item, owner.Energies);
            (int first, int end) = owner._rows.RowsOf(item);
            for (int row = first; row < end; row++)
            {
                Series![(row * Count) + sweep] = owner.EnergyOf(row);
            }
        }
    }
}
