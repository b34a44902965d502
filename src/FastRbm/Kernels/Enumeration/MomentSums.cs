using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Kernels.Enumeration;

/// <summary>log Z, means of both layers and means of their products under a binary RBM, by the blocks of the smaller layer's states.</summary>
/// <remarks>
/// A block yields, for each unit of the larger layer, sums over all of its states and over those with a bit on; blocks are added in
/// order, whatever thread they come from. Computing allocates nothing. Not thread-safe.
/// </remarks>
internal sealed unsafe class MomentSums : ITeamTask
{
    // Below this many units of states a second thread costs more than it saves.
    private const long LeastWorkForThreads = 1 << 20;

    // Doubles that wait to be added: enough blocks that threads seldom meet.
    private const int WaitingDoubles = 1 << 18;

    private readonly SimdLevel _level;
    private readonly ThreadTeam _team;
    private readonly StateBlock[] _blocks;
    private readonly int _slots;
    private readonly AlignedBuffer<double> _waiting;
    private readonly AlignedBuffer<double> _sums;
    private readonly double[] _scales;
    private CancellationToken _cancellation;
    private double _scale;
    private int _first;
    private int _end;

    /// <summary>Allocates all there is.</summary>
    /// <param name="visible">The number of visible units.</param>
    /// <param name="hidden">The number of hidden units.</param>
    /// <param name="team">Who computes.</param>
    /// <param name="level">The vector width.</param>
    public MomentSums(int visible, int hidden, ThreadTeam team, SimdLevel level)
    {
        Tables = new EnumerationTables(visible, hidden);
        _team = team;
        _level = level;
        _blocks = new StateBlock[_team.Members];
        for (int member = 0; member < _blocks.Length; member++)
        {
            _blocks[member] = new StateBlock(Tables, level);
        }

        int slot = StateMoments.Sums * Tables.Stride;
        _slots = Math.Min(Tables.Tops, Math.Max(2 * _team.Members, WaitingDoubles / slot));
        _waiting = new AlignedBuffer<double>((long)_slots * slot);
        _sums = new AlignedBuffer<double>((long)(StateMoments.Sums + Tables.TopBits) * Tables.Stride);
        _scales = new double[_slots];
        VisibleMeans = new double[visible];
        HiddenMeans = new double[hidden];
        Products = new double[(long)visible * hidden];
    }

    /// <summary>What states are enumerated from: load the model here, then compute.</summary>
    public EnumerationTables Tables { get; }

    /// <summary>log Z in nats.</summary>
    public double LogPartitionFunction { get; private set; }

    /// <summary>E[v].</summary>
    public double[] VisibleMeans { get; }

    /// <summary>E[h].</summary>
    public double[] HiddenMeans { get; }

    /// <summary>E[v h'], row-major [visible, hidden].</summary>
    public double[] Products { get; }

    /// <summary>Computes all moments of the tables as they are loaded.</summary>
    /// <param name="progress">Told the share of the states that is done; or null.</param>
    /// <param name="cancellation">Stops; the moments are then as before.</param>
    public void Compute(IProgress<double>? progress, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        bool together = ((long)Tables.Large << Tables.Small) >= LeastWorkForThreads;
        for (_first = 0; _first < Tables.Tops; _first = _end)
        {
            _end = Math.Min(Tables.Tops, _first + _slots);
            if (together)
            {
                _team.Run(this);
            }
            else
            {
                Run(0, 1);
            }

            cancellation.ThrowIfCancellationRequested();
            for (int top = _first; top < _end; top++)
            {
                Add(top);
            }

            progress?.Report((double)_end / Tables.Tops);
        }

        Finish();
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_end - _first, member, members);
        for (int slot = first; slot < end && !_cancellation.IsCancellationRequested; slot++)
        {
            _scales[slot] = _blocks[member].Weigh(_first + slot).Scale;
            _blocks[member].Moments(Slot(slot));
        }
    }

    private double* Slot(int slot) => _waiting.DangerousGetPointer() + ((nint)slot * StateMoments.Sums * Tables.Stride);

    private double* Sum(int row) => _sums.DangerousGetPointer() + ((nint)row * Tables.Stride);

    private void Add(int top)
    {
        if (top == 0)
        {
            _sums.Span.Clear();
            _scale = _scales[0];
        }

        double* block = Slot(top - _first);
        double scale = _scales[top - _first];
        if (scale > _scale)
        {
            double shrink = StateBlock.Shrink(Tables, scale - _scale);
            StateWeights.MultiplyRows(_level, Sum(0), &shrink, Sum(0), 1, _sums.Length);
            _scale = scale;
        }

        double factor = StateBlock.Shrink(Tables, _scale - scale);
        StateWeights.Add(_level, block, factor, Sum(0), StateMoments.Sums * Tables.Stride);
        for (int bit = 0; top >> bit != 0; bit++)
        {
            if ((top >> bit & 1) != 0)
            {
                StateWeights.Add(_level, block, factor, Sum(StateMoments.Sums + bit), Tables.Stride);
            }
        }
    }

    private void Finish()
    {
        bool byVisible = Tables.Visible <= Tables.Hidden;
        double[] large = byVisible ? HiddenMeans : VisibleMeans;
        double[] small = byVisible ? VisibleMeans : HiddenMeans;
        double total = Sum(0)[Tables.Large];
        LogPartitionFunction = Math.FusedMultiplyAdd(_scale, StateBlock.NatsPerScale(Tables), DoubleMath.Log(total));
        double inverse = 1 / total;
        for (int unit = 0; unit < large.Length; unit++)
        {
            large[unit] = Probability(Sum(0)[unit] * inverse);
        }

        for (int bit = 0; bit < small.Length; bit++)
        {
            double* row = Sum(RowOf(bit));
            small[bit] = Probability(row[Tables.Large] * inverse);
            int first = byVisible ? bit * Tables.Large : bit;
            int step = byVisible ? 1 : Tables.Small;
            for (int unit = 0; unit < large.Length; unit++)
            {
                Products[first + (unit * step)] = Probability(row[unit] * inverse);
            }
        }
    }

    // Rounding may end a hair above 1.
    private static double Probability(double mean) => mean < 1 ? mean : 1;

    private int RowOf(int bit)
    {
        if (bit < Tables.LowBits)
        {
            return 1 + bit;
        }

        int rest = bit - Tables.LowBits;
        return rest < Tables.MidBits ? 1 + StateMoments.LowBits + rest : StateMoments.Sums + rest - Tables.MidBits;
    }
}
