using System.Diagnostics;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;

namespace FastRbm.Training.Deep;

/// <summary>
/// Trains a deep Boltzmann machine: ascent along the statistics x_l x_(l+1)' of the data, with mean-field means in the place of hidden
/// units, minus those of persistent chains of alternate-layer Gibbs sampling.
/// </summary>
/// <remarks>
/// <para>With centring, the default, a machine learns from small random weights without a layer-wise start: the offsets take from each
/// layer's gradient what its neighbours' means put in.</para>
/// <para>The same seed, data and options give the same machine to the bit, whatever the threads and the vector width, and also when
/// the run was saved and resumed. Everything is allocated here; an update allocates nothing. Not thread-safe; the machine must not be
/// edited while its trainer is in use. Dispose it to end its threads.</para>
/// <para>Sources: Salakhutdinov and Hinton, "Deep Boltzmann machines" (2009), algorithm 1; Montavon and Mueller, "Deep Boltzmann machines and
/// the centering trick" (2012); Melchior, Fischer and Wiskott, "How to center deep Boltzmann machines" (2016).</para>
/// </remarks>
public sealed class DeepBoltzmannTrainer : ITrainingRun, IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;

    private readonly IVisibleRows _rows;
    private readonly DeepBoltzmannUpdate _update;
    private readonly int[] _order;
    private readonly Stopwatch _clock = new();
    private readonly Matrix[] _live;
    private readonly Matrix[] _good;
    private long _goodUpdate;
    private int _orderedEpoch = -1;
    private double _squaredError;
    private double _lastError = double.NaN;

    /// <summary>Prepares a run from the machine's present parameters.</summary>
    /// <param name="machine">The machine; see <see cref="DeepInitializer"/> for a start.</param>
    /// <param name="rows">The training data: values from 0 to 1.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The data's width isn't the machine's, values are missing, or an option is out of its range.</exception>
    public DeepBoltzmannTrainer(DeepBoltzmannMachine machine, IVisibleRows rows, DeepBoltzmannOptions options)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        if (rows.Columns != machine.Visible)
        {
            Throw.Argument(nameof(rows), $"rows of {machine.Visible} values, the machine's visible units", $"{rows.Columns}");
        }

        PartialRows.RequireComplete(rows, nameof(rows));
        DeepRows.RequireMeans(rows, nameof(rows));
        Machine = machine;
        Options = options;
        _rows = rows;
        _order = new int[rows.Rows];
        _update = new DeepBoltzmannUpdate(machine, rows, options);
        _live = [machine.Joined.WeightMatrix, machine.Joined.Visible.Parameters, machine.Joined.Hidden.Parameters, .. FloatState.Select(static state => state.Values)];
        _good = [.. _live.Select(static live => new Matrix(live.Rows, live.Columns))];
        Keep();
    }

    /// <summary>The machine that is trained.</summary>
    public DeepBoltzmannMachine Machine { get; }

    /// <summary>The options of the run.</summary>
    public DeepBoltzmannOptions Options { get; }

    /// <summary>Where the run stands.</summary>
    public TrainerState State { get; private set; }

    /// <summary>Updates in an epoch: ceil(rows / batch size).</summary>
    public int UpdatesPerEpoch => (_rows.Rows + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>Updates in the whole run.</summary>
    public long TotalUpdates => (long)Options.Epochs * UpdatesPerEpoch;

    /// <summary>Whether all epochs are done.</summary>
    public bool IsFinished => State.Epoch >= Options.Epochs;

    /// <inheritdoc/>
    public long Update => State.Update;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => Options.Describe();

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> FloatState =>
        [.. _update.Step.State, ("even_offsets", _update.EvenOffsets), ("odd_offsets", _update.OddOffsets)];

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> BitState => [("odd_chains", _update.OddChains)];

    /// <inheritdoc/>
    public double[] SaveCounters() => [State.Epoch, State.FirstRow, State.Update, _squaredError, _lastError];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        State = DeepRows.StateOf(counters, 5, _rows.Rows, Options.BatchSize, nameof(counters));
        _squaredError = counters[3];
        _lastError = counters[4];
        Machine.Joined.Edit(static (_, _, _) => { });
        Keep();
    }

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the machine is back at its last good state.</exception>
    public void Run(IProgress<DeepProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            int epoch = State.Epoch;
            Step();
            bool completed = State.Epoch != epoch;
            progress?.Report(new DeepProgress(
                epoch + 1, State.Update, TotalUpdates, _clock.Elapsed.TotalSeconds, completed, completed ? _lastError : double.NaN));
        }
    }

    /// <summary>Runs one update: the next minibatch.</summary>
    /// <exception cref="InvalidOperationException">All epochs are done.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the machine is back at its last good state.</exception>
    public void Step()
    {
        if (IsFinished)
        {
            throw new InvalidOperationException($"step: expected an unfinished run, found all {Options.Epochs} epochs done.");
        }

        _clock.Start();
        TrainerState state = State;
        if (_orderedEpoch != state.Epoch)
        {
            DeepRows.Shuffle(_order, Options.Seed, state.Epoch);
            _orderedEpoch = state.Epoch;
        }

        int batch = Math.Min(Options.BatchSize, _rows.Rows - state.FirstRow);
        bool inRange = _update.Run(
            new Minibatch(_order, state.FirstRow, batch, state.Epoch, state.Update, TotalUpdates),
            Options.LearningRate.At(state.Update, TotalUpdates), Options.Momentum.At(state.Epoch), out double squaredError);
        double bound = inRange ? Machine.Joined.InputBound : double.PositiveInfinity;
        if (!(bound <= Options.DivergenceLimit))
        {
            PutBack();
            _clock.Stop();
            throw new DivergenceException(state.Update + 1, bound, Options.DivergenceLimit, _goodUpdate);
        }

        _squaredError += squaredError;
        int done = state.FirstRow + batch;
        if (done == _rows.Rows)
        {
            _lastError = _squaredError / ((double)_rows.Rows * Machine.Visible);
            _squaredError = 0;
            State = new TrainerState(state.Epoch + 1, 0, state.Update + 1);
        }
        else
        {
            State = new TrainerState(state.Epoch, done, state.Update + 1);
        }

        if (IsFinished && Options.AveragedShare > 0)
        {
            _update.Step.TakeAverage();
        }

        if (State.Update % UpdatesBetweenSnapshots == 0)
        {
            Keep();
        }

        _clock.Stop();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _update.Dispose();

    /// <summary>The gradient of the joined weights of the last update, before its learning rate.</summary>
    internal Matrix Gradient => _update.Gradient;

    private void Keep()
    {
        _goodUpdate = State.Update;
        for (int i = 0; i < _live.Length; i++)
        {
            _good[i].CopyFrom(_live[i]);
        }
    }

    private void PutBack()
    {
        for (int i = 0; i < _live.Length; i++)
        {
            _live[i].CopyFrom(_good[i]);
        }

        State = new TrainerState((int)(_goodUpdate / UpdatesPerEpoch), (int)(_goodUpdate % UpdatesPerEpoch) * Options.BatchSize, _goodUpdate);
        Machine.Joined.TryRebuildFixedPoint();
    }
}
