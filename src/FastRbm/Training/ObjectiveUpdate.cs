using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Training;

/// <summary>One update along the gradient of an objective without chains.</summary>
internal sealed unsafe class ObjectiveUpdate : IParameterUpdate
{
    private readonly Rbm _rbm;
    private readonly IMinibatchObjective _objective;
    private readonly ThreadTeam _team;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly WeightPass _weighing;
    private readonly PositivePhase _positive;
    private readonly float[] _rowWeights;
    private readonly Matrix _weights;
    private readonly Matrix _visibleBias;
    private readonly Matrix _hiddenBias;

    /// <summary>Allocates for minibatches.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="rows">The data: bits, or values that are made bits.</param>
    /// <param name="options">The options.</param>
    /// <param name="objective">The objective, which this update then owns.</param>
    public ObjectiveUpdate(Rbm rbm, IVisibleRows rows, TrainingOptions options, IMinibatchObjective objective)
    {
        _rbm = rbm;
        _objective = objective;
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        _team = new ThreadTeam((long)visible * hidden < 1 << 18 ? 1 : options.Threads);
        long scratch = Math.Max(HalfStep.ScratchLength(Math.Max(visible, hidden), options.BatchSize), WeightUpdate.ScratchLength(0, 0) + 1);
        _scratch = [.. Enumerable.Range(0, _team.Members).Select(_ => new AlignedBuffer<int>(scratch))];
        _weighing = new WeightPass(this);
        float meanScale = MathF.ScaleB(1, Math.Min(24, (int)Math.ILogB(int.MaxValue / (double)options.BatchSize)));
        _positive = new PositivePhase(rbm, rows, options, meanScale, members: 1);
        _rowWeights = new float[options.BatchSize];
        _weights = new Matrix(visible, hidden);
        _visibleBias = new Matrix(1, visible);
        _hiddenBias = new Matrix(1, hidden);
        Step = new ParameterStep(rbm, options, _positive.Means);
    }

    /// <inheritdoc/>
    public ParameterStep Step { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix States)> Chains => _positive.FilledStates;

    /// <inheritdoc/>
    public FilledRows? Filled => _positive.Filled;

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> Values => [];

    /// <inheritdoc/>
    public double InputBound => _rbm.InputBound;

    /// <inheritdoc/>
    public double LogPartitionFunction => double.NaN;

    /// <inheritdoc/>
    public bool Run(in Minibatch minibatch, double learningRate, double momentum)
    {
        _positive.Begin(minibatch);
        _positive.Sample(0, minibatch.Rows, 0, null, sample: false, _scratch[0].DangerousGetPointer());
        if (_positive.Weight > 0)
        {
            _objective.Gradient(_positive.Visible, minibatch.Rows, _positive.Weights(_rowWeights), _weights, _visibleBias, _hiddenBias);
        }
        else
        {
            _weights.Clear();
            _visibleBias.Clear();
            _hiddenBias.Clear();
        }

        PhaseSums gradient = _positive.Sums with
        {
            DenseShare = 1,
            Weights = _weights.DangerousGetPointer(),
            Visible = _visibleBias.DangerousGetPointer(),
            Hidden = _hiddenBias.DangerousGetPointer(),
        };
        Step.Begin(gradient, new PhaseSums { MeanScale = 1 }, minibatch, learningRate * _positive.Weight, momentum);
        FixedPointWeights copy = _rbm.FixedPoint;
        Step.Visible(0, copy.VisibleTiles);
        Step.Hidden(0, copy.HiddenTiles);
        _team.Run(_weighing);
        return Step.End();
    }

    /// <inheritdoc/>
    public void EndEpoch()
    {
    }

    /// <inheritdoc/>
    public double[] SaveCounters() => [];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
    }

    /// <inheritdoc/>
    public void Restored()
    {
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _objective.Dispose();
        _team.Dispose();
    }

    private sealed class WeightPass(ObjectiveUpdate owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FixedPointWeights copy = owner._rbm.FixedPoint;
            (int first, int end) = ThreadTeam.Share(copy.VisibleTiles * copy.HiddenTiles, member, members);
            owner.Step.Weights(first, end, owner._scratch[member].DangerousGetPointer());
        }
    }
}
