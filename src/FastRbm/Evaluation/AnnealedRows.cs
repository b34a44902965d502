using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>
/// Rows that are carried along the path p_beta(v) ~ f_beta(v) = exp((1 - beta) a0.v + beta a.v) prod_j (1 + exp(beta I_j(v))) from one
/// inverse temperature to the next, with their log weights.
/// </summary>
/// <remarks>
/// <code>
///   a step from beta to beta':  log weight += log f_beta'(v) - log f_beta(v),  then h ~ p_beta'(h | v), v ~ p_beta'(v | h)
/// </code>
/// The last step of a ladder only weighs. A row's states and weight are a function of model, seed, annealing, row number and ladder:
/// not of threads or SIMD level. Threads carry their rows through a whole ladder without meeting. Steps allocate nothing.
/// </remarks>
internal sealed unsafe class AnnealedRows : IDisposable
{
    /// <summary>The bits of a step number below the number of the annealing.</summary>
    public const int StepBits = 48;

    private const long LeastWorkForThreads = 1 << 16;
    private const int FieldBits = 30;

    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly long _firstStep;
    private readonly ThreadTeam _team;
    private readonly AlignedBuffer<int>[] _scratch;
    private readonly RunningSums _hiddenSums;
    private readonly RunningSums _visibleSums;
    private readonly AlignedBuffer<float> _offsets;
    private readonly AlignedBuffer<float> _before;
    private readonly AlignedBuffer<float> _betas;
    private readonly AlignedBuffer<float> _lanes;
    private readonly AlignedBuffer<double> _steps;
    private readonly BitMatrix _hidden;
    private readonly AlignedBuffer<int> _field;
    private readonly long[] _fieldSums;
    private readonly double _fieldScale;
    private readonly Walk _walk;
    private bool _hiddenSumsHold;
    private bool _visibleSumsHold;
    private long _sweeps;

    /// <summary>Allocates rows that are all off.</summary>
    /// <param name="rbm">A binary model. It must not be edited while rows are in use.</param>
    /// <param name="baseBias">a0, a finite number a visible unit.</param>
    /// <param name="rows">The number of rows, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="annealing">A number from 0 to 255: annealings of different numbers share no random bit.</param>
    /// <param name="threads">Threads, at least 1.</param>
    public AnnealedRows(Rbm rbm, ReadOnlySpan<float> baseBias, int rows, ulong seed, int annealing, int threads)
    {
        _rbm = rbm;
        _seed = seed;
        _firstStep = (long)annealing << StepBits;
        Visible = new BitMatrix(rows, rbm.Visible.Count);
        LogWeights = new double[rows];
        _hidden = new BitMatrix(rows, rbm.Hidden.Count);
        long work = (long)rows * rbm.Visible.Count * rbm.Hidden.Count;
        _team = new ThreadTeam(work < LeastWorkForThreads ? 1 : Math.Min(threads, rows));
        _scratch = new AlignedBuffer<int>[_team.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new AlignedBuffer<int>(HalfStep.ScratchLength(Math.Max(rbm.Visible.Count, rbm.Hidden.Count), rows));
        }

        _hiddenSums = new RunningSums(rows, rbm.Visible.Count, rbm.Hidden.Count);
        _visibleSums = new RunningSums(rows, rbm.Hidden.Count, rbm.Visible.Count);
        _offsets = new AlignedBuffer<float>((long)Tile.Count(rbm.Visible.Count) * Tile.Width);
        baseBias.CopyTo(_offsets.Span);
        _before = new AlignedBuffer<float>(rows);
        _betas = new AlignedBuffer<float>(rows);
        _lanes = new AlignedBuffer<float>((long)rows * SoftplusSteps.Lanes);
        _steps = new AlignedBuffer<double>(rows);
        _fieldSums = new long[rows];
        _field = new AlignedBuffer<int>(_offsets.Length);
        int bits = FixField(rbm.Visible.Bias, baseBias, _field.Span);
        _fieldScale = Math.ScaleB(1, -bits);
        _walk = new Walk(this);
    }

    /// <summary>The visible states, a row a run.</summary>
    public BitMatrix Visible { get; }

    /// <summary>The log weights, a number a run.</summary>
    public double[] LogWeights { get; }

    /// <summary>The number of the first row among all that share the seed and the annealing.</summary>
    public long FirstRow { get; set; }

    /// <summary>Draws every row from the base rates, p_0(v_i = 1) = sigmoid(a0_i), and makes its weight 1.</summary>
    public void StartAtBase()
    {
        RandomStream draws = new(_seed, StreamPurpose.AnnealingStart, _firstStep, 0);
        RandomStream ties = new(_seed, StreamPurpose.AnnealingStartTie, _firstStep, 0);
        for (int row = 0; row < Visible.Rows; row++)
        {
            BernoulliRow.Sample(
                SimdSelection.Current, _offsets.Span[..Visible.Columns], draws.ForChain(FirstRow + row), ties.ForChain(FirstRow + row), Visible.Row(row));
        }

        Restart();
    }

    /// <summary>Says that the states were written by others: weights are 1 and the sweeps of the random numbers begin again.</summary>
    public void Restart()
    {
        Array.Clear(LogWeights);
        _sweeps = 0;
    }

    /// <summary>Runs Gibbs sweeps of the model itself, beta 1.</summary>
    /// <param name="sweeps">How many, 0 or more.</param>
    /// <param name="progress">Told the share that is done; or null.</param>
    /// <param name="cancellation">Stops the sweeps.</param>
    public void Sweep(int sweeps, IProgress<double>? progress, CancellationToken cancellation) =>
        Run([], 0, sweeps, progress, cancellation);

