using System.Globalization;
using System.Runtime.InteropServices;
using FastRbm.Errors;
using FastRbm.Kernels.Enumeration;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Threading;

namespace FastRbm.Training.Boltzmann;

/// <summary>Trains a Boltzmann machine by exact likelihood, persistent chains, pseudo-likelihood or minimum probability flow.</summary>
/// <remarks>
/// <para>Only the parameters of the graph's edges exist, so masked couplings stay 0 and W symmetric. The same seed, data and options give the
/// same machine to the bit, whatever the threads and the vector width, and also when the run was saved and resumed. An update
/// allocates nothing. Not thread-safe; the machine must not be edited meanwhile. Dispose it to end its threads.</para>
/// </remarks>
public sealed class BoltzmannTrainer : ITrainingRun, IDisposable
{
    private const int UpdatesBetweenSnapshots = 64;
    private const int MostExactUnits = 16;

    private readonly IVisibleRows _rows;
    private readonly ThreadTeam _team;
    private readonly IBoltzmannObjective _objective;
    private readonly BoltzmannGradient _gradient;
    private readonly BoltzmannStep _step;
    private readonly BitMatrix _batch;
    private readonly int[] _order;
    private readonly float[] _goodWeights;
    private readonly float[] _goodBiases;
    private readonly string _start;
    private long _goodUpdate;
    private int _orderedEpoch = -1;

    /// <summary>Prepares a run from the machine's present parameters; <see cref="BoltzmannInitializer"/> makes good ones.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="rows">Rows of bits; for spins up or down, or numbers of which those above 0 are up.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">The rows aren't states of the machine, an option is out of its range, the machine is too large to go
    /// through its states, or a column is constant without a weight decay.</exception>
    public BoltzmannTrainer(BoltzmannMachine machine, IVisibleRows rows, BoltzmannTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        rows = machine.Kind == UnitKind.Spin ? new SpinRows(rows) : rows;
        BoltzmannChains.CheckRows(rows, machine);
        CheckColumns(machine, rows, options);
        (options.Sweep ?? BoltzmannSweep.Sequential(machine.Units)).Check(machine);
        Machine = machine;
        Options = options;
        _rows = rows;
        BatchSize = Math.Min(options.BatchSize, rows.Rows);
        _order = new int[rows.Rows];
        _batch = new BitMatrix(BatchSize, machine.Units);
        _team = new ThreadTeam(options.Threads);
        _gradient = new BoltzmannGradient(machine.Graph.Edges, machine.Units);
        _step = new BoltzmannStep(machine, options, _team);
        try
        {
            _objective = options.Algorithm is BoltzmannAlgorithm.PseudoLikelihood or BoltzmannAlgorithm.ProbabilityFlow
                ? new ConditionalObjective(machine, BatchSize, options.Algorithm == BoltzmannAlgorithm.ProbabilityFlow, _team)
                : new LikelihoodObjective(machine, BatchSize, options, _team);
        }
        catch
        {
            _team.Dispose();
            throw;
        }

        _goodWeights = new float[machine.Graph.Edges];
        _goodBiases = new float[machine.Units];
        Keep();
        _start = SettingsOf(options);
    }

    /// <summary>The machine that is trained.</summary>
    public BoltzmannMachine Machine { get; }

    /// <summary>The options.</summary>
    public BoltzmannTrainingOptions Options { get; }

    /// <summary>Rows an update: those of the options, or all if there are fewer.</summary>
    public int BatchSize { get; }

    /// <summary>Completed epochs, rows done in the present one, and completed updates.</summary>
    public TrainerState State { get; private set; }

    /// <summary>Updates in an epoch.</summary>
    public int UpdatesPerEpoch => (_rows.Rows + BatchSize - 1) / BatchSize;

    /// <summary>Updates in the whole run.</summary>
    public long TotalUpdates => (long)Options.Epochs * UpdatesPerEpoch;

    /// <summary>Whether all epochs are done.</summary>
    public bool IsFinished => State.Epoch >= Options.Epochs;

