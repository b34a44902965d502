using System.Diagnostics;
using System.Globalization;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;

namespace FastRbm.Training.Classification;

/// <summary>Trains a classification RBM: generative, discriminative, hybrid or semi-supervised.</summary>
/// <remarks>
/// <para>The same seed, data and options give the same model to the bit, whatever the threads and the vector width, and also when the run was
/// saved and resumed. Everything is allocated here; an update allocates nothing.</para>
/// <para>Not thread-safe; the model must not be edited while its trainer is in use. Dispose it to end its threads.</para>
/// <para>Source: Larochelle, Mandel, Pascanu and Bengio (2012), "Learning algorithms for the classification restricted Boltzmann machine",
/// sections 3 (generative), 4 (discriminative), 5 (hybrid) and 6 (semi-supervised).</para>
/// </remarks>
public sealed class ClassificationTrainer : ITrainingRun, IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;

    private readonly ClassificationUpdate _step;
    private readonly ClassificationBatch _batch;
    private readonly ClassificationMonitor? _monitor;
    private readonly BestClassifier? _best;
    private readonly Matrix[] _live;
    private readonly Matrix[] _copies;
    private readonly Stopwatch _clock = new();
    private TrainerState _good;
    private double _loss;
    private long _wrong;
    private long _seen;

    /// <summary>Prepares a run from the model's present parameters.</summary>
    /// <param name="model">The model. <see cref="ClassificationRbm.ThresholdsRows"/> is set as the options say.</param>
    /// <param name="rows">The training data: values from 0 to 1, labels, of which some may be unknown. Rows without labels are left out
    /// unless the objective is semi-supervised.</param>
    /// <param name="options">The options.</param>
    /// <param name="validation">Labelled rows for the figures of each epoch and for patience, or null.</param>
    /// <exception cref="ArgumentException">The data's width isn't the model's, labels are missing or out of range, a class has no row, values
    /// are missing, or an option is out of its range.</exception>
    public ClassificationTrainer(ClassificationRbm model, ILabelledRows rows, ClassificationOptions options, ILabelledRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        model.CheckWidth(rows, nameof(rows));
        options.Validate(rows, model.Classes);
        PartialRows.RequireComplete(rows, nameof(rows));
        ClassificationRows.CheckRange(rows, nameof(rows));
        if (validation is not null)
        {
            model.CheckWidth(validation, nameof(validation));
            ClassLabels.Check(validation, model.Classes);
            PartialRows.RequireComplete(validation, nameof(validation));
            ClassificationRows.CheckRange(validation, nameof(validation));
        }
        else if (options.Patience > 0)
        {
            Throw.Argument("validation", "validation rows with patience", "none");
        }

        Model = model;
        Options = options;
        model.ThresholdsRows = options.Binarization == Binarization.Threshold;
        _batch = new ClassificationBatch(model, rows, options);
        _step = new ClassificationUpdate(model, _batch, options);
        _monitor = validation is null ? null : new ClassificationMonitor(model, validation, _step.Team);
        _best = options.Patience > 0 ? new BestClassifier(model) : null;
        _live =
        [
            model.Joint.WeightMatrix, model.Joint.Visible.Parameters, model.Joint.Hidden.Parameters, .. _step.Step.State.Select(static buffer => buffer.Values),
        ];
        _copies = [.. _live.Select(static live => new Matrix(live.Rows, live.Columns))];
        Figures = new ClassificationFigures(double.NaN, double.NaN, double.NaN, double.NaN);
        TakeSnapshot();
    }

    /// <summary>The model that is trained.</summary>
    public ClassificationRbm Model { get; }

    /// <summary>The options of the run.</summary>
    public ClassificationOptions Options { get; }

    /// <summary>Completed epochs, rows done in the present one, and completed updates.</summary>
    public TrainerState State { get; private set; }

    /// <inheritdoc/>
    public long Update => State.Update;

    /// <summary>Updates in an epoch.</summary>
    public int UpdatesPerEpoch => (_batch.EpochRows + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>Updates in the whole run.</summary>
    public long TotalUpdates => (long)Options.Epochs * UpdatesPerEpoch;

    /// <summary>Whether all epochs are done, or the validation error has not fallen for too long.</summary>
    public bool IsFinished => State.Epoch >= Options.Epochs || StoppedEarly;

    /// <summary>Whether the run ended before its last epoch, by <see cref="ClassificationOptions.Patience"/>.</summary>
    public bool StoppedEarly => _best is not null && _best.Epochs >= Options.Patience;

    /// <summary>The figures of the last epoch; NaN before the first has ended.</summary>
    public ClassificationFigures Figures { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => ClassificationSettings.Of(Options);

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> FloatState => [.. _step.Step.State, .. _best?.Values ?? []];

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> BitState => _step.Chains;

    /// <inheritdoc/>
    public double[] SaveCounters() =>
    [
        State.Epoch, State.FirstRow, State.Update, _loss, _wrong, _seen, _best?.Error ?? 0, _best?.CrossEntropy ?? 0, _best?.Epochs ?? 0,
        Figures.TrainingError, Figures.TrainingCrossEntropy, Figures.ValidationError, Figures.ValidationCrossEntropy,
    ];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        Throw.IfLengthDiffers(counters.Length, 13, nameof(counters));
        double epoch = counters[0];
        double firstRow = counters[1];
        double update = counters[2];
        bool possible = epoch >= 0 && epoch <= Options.Epochs && firstRow >= 0 && firstRow < _batch.EpochRows && firstRow % Options.BatchSize == 0
            && epoch == Math.Floor(epoch) && update == (epoch * UpdatesPerEpoch) + (firstRow / Options.BatchSize)
            && (firstRow == 0 || epoch < Options.Epochs);
        if (!possible)
        {
            Throw.Argument(nameof(counters), $"a place in {Options.Epochs} epochs of {UpdatesPerEpoch} updates", string.Create(
                CultureInfo.InvariantCulture, $"epoch {epoch}, row {firstRow}, update {update}"));
        }

        State = new TrainerState((int)epoch, (int)firstRow, (long)update);
        _loss = counters[3];
        _wrong = (long)counters[4];
        _seen = (long)counters[5];
        _best?.Restore(counters[6], counters[7], (int)counters[8]);
        Figures = new ClassificationFigures(counters[9], counters[10], counters[11], counters[12]);
        Model.Joint.Edit(static (_, _, _) => { });
        TakeSnapshot();
    }

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread, and with figures after every epoch; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update, ready to be saved or run
    /// on.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the model is back at its last good state.</exception>
    public void Run(IProgress<ClassificationProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            int epoch = State.Epoch;
            Step();
            progress?.Report(new ClassificationProgress(
                epoch + 1, State.Update, TotalUpdates, _clock.Elapsed.TotalSeconds, State.Epoch != epoch, State.Epoch != epoch ? Figures : default));
        }
    }

    /// <summary>Runs one update: the next minibatch.</summary>
    /// <exception cref="InvalidOperationException">All epochs are done.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the model is back at its last good state.</exception>
    public void Step()
    {
        if (IsFinished)
        {
            throw new InvalidOperationException($"step: expected an unfinished run, found all {Options.Epochs} epochs done.");
        }

        _clock.Start();
        TrainerState state = State;
        bool inRange = _step.Run(state.Update, TotalUpdates, state.Epoch, state.FirstRow);
        double bound = inRange ? Model.Joint.InputBound : double.PositiveInfinity;
        if (!(bound <= Options.DivergenceLimit))
        {
            _clock.Stop();
            RestoreSnapshot();
            throw new DivergenceException(state.Update + 1, bound, Options.DivergenceLimit, State.Update);
        }

        _loss += _step.Loss;
        _wrong += _step.Wrong;
        _seen += _batch.LabelledRows;
        int done = Math.Min(state.FirstRow + Options.BatchSize, _batch.EpochRows);
        bool ends = done == _batch.EpochRows;
        State = ends ? new TrainerState(state.Epoch + 1, 0, state.Update + 1) : new TrainerState(state.Epoch, done, state.Update + 1);
        _clock.Stop();
        if (ends)
        {
            EndEpoch();
        }

        if (State.Update % UpdatesBetweenSnapshots == 0)
        {
            TakeSnapshot();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _step.Dispose();

    private void EndEpoch()
    {
        if (IsFinished && Options.AveragedShare > 0)
        {
            _step.Step.TakeAverage();
        }

        (double error, double crossEntropy) = _monitor?.Measure() ?? (double.NaN, double.NaN);
        Figures = new ClassificationFigures((double)_wrong / _seen, _loss / _seen, error, crossEntropy);
        _loss = 0;
        _wrong = 0;
        _seen = 0;
        _best?.Consider(error, crossEntropy);
        if (IsFinished)
        {
            _best?.PutBack();
        }
    }

    private void TakeSnapshot()
    {
        _good = State;
        for (int i = 0; i < _live.Length; i++)
        {
            _copies[i].CopyFrom(_live[i]);
        }
    }

    private void RestoreSnapshot()
    {
        State = _good;
        for (int i = 0; i < _live.Length; i++)
        {
            _live[i].CopyFrom(_copies[i]);
        }

        Model.Joint.TryRebuildFixedPoint();
    }
}