    /// <summary>Takes the steps of a ladder from beta number first to beta number end - 1.</summary>
    /// <param name="ladder">Inverse temperatures in the order in which they are walked, all of them.</param>
    /// <param name="first">Where the rows are now.</param>
    /// <param name="end">One past where they go; the ladder's length for the whole.</param>
    /// <param name="progress">Told the share that is done; or null.</param>
    /// <param name="cancellation">Stops the walk.</param>
    /// <exception cref="OperationCanceledException">Cancelled; states and weights are then of no use.</exception>
    public void Anneal(float[] ladder, int first, int end, IProgress<double>? progress, CancellationToken cancellation) =>
        Run(ladder, first, end - 1, progress, cancellation);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Run(float[] ladder, int first, int end, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (first < end)
        {
            _walk.Ladder = ladder;
            _walk.First = first;
            _walk.End = end;
            _walk.Progress = progress;
            _walk.Cancellation = cancellation;
            _team.Run(_walk);
            cancellation.ThrowIfCancellationRequested();
            _sweeps += end - first;
            _hiddenSumsHold = true;
            _visibleSumsHold |= end - first > 1 || end != ladder.Length - 1;
        }
    }

    /// <summary>One thread's rows through all steps.</summary>
    private void Carry(int first, int end, Walk walk, int member)
    {
        bool hiddenHolds = _hiddenSumsHold;
        bool visibleHolds = _visibleSumsHold;
        int reports = Math.Max(1, (walk.End - walk.First) / 200);
        for (int step = walk.First; step < walk.End && !walk.Cancellation.IsCancellationRequested; step++)
        {
            bool weighs = walk.Ladder.Length > 0;
            bool samples = step + 2 != walk.Ladder.Length;
            float beta = weighs ? walk.Ladder[step + 1] : 1;
            _betas.Span[first..end].Fill(beta);
            HalfStepArguments up = Arguments(toHidden: true, Visible, samples ? _hidden : null, _sweeps + step - walk.First);
            _hiddenSums.Keep(ref up, hiddenHolds);
            if (weighs)
            {
                _before.Span[first..end].Fill(walk.Ladder[step]);
                up.BetasBefore = _before.DangerousGetPointer();
                up.StepLanes = _lanes.DangerousGetPointer();
                up.SoftplusSteps = _steps.DangerousGetPointer();
                up.SmallStep = (float)(SoftplusSteps.MostOfSmallStep / _rbm.InputBound);
            }

            HalfStep.Run(SimdSelection.Current, up, first, end, _scratch[member].DangerousGetPointer());
            hiddenHolds = true;
            if (weighs)
            {
                Weigh(first, end, (double)beta - walk.Ladder[step]);
            }

            if (samples)
            {
                HalfStepArguments down = Arguments(toHidden: false, _hidden, Visible, _sweeps + step - walk.First);
                down.Offsets = _offsets.DangerousGetPointer();
                _visibleSums.Keep(ref down, visibleHolds);
                HalfStep.Run(SimdSelection.Current, down, first, end, _scratch[member].DangerousGetPointer());
                visibleHolds = true;
            }

            if (member == 0 && (step + 1 - walk.First) % reports == 0)
            {
                walk.Progress?.Report((double)(step + 1 - walk.First) / (walk.End - walk.First));
            }
        }
    }

    private HalfStepArguments Arguments(bool toHidden, BitMatrix source, BitMatrix? target, long sweep)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.Betas = _betas.DangerousGetPointer();
        arguments.States = target == null ? null : target.DangerousGetPointer();
        arguments.Draws = new RandomStream(_seed, toHidden ? StreamPurpose.AnnealingHidden : StreamPurpose.AnnealingVisible, _firstStep + sweep, 0);
        arguments.Ties = new RandomStream(_seed, toHidden ? StreamPurpose.AnnealingHiddenTie : StreamPurpose.AnnealingVisibleTie, _firstStep + sweep, 0);
        arguments.FirstChain = FirstRow;
        return arguments;
    }

    /// <summary>Log weights grow by the softplus steps and by change of beta times (a - a0).v.</summary>
    private void Weigh(int first, int end, double change)
    {
        _fieldSums.AsSpan(first, end - first).Clear();
        OnUnits.Add(
            SimdSelection.Current, Visible.DangerousGetPointer(), Visible.WordsPerRow, _field.DangerousGetPointer(), 0, Tile.Width, first, end, 1, _fieldSums);
        for (int row = first; row < end; row++)
        {
            LogWeights[row] += _steps.Span[row] + (change * (_fieldSums[row] * _fieldScale));
        }
    }

    /// <summary>round((a - a0) 2^bits), with the most bits that 32-bit integers hold.</summary>
    private static int FixField(ReadOnlySpan<float> bias, ReadOnlySpan<float> baseBias, Span<int> field)
    {
        double most = Math.ScaleB(1, -FieldBits);
        for (int unit = 0; unit < bias.Length; unit++)
        {
            most = Math.Max(most, Math.Abs((double)bias[unit] - baseBias[unit]));
        }

        int bits = FieldBits - 1 - Math.ILogB(most);
        if (bits < 0)
        {
            Throw.Argument("baseBias", "base biases within 10^9 of the model's", Text(most));
        }

        for (int unit = 0; unit < bias.Length; unit++)
        {
            field[unit] = (int)Math.Round(Math.ScaleB((double)bias[unit] - baseBias[unit], bits));
        }

        return bits;
    }

    private static string Text(double value) => value.ToString("G3", System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Walk(AnnealedRows owner) : ITeamTask
    {
        public float[] Ladder { get; set; } = [];

        public int First { get; set; }

        public int End { get; set; }

        public IProgress<double>? Progress { get; set; }

        public CancellationToken Cancellation { get; set; }

        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner.Visible.Rows, member, members);
            owner.Carry(first, end, this, member);
        }
    }
}