    /// <inheritdoc/>
    public long Update => State.Update;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Settings => _start.Split(';').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);

    /// <inheritdoc/>
    public IEnumerable<(string Name, Matrix Values)> FloatState => _step.State;

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> BitState => _objective.Chains;

    /// <summary>The gradient of the last update, for tests.</summary>
    internal BoltzmannGradient Gradient => _gradient;

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread, and with figures after every epoch; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the machine is back at its last good state.</exception>
    public void Run(IProgress<BoltzmannProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            int epoch = State.Epoch;
            Step();
            if (progress is not null)
            {
                bool completed = State.Epoch != epoch;
                progress.Report(new BoltzmannProgress(epoch + 1, State.Update, TotalUpdates, completed, completed ? Measure() : default));
            }
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

        TrainerState state = State;
        Order(state.Epoch);
        int count = Math.Min(BatchSize, _rows.Rows - state.FirstRow);
        for (int row = 0; row < count; row++)
        {
            _rows.CopyBits(_order[state.FirstRow + row], _batch.Row(row));
        }

        _objective.Gradient(_batch, count, state.Update, _gradient);
        _step.Run(_gradient, Options.LearningRate.At(state.Update, TotalUpdates), Options.Momentum.At(state.Epoch), state.Update);
        double bound = Machine.TryFollow() ? Machine.InputBound : double.PositiveInfinity;
        if (!(bound <= Options.DivergenceLimit))
        {
            _goodWeights.CopyTo(Machine.MutableWeights);
            _goodBiases.CopyTo(Machine.MutableBiases);
            Machine.Follow();
            throw new DivergenceException(state.Update + 1, bound, Options.DivergenceLimit, _goodUpdate);
        }

        int done = state.FirstRow + count;
        State = done == _rows.Rows ? new TrainerState(state.Epoch + 1, 0, state.Update + 1) : new TrainerState(state.Epoch, done, state.Update + 1);
        if (State.Update % UpdatesBetweenSnapshots == 0)
        {
            Keep();
        }
    }

    /// <summary>Measures the machine on the first rows.</summary>
    /// <returns>The figures.</returns>
    public BoltzmannFigures Measure()
    {
        int rows = Math.Min(Options.MonitorRows, _rows.Rows);
        ulong[] states = new ulong[_batch.WordsPerRow];
        int[] sums = new int[Machine.FixedPoint.Stride];
        double pseudo = 0;
        double energy = 0;
        bool exact = Machine.Units <= MostExactUnits;
        for (int row = 0; row < rows; row++)
        {
            _rows.CopyBits(row, states);
            pseudo += Machine.LogPseudoLikelihood(states, sums);
            energy += exact ? Machine.Energy(states) : 0;
        }

        return new BoltzmannFigures(pseudo / rows, exact ? (-energy / rows) - LogPartition() : double.NaN);
    }

    /// <inheritdoc/>
    public double[] SaveCounters() => [State.Epoch, State.FirstRow, State.Update];

    /// <inheritdoc/>
    public void RestoreCounters(double[] counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        Throw.IfLengthDiffers(counters.Length, 3, nameof(counters));
        double update = (counters[0] * UpdatesPerEpoch) + (counters[1] / BatchSize);
        if (!(counters[0] >= 0 && counters[0] <= int.MaxValue && counters[1] >= 0 && counters[1] < _rows.Rows && update == counters[2]))
        {
            Throw.Argument(
                nameof(counters), "an epoch, a row and an update that belong together",
                string.Create(CultureInfo.InvariantCulture, $"{counters[0]}, {counters[1]} and {counters[2]}"));
        }

        State = new TrainerState((int)counters[0], (int)counters[1], (long)counters[2]);
        Machine.Follow();
        _objective.Restored();
        Keep();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _objective.Dispose();
        _team.Dispose();
    }

    private double LogPartition()
    {
        using PairStates states = new(Machine.Units, 1, moments: false);
        BoltzmannBits bits = new(Machine);
        bits.Follow();
        states.Run(bits.Couplings, bits.Biases, moments: false);
        return states.LogPartitionFunction + bits.Shift;
    }

    private void Keep()
    {
        Machine.Weights.CopyTo(_goodWeights);
        Machine.Biases.CopyTo(_goodBiases);
        _goodUpdate = State.Update;
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

    /// <summary>Without a penalty the best bias of a column that never changes is infinite.</summary>
    private static void CheckColumns(BoltzmannMachine machine, IVisibleRows rows, BoltzmannTrainingOptions options)
    {
        if (options.WeightDecay > 0)
        {
            return;
        }

        int[] counts = new int[machine.Units];
        BoltzmannInitializer.Count(rows, counts);
        for (int unit = 0; unit < counts.Length; unit++)
        {
            if (counts[unit] == 0 || counts[unit] == rows.Rows)
            {
                Throw.Argument(
                    nameof(rows), "columns that change, or a weight decay above 0 that keeps their biases finite",
                    string.Create(CultureInfo.InvariantCulture, $"{(counts[unit] == 0 ? 0 : 1)} in every row of column {unit}"));
            }
        }
    }

    private static string SettingsOf(BoltzmannTrainingOptions options)
    {
        bool chains = options.Algorithm == BoltzmannAlgorithm.PersistentChains;
        LearningRateSchedule rate = options.LearningRate;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"algorithm={options.Algorithm};batch_size={options.BatchSize};chains={(chains ? options.Chains : 0)};steps={(chains ? options.Steps : 0)};"
            + $"sweep={(chains ? SweepText(options.Sweep) : "none")};learning_rate_shape={rate.Shape};learning_rate={rate.Initial:R};"
            + $"final_learning_rate={(rate.DependsOnLength ? rate.Final : rate.Initial):R};learning_rate_decay={(rate.Shape == ScheduleShape.Inverse ? rate.DecayUpdates : 0):R};"
            + $"epochs={(rate.DependsOnLength ? options.Epochs : 0)};initial_momentum={options.Momentum.Initial:R};momentum={options.Momentum.Final:R};"
            + $"momentum_ramp_epochs={options.Momentum.RampEpochs};step_rule={options.StepRule};weight_decay={options.WeightDecay:R};seed={options.Seed};"
            + $"divergence_limit={options.DivergenceLimit:R}");
    }

    private static string SweepText(BoltzmannSweep? sweep)
    {
        if (sweep is null)
        {
            return "default";
        }

        ReadOnlySpan<int> numbers = sweep.Colouring is null ? sweep.Order : sweep.Colouring.Of;
        ulong hash = 14695981039346656037;
        foreach (byte value in MemoryMarshal.AsBytes(numbers))
        {
            hash = unchecked((hash ^ value) * 1099511628211);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(sweep.Colouring is null ? "order" : "colours")} {hash:x16}");
    }
}
