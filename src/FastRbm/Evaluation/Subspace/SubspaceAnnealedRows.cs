using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Evaluation.Subspace;

/// <summary>Rows that walk along a ladder of inverse temperatures of a subspace RBM, with their log weights. A sweep allocates nothing.</summary>
internal sealed class SubspaceAnnealedRows : IDisposable
{
    // The upper bits of a step say which annealing it is.
    private const int StepBits = 48;

    private const double LogTwo = 0.69314718055994531;

    private readonly SubspaceRbm _model;
    private readonly float[] _baseBias;
    private readonly ulong _seed;
    private readonly BitMatrix _visible;
    private readonly double[] _logWeights;
    private readonly ThreadTeam _team;
    private readonly Scratch[] _scratch;
    private readonly Walk _walk;
    private long _firstStep;
    private long _sweeps;

    public SubspaceAnnealedRows(SubspaceRbm model, float[] baseBias, AnnealingOptions options)
    {
        _model = model;
        _baseBias = baseBias;
        _seed = options.Seed;
        _visible = new BitMatrix(options.Runs, model.Visible);
        _logWeights = new double[options.Runs];
        _team = new ThreadTeam(Math.Min(options.Threads, options.Runs));
        _scratch = [.. Enumerable.Range(0, _team.Members).Select(_ => new Scratch(model))];
        _walk = new Walk(this);
    }

    /// <summary>Draws every row from the base rates, p_0(x_i = 1) = sigmoid(a0_i), and makes its weight 1.</summary>
    /// <param name="annealing">Which annealing this is, for the random numbers.</param>
    public void StartAtBase(int annealing)
    {
        _firstStep = (long)annealing << StepBits;
        _sweeps = 0;
        for (int row = 0; row < _visible.Rows; row++)
        {
            RandomStream draws = new(_seed, StreamPurpose.SubspaceAnnealingStart, _firstStep, row);
            BernoulliRow.Sample(SimdSelection.Current, _baseBias, draws, draws, _visible.Row(row));
        }
    }

    /// <summary>Puts the rows at others, spread evenly over them.</summary>
    public void StartAt(IVisibleRows starts)
    {
        int runs = _visible.Rows;
        for (int run = 0; run < runs; run++)
        {
            starts.CopyBits(runs <= starts.Rows ? (int)((long)run * starts.Rows / runs) : run % starts.Rows, _visible.Row(run));
        }
    }

    /// <summary>Runs Gibbs sweeps of the model itself.</summary>
    public void Sweep(int sweeps, CancellationToken cancellation)
    {
        float[] ladder = new float[sweeps + 1];
        Array.Fill(ladder, 1);
        Anneal(ladder, null, cancellation, lastToo: true);
    }

    /// <summary>Walks along a ladder.</summary>
    /// <returns>The log weights, a number a row; written over by the next walk.</returns>
    public double[] Anneal(float[] ladder, IProgress<double>? progress, CancellationToken cancellation, bool lastToo = false)
    {
        Array.Clear(_logWeights);
        _walk.Ladder = ladder;
        _walk.Progress = progress;
        _walk.Cancellation = cancellation;
        _walk.LastToo = lastToo;
        _team.Run(_walk);
        cancellation.ThrowIfCancellationRequested();
        _sweeps += ladder.Length;
        return _logWeights;
    }

    public void Dispose() => _team.Dispose();

    /// <summary>One row through all steps: its weight grows by log p*(x) at the next beta less that at this one; then a sweep at the next.</summary>
    private void Carry(int row, Walk walk, Scratch scratch)
    {
        float[] ladder = walk.Ladder;
        for (int step = 0; step + 1 < ladder.Length && !walk.Cancellation.IsCancellationRequested; step++)
        {
            float beta = ladder[step + 1];
            _visible.Row(row).CopyTo(scratch.Workspace.Bits.Row(0));
            _model.Joint.InputsOfBits(toHidden: true, scratch.Workspace, scratch.Hidden);
            if (beta != ladder[step])
            {
                _logWeights[row] += LogWeight(scratch.Hidden, beta) - LogWeight(scratch.Hidden, ladder[step])
                    + (((double)beta - ladder[step]) * Field(_visible.Row(row)));
            }

            if (step + 2 < ladder.Length || walk.LastToo)
            {
                Sweep(row, beta, _firstStep + _sweeps + step, scratch);
            }
        }
    }

    /// <summary>x to x by one sweep at a beta, from the inputs of the hidden side.</summary>
    private void Sweep(int row, float beta, long step, Scratch scratch)
    {
        SimdLevel level = SimdSelection.Current;
        FloatRows.Multiply(scratch.Hidden, beta);
        GateRow.Sample(
            level, scratch.Hidden, _model.Gates, _model.Subspaces, new RandomStream(_seed, StreamPurpose.SubspaceAnnealingHidden, step, row),
            new RandomStream(_seed, StreamPurpose.SubspaceAnnealingHiddenTie, step, row), scratch.Workspace.Bits.Row(0)[..BitMatrix.WordsFor(scratch.Hidden.Length)]);
        _model.Joint.InputsOfBits(toHidden: false, scratch.Workspace, scratch.Visible);
        FloatRows.Multiply(scratch.Visible, beta);
        FloatRows.AddMultiple(_baseBias, 1 - beta, scratch.Visible);
        BernoulliRow.Sample(
            level, scratch.Visible, new RandomStream(_seed, StreamPurpose.SubspaceAnnealingVisible, step, row),
            new RandomStream(_seed, StreamPurpose.SubspaceAnnealingVisibleTie, step, row), _visible.Row(row));
    }

    /// <summary>sum_j softplus(beta c_j - K log 2 + sum_k softplus(beta I_jk)).</summary>
    private double LogWeight(float[] inputs, double beta)
    {
        int gates = _model.Gates;
        double sum = 0;
        for (int gate = 0; gate < gates; gate++)
        {
            double open = (beta * inputs[(gates * _model.Subspaces) + gate]) - (_model.Subspaces * LogTwo);
            for (int k = 0; k < _model.Subspaces; k++)
            {
                open += DoubleMath.Softplus(beta * inputs[(k * gates) + gate]);
            }

            sum += DoubleMath.Softplus(open);
        }

        return sum;
    }

    /// <summary>(b - a0).x.</summary>
    private double Field(ReadOnlySpan<ulong> states)
    {
        ReadOnlySpan<float> bias = _model.VisibleBias;
        double sum = 0;
        for (int i = 0; i < bias.Length; i++)
        {
            sum += (states[i >> 6] >> (i & 63) & 1) != 0 ? (double)bias[i] - _baseBias[i] : 0;
        }

        return sum;
    }

    private sealed class Scratch(SubspaceRbm model)
    {
        public RbmWorkspace Workspace { get; } = model.NewWorkspace();

        public float[] Hidden { get; } = new float[model.Layer.Count];

        public float[] Visible { get; } = new float[model.Visible];
    }

    private sealed class Walk(SubspaceAnnealedRows owner) : ITeamTask
    {
        public float[] Ladder { get; set; } = [];

        public bool LastToo { get; set; }

        public IProgress<double>? Progress { get; set; }

        public CancellationToken Cancellation { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._visible.Rows, member, members);
            for (int row = first; row < end; row++)
            {
                owner.Carry(row, this, owner._scratch[member]);
                if (member == 0)
                {
                    Progress?.Report((double)(row + 1 - first) / (end - first));
                }
            }
        }
    }
}
