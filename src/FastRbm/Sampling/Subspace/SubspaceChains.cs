using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Random;

namespace FastRbm.Sampling.Subspace;

/// <summary>
/// Many independent Gibbs chains of one subspace RBM: each sweep draws h from p(h | x) with S summed out, S from p(S | x,h), and x from p(x | h,S).
/// </summary>
/// <remarks>
/// The states after any number of sweeps are a function of model, seed, start and chain number alone. Sums go on from those of the last sweep, as
/// in <see cref="ChainSet"/>, which this is over bits h_j s_jk and h_j: x depends on no others, so subspace units of closed gates are drawn when
/// they are asked for. A sweep allocates nothing. Not thread-safe; dispose it to end its threads.
/// </remarks>
public sealed class SubspaceChains : IDisposable
{
    private readonly SubspaceRbm _model;
    private readonly ulong _seed;
    private readonly ChainSet _chains;
    private readonly RbmWorkspace _workspace;

    /// <summary>Makes chains that start at random: every visible unit on with probability one half.</summary>
    /// <param name="model">The model. It must not be edited while sweeps run.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1; small models use one. States don't depend on it.</param>
    public SubspaceChains(SubspaceRbm model, int chains, ulong seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _seed = seed;
        _chains = new ChainSet(model.Joint, chains, seed, threads);
        _workspace = model.NewWorkspace();
    }

    /// <summary>x, a chain a row.</summary>
    public BitMatrix Visible => _chains.Visible;

    /// <summary>The number of chains.</summary>
    public int Chains => _chains.Chains;

    /// <summary>Sweeps done so far.</summary>
    public long Sweeps => _chains.Sweeps;

    /// <summary>Puts the chains at rows of data: chain c at row c, beginning again when the rows run out.</summary>
    /// <param name="rows">Rows of bits.</param>
    /// <exception cref="ArgumentException">The rows aren't binary, there are none, or their width isn't the model's.</exception>
    public void StartFrom(IVisibleRows rows) => _chains.StartFrom(rows);

    /// <summary>Runs sweeps.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    public void Run(int sweeps) => _chains.Run(sweeps);

    /// <summary>Copies the gates and subspace units that the visible states were drawn from.</summary>
    /// <param name="gates">h [chains, M], written.</param>
    /// <param name="subspaces">S [chains, K M], written: fair coins under closed gates.</param>
    /// <exception cref="ArgumentException">The sizes don't fit.</exception>
    public void CopyHidden(BitMatrix gates, BitMatrix subspaces)
    {
        CheckSize(gates, _model.Gates, nameof(gates));
        CheckSize(subspaces, _model.Gates * _model.Subspaces, nameof(subspaces));
        for (int chain = 0; chain < Chains; chain++)
        {
            ReadOnlySpan<ulong> hidden = _chains.Hidden.Row(chain);
            SubspaceRbm.CopyRange(hidden, _model.Layer.FirstGate, _model.Gates, gates.Row(chain));
            SubspaceRbm.CopyRange(hidden, 0, _model.Layer.FirstGate, subspaces.Row(chain));
            _model.TossClosed(gates.Row(chain), new RandomStream(_seed, StreamPurpose.SubspaceCoin, Sweeps, chain), subspaces.Row(chain));
        }
    }

    /// <summary>p(x = 1 | h,S) of each chain, which the last visible states were drawn from.</summary>
    /// <param name="means">[chains, D], written.</param>
    /// <exception cref="ArgumentException">The sizes don't fit.</exception>
    public void MeanVisible(Matrix means) => _model.Joint.MeanVisible(_chains.Hidden, _workspace, means);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _chains.Dispose();

    private void CheckSize(BitMatrix states, int units, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
        Throw.IfLengthDiffers(states.Rows, Chains, name);
        Throw.IfLengthDiffers(states.Columns, units, name);
    }
}
