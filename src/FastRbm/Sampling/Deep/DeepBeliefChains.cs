using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Random;

namespace FastRbm.Sampling.Deep;

/// <summary>Samples of a deep belief network: chains of Gibbs sampling in its topmost machine, and from them a pass downwards, each layer drawn given the one above.</summary>
/// <remarks>
/// States are a function of network, seed and chain number alone: not of threads, nor of how the sweeps were cut into calls. Sums are exact,
/// of bits. A sweep and a pass allocate nothing. Not thread-safe; dispose it to end its threads.
/// </remarks>
public sealed class DeepBeliefChains : IDisposable
{
    private readonly DeepBeliefNetwork _network;
    private readonly ulong _seed;
    private readonly ChainSet _top;
    private readonly BitMatrix[] _states;
    private readonly RbmWorkspace[] _workspaces;
    private long _passes;

    /// <summary>Makes chains that start at random in the layer below the topmost.</summary>
    /// <param name="network">The network. It must not be edited while sweeps run.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1. States don't depend on it.</param>
    public DeepBeliefChains(DeepBeliefNetwork network, int chains, ulong seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _seed = seed;
        _top = new ChainSet(network.Top, chains, seed, threads);
        int below = network.Machines.Count - 1;
        _states = [.. Enumerable.Range(0, below).Select(layer => new BitMatrix(chains, network.Layers[layer]))];
        _workspaces = [.. Enumerable.Range(0, below).Select(layer => new RbmWorkspace(network.Machines[layer]))];
        Means = new Matrix(chains, network.Layers[0]);
    }

    /// <summary>The number of chains.</summary>
    public int Chains => _top.Chains;

    /// <summary>The visible states of the last pass, a chain a row.</summary>
    public BitMatrix Visible => _states.Length == 0 ? _top.Visible : _states[0];

    /// <summary>p(v_i = 1 | h_1) of the last pass, a chain a row: smoother to look at than the states.</summary>
    public Matrix Means { get; }

    /// <summary>The states of a layer below the topmost after the last pass.</summary>
    /// <param name="layer">From 0, the visible one, to L - 1.</param>
    /// <returns>A chain a row.</returns>
    public BitMatrix States(int layer) => layer == _states.Length ? _top.Visible : _states[layer];

    /// <summary>Puts the chains at rows of data, which are carried upwards by drawing each layer given the one below: chain c at row c, beginning again when the rows run out.</summary>
    /// <param name="rows">Binary rows of the visible layer.</param>
    /// <exception cref="ArgumentException">The width isn't the network's, there are no rows, or they aren't binary.</exception>
    public void StartFrom(IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(rows.Rows, 1, nameof(rows));
        if (_states.Length == 0)
        {
            _top.StartFrom(rows);
            return;
        }

        Throw.IfLengthDiffers(rows.Columns, _network.Layers[0], nameof(rows));
        if (!rows.IsBinary)
        {
            Throw.Argument(nameof(rows), "values 0 and 1", "values between them");
        }

        for (int chain = 0; chain < Chains; chain++)
        {
            rows.CopyBits(chain % rows.Rows, _states[0].Row(chain));
        }

        for (int layer = 0; layer < _states.Length; layer++)
        {
            _network.Machines[layer].SampleHidden(
                _states[layer], new RandomKey(_seed, layer), StreamPurpose.BeliefUp, StreamPurpose.BeliefUpTie, _workspaces[layer], States(layer + 1));
        }

        _top.StatesWritten();
    }

    /// <summary>Runs sweeps of the topmost machine, then a pass down to the visible layer.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps)
    {
        _top.Run(sweeps);
        for (int layer = _states.Length - 1; layer >= 0; layer--)
        {
            _network.Machines[layer].SampleVisible(
                States(layer + 1), new RandomKey(_seed, (_passes * _states.Length) + layer), StreamPurpose.BeliefDown, StreamPurpose.BeliefDownTie, _workspaces[layer], _states[layer]);
        }

        if (_states.Length > 0)
        {
            _network.Machines[0].MeanVisible(States(1), _workspaces[0], Means);
        }
        else
        {
            for (int chain = 0; chain < Chains; chain++)
            {
                LayerBits.ToFloats(_top.Visible.Row(chain), 0, Means.Row(chain));
            }
        }

        _passes++;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _top.Dispose();
}
