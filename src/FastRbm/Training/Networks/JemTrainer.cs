using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Sampling.Networks;
using FastRbm.Threading;

namespace FastRbm.Training.Networks;

/// <summary>
/// Trains an energy network as a classifier and as a density at once: descends L_clf + G L_gen, L_clf = -ln p(y | x), L_gen with the gradient
/// dE(data) - dE(samples) of -ln p(x), the samples from Langevin chains that are kept in a replay buffer.
/// </summary>
/// <remarks>
/// <para>An update has two phases: each thread carries its chains through all Langevin steps and its rows forward and backward, without waiting; then
/// weights over the threads, gradient, step and packed copies. The same seed, data and options give the same bits for any threads and vector
/// width and after a resume. Everything is allocated here; an update allocates nothing.</para>
/// <para>Not thread-safe; the network must not be edited meanwhile. Dispose it to end its threads.</para>
/// <para>Sources: Grathwohl et al., "Your classifier is secretly an energy based model and you should treat it like one" (ICLR 2020), algorithm 1; Du
/// and Mordatch (NeurIPS 2019), section 3, for buffer and penalty.</para>
/// </remarks>
public sealed class JemTrainer : ITrainingRun, IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;

    private readonly ILabelledRows _rows;
    private readonly ILabelledRows? _validation;
    private readonly RowOrder _order;
    private readonly ThreadTeam _team;
    private readonly GemmWorkspace[] _gemm;
    private readonly LangevinBlock[] _blocks;
    private readonly PackedNetwork _packed;
    private readonly NetworkWorkspace _workspace;
    private readonly NetworkOptimizer _optimizer;
    private readonly ReplayBuffer _buffer;
    private readonly EnergyNetwork _measured;
    private readonly Network _lastGood;
    private readonly JemTotals _totals;
    private readonly float[] _noise;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly BatchPass _pass;
    private long _lastGoodUpdate;
    private int _firstRow;
    private int _batch;

    /// <summary>Prepares a run from the model's present parameters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The training data, within the model's bound; rows may be without a label, for L_gen alone.</param>
    /// <param name="options">The options.</param>
    /// <param name="validation">Rows whose figures are measured after each epoch, or null.</param>
    /// <exception cref="ArgumentException">Widths differ, values are missing or out of the bound, labels are missing or out of range, all are the
    /// same, or an option is out of its range.</exception>
    public JemTrainer(EnergyNetwork model, ILabelledRows rows, JemOptions options, ILabelledRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        model.CheckRows(rows);
        ClassLabels.Check(rows, model.Classes, allowUnlabelled: !options.ClassConditional);
        ClassLabels.Count(rows);
        if (validation is not null)
        {
            model.CheckRows(validation);
            ClassLabels.Check(validation, model.Classes);
        }

        Model = model;
        Options = options;
        _rows = rows;
        _validation = validation;
        _order = new RowOrder(rows.Rows, options.Seed);
        _team = new ThreadTeam(options.Threads);
        _gemm = [.. Enumerable.Range(0, options.Threads).Select(static _ => new GemmWorkspace())];
        _packed = new PackedNetwork(model.Network, toInputs: true);
        _blocks = [.. _gemm.Select(gemm => new LangevinBlock(model, _packed, gemm, options.Langevin))];
        _workspace = new NetworkWorkspace(model.Network, 2 * options.BatchSize);
        _optimizer = new NetworkOptimizer(model.Network, _packed, _workspace, options.Optimizer, _team, _gemm);
        _buffer = new ReplayBuffer(model, options);
        _measured = _optimizer.Average is { } average ? new EnergyNetwork(average, model.Options) : model;
        _lastGood = model.Network.Clone();
        _totals = new JemTotals(options.BatchSize);
        _noise = new float[model.Columns];
        _noise.AsSpan().Fill((float)options.DataNoise);
        _pass = new BatchPass(this);
    }

    /// <summary>The model that is trained.</summary>
    public EnergyNetwork Model { get; }

    /// <summary>What is measured, and what the model becomes at the end: the running average of its parameters, or the model itself.</summary>
    public EnergyNetwork Averaged => _measured;

    /// <summary>The options of the run.</summary>
    public JemOptions Options { get; }

    /// <inheritdoc/>
    public long Update { get; private set; }

    /// <summary>Completed epochs.</summary>
    public int Epoch => (int)(Update / UpdatesPerEpoch);

    /// <summary>Updates of an epoch: ceil(rows / batch size).</summary>
    public int UpdatesPerEpoch => (_rows.Rows + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>Updates of the whole run.</summary>
    public long TotalUpdates => (long)Options.Epochs * UpdatesPerEpoch;

    /// <summary>Whether all epochs are done.</summary>
    public bool IsFinished => Update >= TotalUpdates;

    /// <summary>Means over the present epoch's updates so far.</summary>
    public JemFigures Figures => _totals.Figures;

    /// <summary>The chains that are kept, as states.</summary>
    public Matrix Buffer => _buffer.States;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["jem_options"] = (Options with { Threads = 1 }).ToString(),
        ["rows"] = _rows.Rows.ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> FloatState => [.. _optimizer.State, ("replay_buffer", _buffer.States)];

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> BitState => [];

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update.</exception>
    /// <exception cref="DivergenceException">Energies ran away: the model is back at its last good state.</exception>
    public void Run(IProgress<JemProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            Step();
            bool completed = Update % UpdatesPerEpoch == 0;
            if (progress is not null)
            {
                JemFigures training = completed ? Figures : new(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
                ClassifierFigures validation = completed && _validation is not null ? Measure(_validation) : new(double.NaN, double.NaN);
                int epoch = (int)((Update - 1) / UpdatesPerEpoch) + 1;
                progress.Report(new JemProgress(epoch, Update, TotalUpdates, completed, training, validation));
            }
        }
    }

    /// <summary>Runs one update: the next minibatch.</summary>
    /// <exception cref="InvalidOperationException">All epochs are done.</exception>
    /// <exception cref="DivergenceException">Energies ran away: the model is back at its last good state.</exception>
    public void Step()
    {
        if (IsFinished)
        {
            throw new InvalidOperationException($"step: expected an unfinished run, found all {Options.Epochs} epochs done.");
        }

        int epoch = Epoch;
        _firstRow = (int)(Update % UpdatesPerEpoch) * Options.BatchSize;
        _batch = Math.Min(Options.BatchSize, _rows.Rows - _firstRow);
        _order.Of(epoch);
        _buffer.Order(Update);
        _team.Run(_pass);
        _totals.Add(_batch, Options.GenerativeWeight > 0, isFirst: _firstRow == 0);
        if (!_totals.InRange(Options.DivergenceLimit))
        {
            Model.Network.CopyFrom(_lastGood);
            _optimizer.Restored();
            throw DivergenceException.OfLoss(Update + 1, _totals.Worst, Options.DivergenceLimit, _lastGoodUpdate, _totals.Advice);
        }

        if (Update % UpdatesBetweenSnapshots == 0)
        {
            // The energies of these parameters are known to be in range now.
            _lastGood.CopyFrom(Model.Network);
            _lastGoodUpdate = Update;
        }

        int rows = Options.GenerativeWeight > 0 ? 2 * _batch : _batch;
        _optimizer.Run(rows, Update, Options.Optimizer.RateAt(Update, TotalUpdates), Options.Optimizer.Momentum.At(epoch));
        Update++;
        if (IsFinished && _optimizer.Average is { } average)
        {
            Model.Network.CopyFrom(average);
            _optimizer.Restored();
        }
    }

    /// <summary>Measures the averaged model as a classifier.</summary>
    /// <param name="rows">Rows with labels.</param>
    /// <returns>Mean loss and error.</returns>
    public ClassifierFigures Measure(ILabelledRows rows) => ClassifierMeasure.Run(_measured, rows);

    /// <inheritdoc/>
    public double[] SaveCounters() => [Update, .. _totals.Save()];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        Throw.IfLengthDiffers(counters.Length, 1 + JemTotals.Counters, nameof(counters));
        Throw.IfOutside(counters[0], 0, TotalUpdates, "update");
        Update = (long)counters[0];
        _totals.Restore(counters.AsSpan(1));
        _optimizer.Restored();
        _lastGood.CopyFrom(Model.Network);
        _lastGoodUpdate = Update;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Batch(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_batch, member, members);
        for (int row = first; row < end; row++)
        {
            Span<float> state = _workspace.Inputs.Row(row);
            Model.CopyState(_rows, _order.Of(Epoch)[_firstRow + row], state);
            if (Options.DataNoise > 0)
            {
                NormalRow.Add(_level, state, _noise, new RandomStream(Options.Seed, StreamPurpose.DataNoise, Update, row), state);
                if (Options.Langevin.Clamp)
                {
                    ClampRow.Run((float)Math.Min(Model.Options.Bound, float.MaxValue), state);
                }
            }
        }

        Both(member, first, end, isData: true);
        if (Options.GenerativeWeight > 0)
        {
            Sample(member, first, end);
            Both(member, _batch + first, _batch + end, isData: false);
        }
    }

    private void Sample(int member, int first, int end)
    {
        LangevinBlock block = _blocks[member];
        for (int chain = first; chain < end; chain += LangevinBlock.Most)
        {
            int count = Math.Min(LangevinBlock.Most, end - chain);
            for (int row = 0; row < count; row++)
            {
                _buffer.Start(Update, chain + row, block.States.Row(row));
                block.Labels[row] = _buffer.Label(_buffer.Place(Update, chain + row));
            }

            block.Run(count, Options.Seed, Update * Options.LangevinSteps, Options.LangevinSteps, chain);
            for (int row = 0; row < count; row++)
            {
                block.States.Row(row).CopyTo(_buffer.States.Row(_buffer.Place(Update, chain + row)));
                block.States.Row(row).CopyTo(_workspace.Inputs.Row(_batch + chain + row));
            }
        }
    }

    private void Both(int member, int first, int end, bool isData)
    {
        NetworkPass.Forward(Model.Network, _packed, _workspace, _gemm[member], first, end);
        for (int row = first; row < end; row++)
        {
            if (isData)
            {
                ScoreData(row);
            }
            else
            {
                ScoreSample(row);
            }
        }

        NetworkPass.Backward(Model.Network, _packed, _workspace, _gemm[member], first, end);
    }

    private void ScoreData(int row)
    {
        byte label = _rows.Labels.Span[_order.Of(Epoch)[_firstRow + row]];
        ReadOnlySpan<float> outputs = _workspace.Outputs.Row(row);
        Span<float> gradients = _workspace.OutputGradients.Row(row);
        double energy = EnergyNetwork.Score(outputs, Options.ClassConditional ? label : ClassLabels.Unlabelled, 1, gradients);
        double weight = Options.GenerativeWeight / _batch * (1 + (2 * Options.EnergyPenalty * energy));
        double total = SoftmaxRow.LogSum(outputs);
        bool labelled = label != ClassLabels.Unlabelled;
        for (int y = 0; y < outputs.Length; y++)
        {
            double error = labelled ? (Kernels.Elementary.DoubleMath.Exp(outputs[y] - total) - (y == label ? 1 : 0)) / _batch : 0;
            gradients[y] = (float)((weight * gradients[y]) + error);
        }

        _totals.Data(
            row, energy + Model.Confinement(_workspace.Inputs.Row(row)), labelled ? total - outputs[label] : double.NaN,
            labelled && ClassifierMeasure.MostProbable(outputs) != label);
    }

    private void ScoreSample(int row)
    {
        int chain = row - _batch;
        Span<float> gradients = _workspace.OutputGradients.Row(row);
        double energy = EnergyNetwork.Score(_workspace.Outputs.Row(row), _buffer.Label(_buffer.Place(Update, chain)), 1, gradients);
        double weight = Options.GenerativeWeight / _batch * (-1 + (2 * Options.EnergyPenalty * energy));
        foreach (ref float gradient in gradients)
        {
            gradient = (float)(weight * gradient);
        }

        _totals.Sample(chain, energy + Model.Confinement(_workspace.Inputs.Row(row)));
    }

    private sealed class BatchPass(JemTrainer owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Batch(member, members);
    }
}
