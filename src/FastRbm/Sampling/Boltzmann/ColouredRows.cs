using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>Rows for sweeps colour by colour: units lie in the order of colours, a byte each. Every row is an item.</summary>
internal sealed unsafe class ColouredRows : BoltzmannRows
{
    private readonly GraphColouring _colouring;
    private readonly int[] _firstTiles;
    private readonly int[] _placeOf;
    private readonly int[] _unitAt;
    private readonly AlignedBuffer<int> _starts;
    private readonly AlignedBuffer<int> _neighbours;
    private readonly AlignedBuffer<int> _couplings;
    private readonly AlignedBuffer<int> _bias;
    private readonly AlignedBuffer<byte> _fours;
    private readonly AlignedBuffer<byte> _masks;
    private readonly AlignedBuffer<float> _scales;
    private readonly AlignedBuffer<float> _offsetWeights;
    private readonly AlignedBuffer<float>? _offsets;
    private readonly int _places;

    public ColouredRows(BoltzmannMachine machine, int rows, GraphColouring colouring, ReadOnlySpan<float> offsets)
        : base(machine, rows)
    {
        _colouring = colouring;
        CouplingGraph graph = machine.Graph;
        if (graph.IsComplete)
        {
            Throw.Argument(nameof(machine), "a graph that isn't complete for coloured sweeps, whose colours would be single units", graph.Name);
        }

        int[] counts = new int[colouring.Colours];
        foreach (int colour in colouring.Of)
        {
            counts[colour]++;
        }

        _firstTiles = new int[colouring.Colours + 1];
        for (int colour = 0; colour < counts.Length; colour++)
        {
            _firstTiles[colour + 1] = _firstTiles[colour] + Tile.Count(counts[colour]);
        }

        _places = _firstTiles[^1] * Tile.Width;
        if ((long)rows * _firstTiles[^1] > uint.MaxValue)
        {
            Throw.OutOfRange(nameof(rows), $"at most {uint.MaxValue / _firstTiles[^1]} for {machine.Units} units", rows);
        }

        _placeOf = new int[graph.Units];
        _unitAt = new int[_places];
        Array.Fill(_unitAt, -1);
        int[] next = [.. _firstTiles.Select(static tile => tile * Tile.Width)];
        for (int unit = 0; unit < graph.Units; unit++)
        {
            _placeOf[unit] = next[colouring.Of[unit]]++;
            _unitAt[_placeOf[unit]] = unit;
        }

        _starts = new AlignedBuffer<int>(_places + 1);
        _neighbours = new AlignedBuffer<int>(graph.Neighbours.Length);
        _couplings = new AlignedBuffer<int>(graph.Neighbours.Length);
        _bias = new AlignedBuffer<int>(_places);
        _fours = new AlignedBuffer<byte>(_firstTiles[^1]);
        _masks = new AlignedBuffer<byte>((long)rows * _places);
        _scales = new AlignedBuffer<float>(rows);
        _offsetWeights = new AlignedBuffer<float>(rows);
        LayOut(graph);
        if (!offsets.IsEmpty)
        {
            _offsets = new AlignedBuffer<float>(_places);
            for (int unit = 0; unit < graph.Units; unit++)
            {
                _offsets.Span[_placeOf[unit]] = offsets[unit];
            }
        }
    }

    /// <inheritdoc/>
    public override int Items => States.Rows;

    /// <inheritdoc/>
    public override (int First, int End) RowsOf(int item) => (item, item + 1);

    /// <inheritdoc/>
    public override void UseWeights()
    {
        ReadOnlySpan<int> starts = Machine.Graph.Starts;
        ReadOnlySpan<int> values = Machine.FixedPoint.Couplings.Span;
        Span<int> couplings = _couplings.Span;
        Span<int> bias = _bias.Span;
        int next = 0;
        for (int place = 0; place < _places; place++)
        {
            int unit = _unitAt[place];
            if (unit >= 0)
            {
                ReadOnlySpan<int> own = values[starts[unit]..starts[unit + 1]];
                own.CopyTo(couplings[next..]);
                next += own.Length;
                bias[place] = Machine.FixedPoint.Bias.Span[unit];
            }
        }
    }

    /// <inheritdoc/>
    public override void Load(int item)
    {
        ReadOnlySpan<ulong> states = States.Row(item);
        Span<byte> masks = _masks.Span.Slice(item * _places, _places);
        for (int unit = 0; unit < _placeOf.Length; unit++)
        {
            masks[_placeOf[unit]] = (byte)-(int)(states[unit >> 6] >> (unit & 63) & 1);
        }
    }

    /// <inheritdoc/>
    public override void Store(int item)
    {
        Span<ulong> states = States.Row(item);
        ReadOnlySpan<byte> masks = _masks.Span.Slice(item * _places, _places);
        ReadOnlySpan<int> placeOf = _placeOf;
        for (int word = 0; word < states.Length; word++)
        {
            ulong bits = 0;
            ReadOnlySpan<int> places = placeOf[(word * 64)..Math.Min(placeOf.Length, (word + 1) * 64)];
            for (int unit = 0; unit < places.Length; unit++)
            {
                bits |= (masks[places[unit]] & 1UL) << unit;
            }

            states[word] = bits;
        }
    }

    /// <inheritdoc/>
    public override void UseBetas(int item)
    {
        _scales.Span[item] = Machine.FixedPoint.BitScale * Betas[item];
        _offsetWeights.Span[item] = 1 - Betas[item];
    }

    /// <inheritdoc/>
    public override void Sweep(int item, in RandomStream draws, in RandomStream ties, bool backwards)
    {
        ColourStepArguments arguments = Arguments();
        arguments.Draws = draws;
        arguments.Ties = ties;
        for (int step = 0; step < _colouring.Colours; step++)
        {
            int colour = backwards ? _colouring.Colours - 1 - step : step;
            ColourStep.Run(Level, arguments, item, _firstTiles[colour], _firstTiles[colour + 1]);
        }
    }

    /// <inheritdoc/>
    public override void NegativeEnergies(int item, Span<long> energies) => energies[item] = ColourStep.TwiceNegativeEnergy(Arguments(), item) / 2;

    private ColourStepArguments Arguments() => new()
    {
        Starts = _starts.DangerousGetPointer(),
        Neighbours = _neighbours.DangerousGetPointer(),
        Couplings = _couplings.DangerousGetPointer(),
        Bias = _bias.DangerousGetPointer(),
        Fours = _fours.DangerousGetPointer(),
        Offsets = _offsets is null ? null : _offsets.DangerousGetPointer(),
        Masks = _masks.DangerousGetPointer(),
        Places = _places,
        Scales = _scales.DangerousGetPointer(),
        OffsetWeights = _offsetWeights.DangerousGetPointer(),
    };

    private void LayOut(CouplingGraph graph)
    {
        Span<int> starts = _starts.Span;
        Span<int> neighbours = _neighbours.Span;
        int next = 0;
        for (int place = 0; place < _places; place++)
        {
            starts[place] = next;
            int unit = _unitAt[place];
            if (unit >= 0)
            {
                foreach (int neighbour in graph.Neighbours[graph.Starts[unit]..graph.Starts[unit + 1]])
                {
                    neighbours[next++] = _placeOf[neighbour];
                }
            }
        }

        starts[_places] = next;
        for (int tile = 0; tile < _fours.Length; tile++)
        {
            bool fours = true;
            for (int place = tile * Tile.Width; place < (tile + 1) * Tile.Width; place++)
            {
                fours &= starts[place + 1] - starts[place] == 4;
            }

            _fours.Span[tile] = fours ? (byte)1 : (byte)0;
        }
    }
}
