using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>Rows for sweeps unit by unit: a word a unit with 64 rows in it, and running inputs, 4 bytes a row and unit. 64 rows are an item.</summary>
internal sealed unsafe class SequentialRows : BoltzmannRows
{
    private const int Lanes = Tile.Width;

    private readonly AlignedBuffer<int> _order;
    private readonly AlignedBuffer<ulong> _lanes;
    private readonly AlignedBuffer<int> _inputs;
    private readonly AlignedBuffer<int>? _starts;
    private readonly AlignedBuffer<int>? _neighbours;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<float> _offsetWeights;
    private readonly AlignedBuffer<float>? _offsets;
    private readonly int _tiles;
    private readonly int _stride;

    public SequentialRows(BoltzmannMachine machine, int rows, ReadOnlySpan<int> order, ReadOnlySpan<float> offsets)
        : base(machine, rows)
    {
        CouplingGraph graph = machine.Graph;
        _tiles = Tile.Count(graph.Units);
        _stride = machine.FixedPoint.Stride;
        Items = (rows + Lanes - 1) / Lanes;
        if ((long)Items * graph.Units > uint.MaxValue)
        {
            Throw.OutOfRange(nameof(rows), $"at most {uint.MaxValue / graph.Units * Lanes} for {graph.Units} units", rows);
        }

        _order = Copy(order);
        _lanes = new AlignedBuffer<ulong>((long)Items * _tiles * Lanes);
        _inputs = new AlignedBuffer<int>((long)rows * _stride);
        _scales = new AlignedBuffer<float>((long)Items * Lanes);
        _offsetWeights = new AlignedBuffer<float>((long)Items * Lanes);
        if (!graph.IsComplete)
        {
            _starts = Copy(graph.Starts);
            _neighbours = Copy(graph.Neighbours);
        }

        if (!offsets.IsEmpty)
        {
            _offsets = new AlignedBuffer<float>(graph.Units);
            offsets.CopyTo(_offsets.Span);
        }
    }

    /// <inheritdoc/>
    public override int Items { get; }

    /// <inheritdoc/>
    public override (int First, int End) RowsOf(int item) => (item * Lanes, Math.Min((item + 1) * Lanes, States.Rows));

    /// <inheritdoc/>
    public override void UseWeights()
    {
        // Inputs are made anew when items are loaded.
    }

    /// <inheritdoc/>
    public override void Load(int item)
    {
        (int first, int end) = RowsOf(item);
        ulong* states = States.DangerousGetPointer();
        int words = States.WordsPerRow;
        ulong* lanes = LanesOf(item);
        for (int word = 0; word < words; word++)
        {
            BitTranspose.Gather(states + ((nint)first * words) + word, words, end - first, lanes + (word * Lanes));
        }

        FixedPointCouplings integers = Machine.FixedPoint;
        for (int row = first; row < end; row++)
        {
            ulong* own = states + ((nint)row * words);
            int* inputs = _inputs.DangerousGetPointer() + ((nint)row * _stride);
            if (_starts is null)
            {
                RowSums.Run(Level, own, Machine.Units, integers.Couplings.DangerousGetPointer(), integers.Bias.DangerousGetPointer(), _stride, inputs);
            }
            else
            {
                RowSums.Run(
                    own, Machine.Units, _starts.DangerousGetPointer(), _neighbours!.DangerousGetPointer(), integers.Couplings.DangerousGetPointer(),
                    integers.Bias.DangerousGetPointer(), inputs);
            }
        }
    }

    /// <inheritdoc/>
    public override void Store(int item)
    {
        (int first, int end) = RowsOf(item);
        int words = States.WordsPerRow;
        ulong* tile = stackalloc ulong[Lanes];
        for (int word = 0; word < words; word++)
        {
            new ReadOnlySpan<ulong>(LanesOf(item) + (word * Lanes), Lanes).CopyTo(new Span<ulong>(tile, Lanes));
            BitTranspose.Scatter(tile, States.DangerousGetPointer() + ((nint)first * words) + word, words, end - first);
        }
    }

    /// <inheritdoc/>
    public override void UseBetas(int item)
    {
        (int first, int end) = RowsOf(item);
        for (int row = first; row < end; row++)
        {
            _scales.Span[row] = Machine.FixedPoint.BitScale * Betas[row];
            _offsetWeights.Span[row] = 1 - Betas[row];
        }
    }

    /// <inheritdoc/>
    public override void Sweep(int item, in RandomStream draws, in RandomStream ties, bool backwards)
    {
        (int first, int end) = RowsOf(item);
        UnitStepArguments arguments = new()
        {
            Order = _order.DangerousGetPointer(),
            Count = Machine.Units,
            Backwards = backwards,
            Lanes = LanesOf(item),
            Inputs = _inputs.DangerousGetPointer() + ((nint)first * _stride),
            Stride = _stride,
            Rows = end - first,
            Couplings = Machine.FixedPoint.Couplings.DangerousGetPointer(),
            Starts = _starts is null ? null : _starts.DangerousGetPointer(),
            Neighbours = _neighbours is null ? null : _neighbours.DangerousGetPointer(),
            Scales = _scales.DangerousGetPointer() + first,
            Offsets = _offsets is null ? null : _offsets.DangerousGetPointer(),
            OffsetWeights = _offsetWeights.DangerousGetPointer() + first,
            Draws = draws,
            Ties = ties,
            FirstChain = (long)item * Machine.Units,
        };
        UnitStep.Run(Level, arguments);
    }

    /// <inheritdoc/>
    public override void NegativeEnergies(int item, Span<long> energies)
    {
        (int first, int end) = RowsOf(item);
        energies[first..end].Clear();
        ulong* states = States.DangerousGetPointer();
        OnUnits.Add(Level, states, States.WordsPerRow, _inputs.DangerousGetPointer(), _stride, Tile.Width, first, end, 1, energies);
        OnUnits.Add(Level, states, States.WordsPerRow, Machine.FixedPoint.Bias.DangerousGetPointer(), 0, Tile.Width, first, end, 1, energies);
        foreach (ref long energy in energies[first..end])
        {
            energy /= 2;
        }
    }

    private ulong* LanesOf(int item) => _lanes.DangerousGetPointer() + ((nint)item * _tiles * Lanes);

    private static AlignedBuffer<int> Copy(ReadOnlySpan<int> values)
    {
        AlignedBuffer<int> copy = new(values.Length);
        values.CopyTo(copy.Span);
        return copy;
    }
}
