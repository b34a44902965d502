using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Threading;

namespace FastRbm.Training.Networks;

/// <summary>
/// Moves the parameters of a network along the gradient of a batch: gradient, rule, average and packed copies tile by tile, so that a gradient
/// never leaves the caches.
/// </summary>
/// <remarks>
/// Weights are shared by input units among the members of a team, each over the whole batch, so that no bit depends on their number. Packed copies
/// take their rows from who has just moved them. With a limit on norms, two more phases follow.
/// </remarks>
internal sealed class NetworkOptimizer
{
    private const int Unit = PackedMatrix.PanelColumns;
    private const int TileFloats = 1 << 16;
    private const int MostTileRows = 96;

    private readonly Network _network;
    private readonly PackedNetwork _packed;
    private readonly NetworkWorkspace _workspace;
    private readonly OptimizerOptions _options;
    private readonly ThreadTeam _team;
    private readonly GemmWorkspace[] _gemm;
    private readonly Matrix[][] _tiles;
    private readonly Matrix[][] _first;
    private readonly Matrix[][] _second;
    private readonly Matrix[] _biasGradients;
    private readonly Network? _average;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly MovePass _move;
    private readonly LimitPass _limit;
    private readonly PackPass _pack;
    private ParameterRuleArguments _arguments;
    private int _rows;

    /// <summary>Allocates the state of the rule: zeros.</summary>
    /// <param name="network">The network.</param>
    /// <param name="packed">Its packed weights, which are kept up to date.</param>
    /// <param name="workspace">Values and gradients of batches.</param>
    /// <param name="options">The options.</param>
    /// <param name="team">Threads. Not owned.</param>
    /// <param name="gemm">Scratch, one a thread.</param>
    public NetworkOptimizer(Network network, PackedNetwork packed, NetworkWorkspace workspace, OptimizerOptions options, ThreadTeam team, GemmWorkspace[] gemm)
    {
        _network = network;
        _packed = packed;
        _workspace = workspace;
        _options = options;
        _team = team;
        _gemm = gemm;
        _tiles = [.. Enumerable.Range(0, team.Members).Select(_ => network.Layers.Select(static layer => new Matrix(TileRows(layer), layer.Outputs)).ToArray())];
        _biasGradients = [.. network.Layers.Select(static layer => new Matrix(1, layer.Outputs))];
        _first = States(network);
        _second = options.Kind == OptimizerKind.Adam ? States(network) : [];
        _average = options.AverageDecay > 0 ? network.Clone() : null;
        _move = new MovePass(this);
        _limit = new LimitPass(this);
        _pack = new PackPass(this);
    }

    /// <summary>The running average of the parameters, or null.</summary>
    public Network? Average => _average;

    /// <summary>The state of the rule and the average, by name.</summary>
    public IEnumerable<(string Name, Matrix Values)> State
    {
        get
        {
            for (int layer = 0; layer < _first.Length; layer++)
            {
                yield return ($"optimizer_first_weights_{layer}", _first[layer][0]);
                yield return ($"optimizer_first_bias_{layer}", _first[layer][1]);
                if (_second.Length > 0)
                {
                    yield return ($"optimizer_second_weights_{layer}", _second[layer][0]);
                    yield return ($"optimizer_second_bias_{layer}", _second[layer][1]);
                }

                if (_average is not null)
                {
                    yield return ($"average_weights_{layer}", _average.Layers[layer].WeightMatrix);
                    yield return ($"average_bias_{layer}", _average.Layers[layer].BiasMatrix);
                }
            }
        }
    }

    /// <summary>Moves all parameters, after a backward pass of the workspace.</summary>
    /// <param name="rows">Rows of the workspace.</param>
    /// <param name="update">The update, from 0.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">The momentum.</param>
    public void Run(int rows, long update, double rate, double momentum)
    {
        _rows = rows;
        _arguments = Arguments(update, rate, momentum);
        _team.Run(_move);
        if (_options.MaxNorm > 0)
        {
            _team.Run(_limit);
            _team.Run(_pack);
        }
    }

    /// <summary>Packs weights that were put back.</summary>
    public void Restored() => _packed.Pack();

    private ParameterRuleArguments Arguments(long update, double rate, double momentum)
    {
        ParameterRuleArguments arguments = new()
        {
            Rate = (float)rate,
            First = (float)momentum,
            Epsilon = (float)_options.Epsilon,
            Average = (float)Math.Max(1 - _options.AverageDecay, 9.0 / (10 + update)),
        };
        if (_options.Kind == OptimizerKind.Adam)
        {
            arguments.First = (float)(1 - _options.Beta1);
            arguments.Second = (float)(1 - _options.Beta2);
            arguments.Rate = (float)(rate / (1 - Power(_options.Beta1, update + 1)));
            arguments.Correction = (float)(1 / Math.Sqrt(1 - Power(_options.Beta2, update + 1)));
        }

        return arguments;
    }

