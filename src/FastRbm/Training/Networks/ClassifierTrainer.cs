using System.Globalization;
using FastRbm.Errors;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Networks;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Training.Networks;

/// <summary>Trains a network as a classifier: minimises the mean of -ln p(y | x), p the softmax of its outputs, from its present parameters.</summary>
/// <remarks>
/// <para>An update has two phases: rows of the batch over the threads, forward and backward; then weights over the threads, gradient and step. The
/// same seed, data and options give the same bits for any threads and vector width and after a resume. Everything is allocated here; an
/// update allocates nothing.</para>
/// <para>Not thread-safe; the network must not be edited meanwhile. Dispose it to end its threads.</para>
/// </remarks>
public sealed class ClassifierTrainer : ITrainingRun, IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;

    private readonly ILabelledRows _rows;
    private readonly ILabelledRows? _validation;
    private readonly RowOrder _order;
    private readonly ThreadTeam _team;
    private readonly GemmWorkspace[] _gemm;
    private readonly PackedNetwork _packed;
    private readonly NetworkWorkspace _workspace;
    private readonly NetworkOptimizer _optimizer;
    private readonly NetworkClassifier _classifier;
    private readonly Network _lastGood;
    private readonly double[] _losses;
    private readonly bool[] _errors;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly BatchPass _pass;
    private double _lossSum;
    private long _errorSum;
    private long _lastGoodUpdate;
    private int _firstRow;
    private int _batch;

    /// <summary>Prepares a run from the network's present parameters.</summary>
    /// <param name="network">The network: an output a class, linear, since their softmax is taken.</param>
    /// <param name="rows">The training data; every row has a label.</param>
    /// <param name="options">The options.</param>
    /// <param name="validation">Rows whose figures are measured after each epoch, or null.</param>
    /// <exception cref="ArgumentException">Widths differ, labels are missing or out of range, all are the same, or an option is out of its range.</exception>
    public ClassifierTrainer(Network network, ILabelledRows rows, ClassifierOptions options, ILabelledRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        Throw.IfLengthDiffers(rows.Columns, network.Inputs, nameof(rows));
        ClassLabels.Check(rows, network.Outputs);
        ClassLabels.Count(rows);
        if (network.Layers[^1].Function != UnitFunction.Linear)
        {
            Throw.Argument(nameof(network), "linear outputs", network.Layers[^1].Function.ToString());
        }

        if (validation is not null)
        {
            Throw.IfLengthDiffers(validation.Columns, network.Inputs, nameof(validation));
            ClassLabels.Check(validation, network.Outputs);
        }

        Network = network;
        Options = options;
        _rows = rows;
        _validation = validation;
        _order = new RowOrder(rows.Rows, options.Seed);
        _team = new ThreadTeam(options.Threads);
        _gemm = [.. Enumerable.Range(0, options.Threads).Select(static _ => new GemmWorkspace())];
        _packed = new PackedNetwork(network, toInputs: false);
        _workspace = new NetworkWorkspace(network, options.BatchSize);
        _optimizer = new NetworkOptimizer(network, _packed, _workspace, options.Optimizer, _team, _gemm);
        _classifier = new NetworkClassifier(network);
        _lastGood = network.Clone();
        _losses = new double[options.BatchSize];
        _errors = new bool[options.BatchSize];
        _pass = new BatchPass(this);
    }

    /// <summary>The network that is trained.</summary>
    public Network Network { get; }

    /// <summary>The options of the run.</summary>
    public ClassifierOptions Options { get; }

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

    /// <summary>The mean loss of the last update, in nats.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["classifier_options"] = (Options with { Threads = 1 }).ToString(),
        ["rows"] = _rows.Rows.ToString(CultureInfo.InvariantCulture),
    };

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> FloatState => _optimizer.State;

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> BitState => [];

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update.</exception>
    /// <exception cref="DivergenceException">The loss ran away: the network is back at its last good state.</exception>
    public void Run(IProgress<ClassifierProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            Step();
            bool completed = Update % UpdatesPerEpoch == 0;
            if (progress is not null)
            {
                ClassifierFigures nothing = new(double.NaN, double.NaN);
                ClassifierFigures training = completed ? new(_lossSum / _rows.Rows, (double)_errorSum / _rows.Rows) : nothing;
                ClassifierFigures validation = completed && _validation is not null ? Measure(_validation) : nothing;
                int epoch = (int)((Update - 1) / UpdatesPerEpoch) + 1;
                progress.Report(new ClassifierProgress(epoch, Update, TotalUpdates, completed, training, validation));
            }
        }
    }

    /// <summary>Runs one update: the next minibatch.</summary>
    /// <exception cref="InvalidOperationException">All epochs are done.</exception>
    /// <exception cref="DivergenceException">The loss ran away: the network is back at its last good state.</exception>
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
        _team.Run(_pass);
        Sum();
        if (!(Loss <= Options.DivergenceLimit))
        {
            Network.CopyFrom(_lastGood);
            _optimizer.Restored();
            throw DivergenceException.OfLoss(Update + 1, Loss, Options.DivergenceLimit, _lastGoodUpdate, "A smaller learning rate or more weight decay helps.");
        }

        if (Update % UpdatesBetweenSnapshots == 0)
        {
            // The loss of these parameters is known to be in range now.
            _lastGood.CopyFrom(Network);
            _lastGoodUpdate = Update;
        }

        _optimizer.Run(_batch, Update, Options.Optimizer.RateAt(Update, TotalUpdates), Options.Optimizer.Momentum.At(epoch));
        Update++;
        if (IsFinished && _optimizer.Average is { } average)
        {
            Network.CopyFrom(average);
            _optimizer.Restored();
        }
    }

    /// <summary>Measures the network as it is, without leaving units out.</summary>
    /// <param name="rows">Rows with labels.</param>
    /// <returns>Mean loss and error.</returns>
    public ClassifierFigures Measure(ILabelledRows rows) => ClassifierMeasure.Run(_classifier, rows);

    /// <inheritdoc/>
    public double[] SaveCounters() => [Update, _lossSum, _errorSum];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        Throw.IfLengthDiffers(counters.Length, 3, nameof(counters));
        Throw.IfOutside(counters[0], 0, TotalUpdates, "update");
        Update = (long)counters[0];
        _lossSum = counters[1];
        _errorSum = (long)counters[2];
        _optimizer.Restored();
        _lastGood.CopyFrom(Network);
        _lastGoodUpdate = Update;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Sum()
    {
        if (_firstRow == 0)
        {
            _lossSum = 0;
            _errorSum = 0;
        }

        double loss = 0;
        for (int row = 0; row < _batch; row++)
        {
            loss += _losses[row];
            _errorSum += _errors[row] ? 1 : 0;
        }

        _lossSum += loss;
        Loss = loss / _batch;
    }

    private void Batch(int member, int members)
    {
        (int first, int end) = ThreadTeam.Share(_batch, member, members);
        ReadOnlySpan<int> order = _order.Of(Epoch);
        for (int row = first; row < end; row++)
        {
            Span<float> inputs = _workspace.Inputs.Row(row);
            _rows.CopyMeans(order[_firstRow + row], inputs);
            if (Options.InputDropout > 0)
            {
                DropoutRow.Run(_level, new RandomStream(Options.Seed, StreamPurpose.NetworkDropout, Update, row), Options.InputDropout, inputs, []);
            }
        }

        for (int layer = 0; layer < Network.Layers.Count; layer++)
        {
            NetworkPass.Layer(Network, _packed, _workspace, _gemm[member], layer, first, end);
            for (int row = first; row < end && Options.HiddenDropout > 0 && layer < Network.Layers.Count - 1; row++)
            {
                RandomStream draws = new RandomStream(Options.Seed, StreamPurpose.NetworkDropout, Update, row).ForPart(layer + 1);
                DropoutRow.Run(_level, draws, Options.HiddenDropout, _workspace.Values[layer].Row(row), _workspace.Slopes[layer].Row(row));
            }
        }

        for (int row = first; row < end; row++)
        {
            Score(row, _rows.Labels.Span[order[_firstRow + row]]);
        }

        NetworkPass.Backward(Network, _packed, _workspace, _gemm[member], first, end);
    }

    private void Score(int row, int label)
    {
        ReadOnlySpan<float> outputs = _workspace.Outputs.Row(row);
        Span<float> gradients = _workspace.OutputGradients.Row(row);
        double total = SoftmaxRow.Run(outputs, 1.0 / _batch, gradients);
        gradients[label] -= (float)(1.0 / _batch);
        _losses[row] = total - outputs[label];
        _errors[row] = ClassifierMeasure.MostProbable(outputs) != label;
    }

    private sealed class BatchPass(ClassifierTrainer owner) : ITeamTask
    {
        public void Run(int member, int members) => owner.Batch(member, members);
    }
}
