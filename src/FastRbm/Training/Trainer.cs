using System.Diagnostics;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Training.Objectives;

namespace FastRbm.Training;

/// <summary>
/// Trains an RBM: a stochastic ascent of the log-likelihood along &lt;v h'&gt; of the data minus &lt;v h'&gt; of chains, with
/// E[h | v] in both statistics, or of an objective without chains.
/// </summary>
/// <remarks>
/// <para>The same seed, data and options give the same model to the bit, whatever the threads and the vector width, and also when
/// the run was saved and resumed. Everything is allocated here; an update allocates nothing.</para>
/// <para>Not thread-safe; the model must not be edited while its trainer is in use. Dispose it to end its threads.</para>
/// <para>Sources: Hinton (2002), "Training products of experts by minimizing contrastive divergence"; Tieleman (2008), "Training
/// restricted Boltzmann machines using approximations to the likelihood gradient".</para>
/// </remarks>
public sealed class Trainer : IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;

    private readonly IVisibleRows _rows;
    private readonly IEpochMonitor _monitor;
    private readonly IParameterUpdate _step;
    private readonly Snapshot _snapshot;
    private readonly BestParameters? _best;
    private readonly CouplingNorm? _coupling;
    private readonly int[] _order;
    private readonly Stopwatch _clock = new();
    private int _orderedEpoch = -1;
    private long _updatesAtReport;
    private double _secondsAtReport;

    /// <summary>Prepares a run from the model's present parameters.</summary>
    /// <param name="rbm">The model. Units that aren't bits are trained by CD and PCD.</param>
    /// <param name="rows">The training data.</param>
    /// <param name="options">The options.</param>
    /// <param name="validation">Rows for the free-energy gap, or null.</param>
    /// <exception cref="ArgumentException">The data's width isn't the model's, an option is out of its range, or values are missing
    /// that may not be.</exception>
    public Trainer(Rbm rbm, IVisibleRows rows, TrainingOptions options, IVisibleRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(rows.Rows);
        CheckWidth(rbm, rows, nameof(rows));
        if (options.Patience > 0 && validation is null)
        {
            Throw.Argument("validation", "validation rows with patience", "none");
        }

        if (!options.WeightMask.IsEmpty)
        {
            Throw.IfLengthDiffers(options.WeightMask.Length, rbm.Visible.Count * rbm.Hidden.Count, "weight mask");
        }

        if (validation is not null)
        {
            CheckWidth(rbm, validation, nameof(validation));
            Throw.IfLess(validation.Rows, 1, "validation rows");
            PartialRows.RequireComplete(validation, "validation rows");
        }

        if (options.Missing == MissingValues.Refuse)
        {
            PartialRows.RequireComplete(rows, nameof(rows), "unless the options say what becomes of them: Missing, on the command line --missing");
        }

        CheckMissing(rbm, rows, options);
        bool bits = rbm.Visible.StatesAreBits && rbm.Hidden.StatesAreBits;
        if (!bits || rbm.Visible.Kind != UnitKind.Binary)
        {
            CheckStates(rbm, rows, nameof(rows));
            CheckStates(rbm, validation, nameof(validation));
        }

        bool binary = rbm.Visible.Kind == UnitKind.Binary && rbm.Hidden.Kind == UnitKind.Binary;
        if (!binary && options.Algorithm is not (TrainingAlgorithm.ContrastiveDivergence or TrainingAlgorithm.PersistentContrastiveDivergence))
        {
            Throw.Argument("algorithm", $"contrastive divergence, persistent or not, with {rbm.Visible.Name} and {rbm.Hidden.Name} units", options.Algorithm.ToString());
        }

        if (rbm.Visible.Kind == UnitKind.Spin)
        {
            rows = new SpinRows(rows);
            validation = validation is null ? null : new SpinRows(validation);
        }

        Model = rbm;
        Options = options;
        _rows = rows;
        _order = new int[rows.Rows];
        _monitor = bits ? new TrainingMonitor(rbm, rows, validation, options) : new RealUnitMonitor(rbm, rows, validation, options);
        _step = UpdateOf(rbm, rows, options);
        _coupling = rbm.Visible.IsUnbounded && rbm.Hidden.IsUnbounded ? new CouplingNorm(rbm) : null;
        _best = options.Patience > 0 ? new BestParameters(rbm) : null;
        _snapshot = new Snapshot(this);
        _snapshot.Take();
    }

    /// <summary>The model that is trained.</summary>
    public Rbm Model { get; }

    /// <summary>The options of the run.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Completed epochs, rows done in the present one, and completed updates.</summary>
    public TrainerState State { get; private set; }

    /// <summary>Updates in an epoch: ceil(rows / batch size).</summary>
    public int UpdatesPerEpoch => (_rows.Rows + Options.BatchSize - 1) / Options.BatchSize;

    /// <summary>Updates in the whole run.</summary>
    public long TotalUpdates => (long)Options.Epochs * UpdatesPerEpoch;

    /// <summary>Whether all epochs are done, or the validation log-likelihood has not risen for too long.</summary>
    public bool IsFinished => State.Epoch >= Options.Epochs || StoppedEarly;

    /// <summary>Whether the run ended before its last epoch, by <see cref="TrainingOptions.Patience"/>.</summary>
    public bool StoppedEarly => _best is not null && _best.Epochs >= Options.Patience;

    /// <summary>
    /// Finds log Z of the model at the end of each epoch, in nats, or null: for log-likelihoods in the figures and for
    /// <see cref="TrainingOptions.Patience"/>. It must be a function of the model and the state alone for a resumed run to be the same.
    /// </summary>
    public Func<Rbm, double>? LogPartitionEstimator { get; set; }

    /// <summary>log Z at the end of the last epoch, NaN where it isn't known.</summary>
    public double LogPartitionFunction { get; private set; } = double.NaN;

    /// <summary>What an update does.</summary>
    internal IParameterUpdate Update => _step;

    /// <summary>What the next update goes on from, beside the parameters and chains.</summary>
    internal IEnumerable<(string Name, Matrix Values)> Buffers => [.. _step.Step.State, .. _step.Values, .. _best?.Values ?? []];

    /// <summary>All other numbers of the state: the update's, then log Z and what is known of the best parameters.</summary>
    internal double[] SaveCounters() => [LogPartitionFunction, _best?.LogLikelihood ?? 0, _best?.LogPartitionFunction ?? 0, _best?.Epochs ?? 0, .. _step.SaveCounters()];

    /// <summary>Puts numbers back, before the buffers.</summary>
    internal void RestoreCounters(double[] counters)
    {
        if (counters.Length < 4)
        {
            Throw.Length(nameof(counters), 4, counters.Length);
        }

        LogPartitionFunction = counters[0];
        _best?.Restore(counters[1], counters[2], (int)counters[3]);
        _step.RestoreCounters(counters[4..]);
    }

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread, and with figures after every epoch; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update, ready to be
    /// saved or run on.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the model is back at its last good state.</exception>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            int epoch = State.Epoch;
            Step();
            bool completed = State.Epoch != epoch;
            if (progress is not null)
            {
                Report(progress, epoch + 1, completed);
            }
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
        Order(state.Epoch);
        int batch = Math.Min(Options.BatchSize, _rows.Rows - state.FirstRow);
        bool inRange = _step.Run(
            new Minibatch(_order, state.FirstRow, batch, state.Epoch, state.Update, TotalUpdates),
            Options.LearningRate.At(state.Update, TotalUpdates), Options.Momentum.At(state.Epoch));
        double bound = inRange ? _step.InputBound : double.PositiveInfinity;
        int done = state.FirstRow + batch;
        double coupling = 0;
        if (_coupling is not null && (done == _rows.Rows || (state.Update + 1) % UpdatesBetweenSnapshots == 0))
        {
            // From 1 on, two layers of unbounded units have no distribution: checked before a state is kept as good.
            coupling = _coupling.Compute();
        }

        if (bound > Options.DivergenceLimit || !(coupling < 1))
        {
            long good = _snapshot.Restore();
            _clock.Stop();
            throw bound > Options.DivergenceLimit
                ? new DivergenceException(state.Update + 1, bound, Options.DivergenceLimit, good)
                : DivergenceException.OfCoupling(state.Update + 1, coupling, good);
        }

        State = done == _rows.Rows
            ? new TrainerState(state.Epoch + 1, 0, state.Update + 1)
            : new TrainerState(state.Epoch, done, state.Update + 1);
        if (done == _rows.Rows)
        {
            EndEpoch();
        }

        if (IsFinished && Options.AveragedShare > 0)
        {
            _step.TakeAverage();
        }

        if (State.Update % UpdatesBetweenSnapshots == 0)
        {
            _snapshot.Take();
        }

        _clock.Stop();
    }

    /// <summary>Measures the figures of an epoch now.</summary>
    /// <returns>What was measured; the same for the same model and epoch.</returns>
    public TrainingFigures Measure() => _monitor.Measure(State.Epoch, LogPartitionFunction, _step.Filled);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _step.Dispose();

    /// <summary>Goes on from a saved state, after parameters, velocities and chains were put back.</summary>
    /// <param name="state">The state.</param>
    internal void Resume(TrainerState state)
    {
        State = state;
        _updatesAtReport = state.Update;
        Model.Edit(static (_, _, _) => { });
        _step.Restored();
        _snapshot.Take();
    }

    private void EndEpoch()
    {
        _step.EndEpoch();
        LogPartitionFunction = LogPartitionEstimator?.Invoke(Model) ?? _step.LogPartitionFunction;
        if (_best is null)
        {
            return;
        }

        double likelihood = Measure().ValidationLogLikelihood;
        if (double.IsNaN(likelihood) && Options.Algorithm != TrainingAlgorithm.ParallelTrajectoryTempering)
        {
            throw new InvalidOperationException("patience: expected log Z from the algorithm or an estimator, found none.");
        }

        _best.Consider(likelihood, LogPartitionFunction);
        if (IsFinished)
        {
            _best.PutBack();
            LogPartitionFunction = _best.LogPartitionFunction;
        }
    }

    private static IParameterUpdate UpdateOf(Rbm rbm, IVisibleRows rows, TrainingOptions options) =>
        !rbm.Visible.StatesAreBits || !rbm.Hidden.StatesAreBits ? new RealUnitUpdate(rbm, rows, options) : options.Algorithm switch
        {
            TrainingAlgorithm.ExactGradient => new ObjectiveUpdate(
                rbm, rows, options, new ExactLikelihoodObjective(rbm, options.BatchSize, options.Threads)),
            TrainingAlgorithm.MinimumProbabilityFlow => new ObjectiveUpdate(
                rbm, rows, options, new ProbabilityFlowObjective(rbm, options.BatchSize, options.Threads)),
            TrainingAlgorithm.PseudoLikelihood => new ObjectiveUpdate(
                rbm, rows, options, new PseudoLikelihoodObjective(rbm, options.BatchSize, options.Threads)),
            TrainingAlgorithm.RatioMatching => new ObjectiveUpdate(
                rbm, rows, options, new RatioMatchingObjective(rbm, options.BatchSize, options.Threads)),
            _ => new ContrastiveDivergenceUpdate(rbm, rows, options),
        };

    private void Report(IProgress<TrainingProgress> progress, int epoch, bool completed)
    {
        double seconds = _clock.Elapsed.TotalSeconds;
        double rows = (State.Update - _updatesAtReport) * (double)Options.BatchSize;
        double rate = rows / Math.Max(1e-9, seconds - _secondsAtReport);
        TrainingFigures figures = completed ? Measure() : default;
        if (completed)
        {
            _updatesAtReport = State.Update;
            _secondsAtReport = seconds;
        }

        progress.Report(new TrainingProgress(epoch, State.Update, TotalUpdates, seconds, rate, completed, figures));
    }

    /// <summary>Shuffles the rows for an epoch (Fisher and Yates): a function of seed and epoch alone.</summary>
    private void Order(int epoch)
    {
        if (_orderedEpoch == epoch)
        {
            return;
        }

        RandomStream stream = new(Options.Seed, StreamPurpose.Shuffle, epoch, 0);
        for (int row = 0; row < _order.Length; row++)
        {
            int other = stream.Below(row, row + 1);
            _order[row] = _order[other];
            _order[other] = row;
        }

        _orderedEpoch = epoch;
    }

    /// <summary>Refuses rows that aren't states of the visible layer. Binary rows are spins up and down.</summary>
    private static void CheckStates(Rbm rbm, IVisibleRows? rows, string name)
    {
        bool binary = rbm.Visible.Kind == UnitKind.Binary || (rbm.Visible.Kind == UnitKind.Spin && rows is { IsBinary: true });
        if (rows is not null && !binary)
        {
            ColumnMoments.Check(rbm.Visible, rows, name);
        }
    }

    /// <summary>Refuses kinds of units whose missing values aren't sampled or left out.</summary>
    private static void CheckMissing(Rbm rbm, IVisibleRows rows, TrainingOptions options)
    {
        if (!PartialRows.HasMissing(rows))
        {
            return;
        }

        // Of word counts the length is part of what is observed; a unit is left out as a bit of 0, which a spin or a category can't be.
        bool possible = options.Missing == MissingValues.Absent
            ? rbm.Visible.Kind == UnitKind.Binary && rbm.Hidden.StatesAreBits
            : !rbm.Visible.KeepsTotal;
        if (!possible)
        {
            Throw.Argument(
                nameof(rows), $"no missing values with {rbm.Visible.Name} and {rbm.Hidden.Name} units and missing values {options.Missing}", "some");
        }
    }

    private static void CheckWidth(Rbm rbm, IVisibleRows rows, string name)
    {
        if (rows.Columns != rbm.Visible.Count)
        {
            Throw.Argument(name, $"rows of {rbm.Visible.Count} values, the model's visible units", $"{rows.Columns}");
        }
    }

    /// <summary>The last good state: parameters and velocities.</summary>
    private sealed class Snapshot(Trainer trainer)
    {
        private readonly Matrix[] _copies = [.. Live(trainer).Select(static live => new Matrix(live.Rows, live.Columns))];
        private readonly Matrix[] _live = [.. Live(trainer)];
        private TrainerState _state;

        public void Take()
        {
            _state = trainer.State;
            for (int i = 0; i < _live.Length; i++)
            {
                _copies[i].CopyFrom(_live[i]);
            }
        }

        public long Restore()
        {
            for (int i = 0; i < _live.Length; i++)
            {
                _live[i].CopyFrom(_copies[i]);
            }

            trainer.State = _state;
            trainer.Model.TryRebuildFixedPoint();
            trainer._step.Restored();
            return _state.Update;
        }

        private static Matrix[] Live(Trainer trainer) =>
        [
            trainer.Model.WeightMatrix, trainer.Model.Visible.Parameters, trainer.Model.Hidden.Parameters,
            .. trainer.Buffers.Select(static buffer => buffer.Values),
        ];
    }
}