    private static double Power(double value, long exponent) => value == 0 ? 0 : DoubleMath.Exp(exponent * DoubleMath.Log(value));

    private static int TileRows(DenseLayer layer) => Math.Clamp(TileFloats / layer.Outputs / Unit * Unit, Unit, MostTileRows);

    private static Matrix[][] States(Network network) =>
        [.. network.Layers.Select(static layer => new Matrix[] { new(layer.Inputs, layer.Outputs), new(1, layer.Outputs) })];

    private static (int First, int End) Share(int count, int member, int members)
    {
        (int first, int end) = ThreadTeam.Share((count + Unit - 1) / Unit, member, members);
        return (first * Unit, Math.Min(end * Unit, count));
    }

    private void Move(int member, int members)
    {
        for (int layer = 0; layer < _network.Layers.Count; layer++)
        {
            DenseLayer dense = _network.Layers[layer];
            Matrix tile = _tiles[member][layer];
            (int first, int end) = Share(dense.Inputs, member, members);
            ParameterRuleArguments arguments = _arguments;
            arguments.Decay = (float)_options.WeightDecay;
            for (int row = first; row < end; row += tile.Rows)
            {
                int stop = Math.Min(row + tile.Rows, end);
                NetworkPass.WeightGradient(_workspace, _gemm[member], layer, _rows, row, stop, tile);
                Step(in arguments, row, stop, dense.WeightMatrix, tile, layer, 0);
                if (_options.MaxNorm == 0)
                {
                    _packed.PackRows(layer, row, stop);
                }
            }

            // Layers in turns, so that no member does all of the biases.
            if (layer % members == member)
            {
                NetworkPass.BiasGradient(_workspace, layer, _rows, 0, dense.Outputs, _biasGradients[layer]);
                Step(in _arguments, 0, 1, dense.BiasMatrix, _biasGradients[layer], layer, 1);
            }
        }
    }

    private void Step(in ParameterRuleArguments arguments, int first, int end, Matrix values, Matrix gradient, int layer, int part)
    {
        Matrix state = _first[layer][part];
        Matrix? second = _second.Length == 0 ? null : _second[layer][part];
        Matrix? average = part == 0 ? _average?.Layers[layer].WeightMatrix : _average?.Layers[layer].BiasMatrix;
        switch (_options.Kind)
        {
            case OptimizerKind.Adam:
                ParameterStepRow.Run<ParameterRules.Adam>(_level, in arguments, first, end, values, gradient, state, second, average);
                break;
            case OptimizerKind.Momentum:
                ParameterStepRow.Run<ParameterRules.Momentum>(_level, in arguments, first, end, values, gradient, state, second, average);
                break;
            default:
                ParameterStepRow.Run<ParameterRules.Nesterov>(_level, in arguments, first, end, values, gradient, state, second, average);
                break;
        }
    }

    // Norms of the weights into some units, by ascending inputs.
    private void Limit(int member, int members)
    {
        double largest = _options.MaxNorm * _options.MaxNorm;
        for (int layer = 0; layer < _network.Layers.Count; layer++)
        {
            DenseLayer dense = _network.Layers[layer];
            (int first, int end) = Share(dense.Outputs, member, members);
            Span<float> squares = _biasGradients[layer].Row(0)[first..end];
            squares.Clear();
            for (int input = 0; input < dense.Inputs; input++)
            {
                FloatRows.AddSquares(dense.WeightMatrix.Row(input)[first..end], 1, squares);
            }

            foreach (ref float square in squares)
            {
                square = square > largest ? (float)Math.Sqrt(largest / square) : 1f;
            }

            for (int input = 0; input < dense.Inputs; input++)
            {
                RowProduct.Run(squares, dense.WeightMatrix.Row(input)[first..end]);
            }
        }
    }

    private void Pack(int member, int members)
    {
        for (int layer = 0; layer < _network.Layers.Count; layer++)
        {
            (int first, int end) = Share(_network.Layers[layer].Inputs, member, members);
            if (first < end)
            {
                _packed.PackRows(layer, first, end);
            }
        }
    }

    private sealed class MovePass(NetworkOptimizer owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Move(member, members);
    }

    private sealed class LimitPass(NetworkOptimizer owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Limit(member, members);
    }

    private sealed class PackPass(NetworkOptimizer owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Pack(member, members);
    }
}
