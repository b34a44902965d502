using FastRbm.Errors;
using FastRbm.Kernels.Gemm;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Sampling.Networks;

/// <summary>Langevin chains of an energy network, each of p(x) or of p(x | y) for a class y.</summary>
/// <remarks>
/// <para>A thread carries its chains through all steps of a run without waiting for others. The same seed gives the same states for any number of
/// threads, any vector width, and however the steps are cut into runs. Everything is allocated here.</para>
/// <para>Sources: Roberts and Tweedie, "Exponential convergence of Langevin distributions and their discrete approximations" (Bernoulli, 1996), for both
/// algorithms; Welling and Teh (ICML 2011). Not thread-safe. The model must not change meanwhile: <see cref="Refresh"/> after it did.</para>
/// </remarks>
public sealed class LangevinChains : IDisposable
{
    private readonly ThreadTeam _team;
    private readonly PackedNetwork _packed;
    private readonly LangevinBlock[] _blocks;
    private readonly byte[] _labels;
    private readonly long[] _accepted;
    private readonly ulong _seed;
    private readonly MovePass _move;
    private int _steps;

    /// <summary>Makes chains that start from uniform noise in the bound (from -1 to 1 without one).</summary>
    /// <param name="model">The model.</param>
    /// <param name="chains">The number of chains, at least 1.</param>
    /// <param name="options">The steps.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="threads">Threads, at least 1. They don't change a bit.</param>
    public LangevinChains(EnergyNetwork model, int chains, LangevinOptions options, ulong seed, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        Throw.IfLess(chains, 1);
        Throw.IfLess(threads, 1);
        options.Validate();
        Model = model;
        Options = options;
        _seed = seed;
        States = new Matrix(chains, model.Columns);
        _labels = new byte[chains];
        _labels.AsSpan().Fill(ClassLabels.Unlabelled);
        _accepted = new long[chains];
        _packed = new PackedNetwork(model.Network, toInputs: true);
        _team = new ThreadTeam(threads);
        _blocks = [.. Enumerable.Range(0, threads).Select(_ => new LangevinBlock(model, _packed, new GemmWorkspace(), options))];
        _move = new MovePass(this);
        for (int chain = 0; chain < chains; chain++)
        {
            UniformStart.Fill(model, new RandomStream(seed, StreamPurpose.LangevinStart, 0, chain), States.Row(chain));
        }
    }

    /// <summary>The model.</summary>
    public EnergyNetwork Model { get; }

    /// <summary>The steps.</summary>
    public LangevinOptions Options { get; }

    /// <summary>x of every chain: may be set between runs, within the bound.</summary>
    public Matrix States { get; }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>The share of proposals that were accepted: 1 for unadjusted chains, NaN before the first step.</summary>
    public double AcceptanceRate => _accepted.Sum() / ((double)Steps * _labels.Length);

    /// <summary>Conditions a chain on a class, or on none.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="label">The class, or <see cref="ClassLabels.Unlabelled"/>.</param>
    public void SetLabel(int chain, byte label)
    {
        if ((uint)chain >= (uint)_labels.Length)
        {
            Throw.OutOfRange(nameof(chain), $"0 to {_labels.Length - 1}", chain);
        }

        if (label != ClassLabels.Unlabelled && label >= Model.Classes)
        {
            Throw.OutOfRange(nameof(label), $"a class from 0 to {Model.Classes - 1}", label);
        }

        _labels[chain] = label;
    }

    /// <summary>Takes over parameters of the model that have changed.</summary>
    public void Refresh() => _packed.Pack();

    /// <summary>Moves all chains. Allocates nothing.</summary>
    /// <param name="steps">How many steps, at least 0.</param>
    /// <param name="progress">Told the share of the steps that are done, every hundredth; or null.</param>
    /// <param name="cancellation">Asked as often: chains are then where they were between two steps.</param>
    /// <exception cref="DivergenceException">States aren't finite any more: the step size is too large.</exception>
    public void Run(int steps, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        Throw.IfLess(steps, 0);
        int part = Math.Max(1, Math.Max(steps / 100, 10));
        for (int done = 0; done < steps; done += _steps)
        {
            cancellation.ThrowIfCancellationRequested();
            _steps = Math.Min(part, steps - done);
            _team.Run(_move);
            Steps += _steps;
            progress?.Report((done + _steps) / (double)steps);
        }

        for (int chain = 0; chain < States.Rows; chain++)
        {
            foreach (float value in States.Row(chain))
            {
                if (!float.IsFinite(value))
                {
                    throw DivergenceException.OfLoss(Steps, value, float.MaxValue, 0, FormattableString.Invariant($"Chain {chain} ran away: a smaller step size helps, or a bound."));
                }
            }
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Move(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(States.Rows, member, members);
        LangevinBlock block = _blocks[member];
        for (int chain = first; chain < end; chain += LangevinBlock.Most)
        {
            int count = Math.Min(LangevinBlock.Most, end - chain);
            for (int row = 0; row < count; row++)
            {
                States.Row(chain + row).CopyTo(block.States.Row(row));
                block.Labels[row] = _labels[chain + row];
            }

            _accepted[chain] += block.Run(count, _seed, Steps, _steps, chain);
            for (int row = 0; row < count; row++)
            {
                block.States.Row(row).CopyTo(States.Row(chain + row));
            }
        }
    }

    private sealed class MovePass(LangevinChains owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Move(member, members);
    }
}
