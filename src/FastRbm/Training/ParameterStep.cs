using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>From the statistics of two phases to new parameters: centring, step rule, decay, running means.</summary>
/// <remarks>Everything is allocated here; a step allocates nothing.</remarks>
internal sealed unsafe class ParameterStep
{
    /// <summary>Updates from one sample of the running mean of the parameters to the next.</summary>
    private const int UpdatesBetweenAverages = 10;

    private readonly Rbm _rbm;
    private readonly TrainingOptions _options;
    private readonly SimdLevel _level = SimdSelection.Current;
    private readonly Matrix _visibleGradient;
    private readonly Matrix _hiddenGradient;
    private readonly Matrix _visibleOffsets;
    private readonly Matrix _visibleShiftOffsets;
    private readonly Matrix _hiddenOffsets;
    private readonly Matrix _hiddenShiftOffsets;
    private readonly Matrix? _visibleScales;
    private readonly float _visibleFactor;
    private readonly float _hiddenFactor;
    private readonly bool _centred;
    private readonly bool _plain;
    private readonly Matrix _visibleShifts;
    private readonly Matrix _hiddenShifts;
    private readonly Matrix? _hiddenSquares;
    private readonly Matrix? _hiddenDecay;
    private readonly Matrix? _mask;
    private PhaseSums _positive;
    private PhaseSums _negative;
    private double _rate;
    private bool _first;
    private WeightUpdateArguments _arguments;

    /// <summary>Allocates for a model.</summary>
    /// <param name="rbm">The model.</param>
    /// <param name="options">The options.</param>
    /// <param name="visibleMeans">The means of the data: of bits, or of states.</param>
    /// <param name="statisticsAreBits">Whether statistics are those of bits, which for spins x = 2 b - 1 aren't the states.</param>
    /// <param name="visibleScales">What gradients of visible units are multiplied by; empty for 1.</param>
    public ParameterStep(
        Rbm rbm, TrainingOptions options, ReadOnlySpan<float> visibleMeans, bool statisticsAreBits = true, ReadOnlySpan<float> visibleScales = default)
    {
        bool visibleSpins = statisticsAreBits && rbm.Visible.Kind == UnitKind.Spin;
        bool hiddenSpins = statisticsAreBits && rbm.Hidden.Kind == UnitKind.Spin;
        _visibleFactor = visibleSpins ? 2 : 1;
        _hiddenFactor = hiddenSpins ? 2 : 1;

        // Spins without centring are bits with an offset of one half.
        _centred = options.Centring != Centring.None || visibleSpins || hiddenSpins;
        _rbm = rbm;
        _options = options;
        _mask = MaskOf(options, rbm);
        int visible = rbm.Visible.Count;
        int hidden = rbm.Hidden.Count;
        int paddedVisible = Tile.Count(visible) * Tile.Width;
        int paddedHidden = Tile.Count(hidden) * Tile.Width;
        bool adam = options.StepRule == StepRule.Adam;
        _plain = !adam && options.Momentum.IsZero;
        WeightVelocity = new Matrix(visible, hidden);
        VisibleBiasVelocity = new Matrix(1, visible);
        HiddenBiasVelocity = new Matrix(1, hidden);
        WeightSquares = adam ? new Matrix(visible, hidden) : null;
        VisibleBiasSquares = adam ? new Matrix(1, visible) : null;
        HiddenBiasSquares = adam ? new Matrix(1, hidden) : null;
        bool averaged = options.AveragedShare > 0;
        WeightAverage = averaged ? new Matrix(visible, hidden) : null;
        VisibleBiasAverage = averaged ? new Matrix(1, visible) : null;
        HiddenBiasAverage = averaged ? new Matrix(1, hidden) : null;
        HiddenMeans = new Matrix(1, paddedHidden);
        _visibleGradient = new Matrix(1, paddedVisible);
        _hiddenGradient = new Matrix(1, paddedHidden);
        _visibleOffsets = new Matrix(1, paddedVisible);
        _hiddenOffsets = new Matrix(1, paddedHidden);
        _visibleShiftOffsets = new Matrix(1, paddedVisible);
        _visibleScales = visibleScales.IsEmpty ? null : new Matrix(1, visible);
        visibleScales.CopyTo(_visibleScales is null ? default : _visibleScales.Row(0));
        _hiddenShiftOffsets = new Matrix(1, paddedHidden);
        for (int unit = 0; unit < visible; unit++)
        {
            SetVisibleOffset(unit, options.Centring == Centring.None ? 1 - (1 / _visibleFactor) : visibleMeans[unit]);
        }

        for (int unit = 0; unit < hidden; unit++)
        {
            SetHiddenOffset(unit, 1 - (1 / _hiddenFactor));
        }
        _visibleShifts = new Matrix(Tile.Count(hidden), paddedVisible);
        _hiddenShifts = new Matrix(Tile.Count(visible), paddedHidden);
        if (options.GroupDecay > 0 || options.MaxNorm > 0)
        {
            _hiddenSquares = new Matrix(Tile.Count(visible), paddedHidden);
            _hiddenDecay = new Matrix(1, paddedHidden);
            for (int i = 0; i < visible; i++)
            {
                for (int j = 0; j < hidden; j++)
                {
                    _hiddenSquares[i / Tile.Width, j] += rbm.WeightMatrix[i, j] * rbm.WeightMatrix[i, j];
                }
            }
        }
    }

    public Matrix WeightVelocity { get; }

    public Matrix VisibleBiasVelocity { get; }

    public Matrix HiddenBiasVelocity { get; }

    public Matrix? WeightSquares { get; }

    public Matrix? VisibleBiasSquares { get; }

    public Matrix? HiddenBiasSquares { get; }

    public Matrix? WeightAverage { get; }

    public Matrix? VisibleBiasAverage { get; }

    public Matrix? HiddenBiasAverage { get; }

    /// <summary>Running means of the hidden units under the data: the hidden offsets of centring.</summary>
    public Matrix HiddenMeans { get; }

    /// <summary>The buffers that are the state of a run beside the parameters.</summary>
    public IEnumerable<(string Name, Matrix Values)> State
    {
        get
        {
            (string Name, Matrix? Values)[] all =
            [
                ("weights_velocity", WeightVelocity), ("visible_bias_velocity", VisibleBiasVelocity), ("hidden_bias_velocity", HiddenBiasVelocity),
                ("weights_squares", WeightSquares), ("visible_bias_squares", VisibleBiasSquares), ("hidden_bias_squares", HiddenBiasSquares),
                ("weights_average", WeightAverage), ("visible_bias_average", VisibleBiasAverage), ("hidden_bias_average", HiddenBiasAverage),
                ("hidden_means", HiddenMeans), ("hidden_weight_squares", _hiddenSquares),
            ];
            return all.Where(static buffer => buffer.Values is not null).Select(static buffer => (buffer.Name, buffer.Values!));
        }
    }

    /// <summary>The arguments of the last step.</summary>
    public ref readonly WeightUpdateArguments Arguments => ref _arguments;

    /// <summary>Begins a step: the statistics that it will take, and its rates.</summary>
    /// <param name="positive">The data's.</param>
    /// <param name="negative">The model's.</param>
    /// <param name="minibatch">Which update.</param>
    /// <param name="learningRate">The learning rate of this step.</param>
    /// <param name="momentum">The momentum.</param>
    public void Begin(in PhaseSums positive, in PhaseSums negative, in Minibatch minibatch, double learningRate, double momentum)
    {
        long update = minibatch.Update;
        bool adam = _options.StepRule == StepRule.Adam;
        _positive = positive;
        _negative = negative;
        _first = update == 0;
        _rate = adam ? 1 : learningRate;
        long averaged = (long)Math.Ceiling(minibatch.Updates * (1 - _options.AveragedShare));
        bool average = WeightAverage is not null && update >= averaged && (update - averaged) % UpdatesBetweenAverages == 0;
        double factor = _visibleFactor * _hiddenFactor;
        _arguments = new WeightUpdateArguments
        {
            Weights = _rbm.WeightMatrix.DangerousGetPointer(),
            WeightStride = _rbm.WeightMatrix.Stride,
            VisibleBias = _rbm.Visible.Parameters.DangerousGetPointer(),
            HiddenBias = _rbm.Hidden.Parameters.DangerousGetPointer(),
            WeightVelocity = WeightVelocity.DangerousGetPointer(),
            VisibleBiasVelocity = VisibleBiasVelocity.DangerousGetPointer(),
            HiddenBiasVelocity = HiddenBiasVelocity.DangerousGetPointer(),
            WeightSquares = Pointer(WeightSquares),
            VisibleBiasSquares = Pointer(VisibleBiasSquares),
            HiddenBiasSquares = Pointer(HiddenBiasSquares),
            Positive = positive.Weights == null ? positive.Binary : default,
            PositiveDense = positive.Weights,
            Negative = negative.Binary,
            PositiveRate = (float)(factor * _rate * positive.Share / positive.MeanScale),
            NegativeRate = (float)(factor * _rate * negative.Share / negative.MeanScale),
            PositiveDenseRate = (float)(factor * _rate * positive.DenseShare),
            VisibleGradient = _visibleGradient.DangerousGetPointer(),
            HiddenGradient = _hiddenGradient.DangerousGetPointer(),
            VisibleOffsets = _centred ? _visibleOffsets.DangerousGetPointer() : null,
            HiddenOffsets = _centred ? _hiddenOffsets.DangerousGetPointer() : null,
            VisibleShiftOffsets = _centred ? _visibleShiftOffsets.DangerousGetPointer() : null,
            HiddenShiftOffsets = _centred ? _hiddenShiftOffsets.DangerousGetPointer() : null,
            VisibleShifts = _visibleShifts.DangerousGetPointer(),
            HiddenShifts = _hiddenShifts.DangerousGetPointer(),
            Plain = _plain,
            DenseScales = Pointer(_visibleScales),
            Momentum = (float)momentum,
            SquareMomentum = (float)_options.SquareMomentum,
            AdamRate = (float)(learningRate / (1 - Power(momentum, update + 1))),
            AdamCorrection = (float)(1 / (1 - Power(_options.SquareMomentum, update + 1))),
            Epsilon = (float)_options.Epsilon,
            L2 = (float)(learningRate * _options.WeightDecay),
            L1 = (float)(learningRate * _options.L1Decay),
            Mask = Pointer(_mask),
            HiddenSquares = Pointer(_hiddenSquares),
            HiddenDecay = _options.GroupDecay > 0 ? Pointer(_hiddenDecay) : null,
            WeightAverage = average ? Pointer(WeightAverage) : null,
            VisibleBiasAverage = Pointer(VisibleBiasAverage),
            HiddenBiasAverage = Pointer(HiddenBiasAverage),
            AverageRate = (float)(1.0 / (((update - averaged) / UpdatesBetweenAverages) + 1)),
        };
        if (_options.GroupDecay > 0)
        {
            GroupDecay(learningRate);
        }
    }

    /// <summary>Gradients and offsets of the visible units of words first to end - 1; any thread, its own words.</summary>
    public void Visible(int first, int end)
    {
        Span<float> gradient = _visibleGradient.Row(0);
        bool equal = _positive.Visible == null && _positive.Share == _negative.Share;
        double share = _positive.Visible != null ? _positive.DenseShare : _positive.Share;
        double rate = _rate * _visibleFactor;
        float positive = (float)(rate * share);
        float negative = (float)(rate * _negative.Share);
        int* plus = _positive.Binary.VisibleCounts;
        int* minus = _negative.Binary.Rows == 0 ? null : _negative.Binary.VisibleCounts;
        for (int unit = first * Tile.Width; unit < Math.Min(end * Tile.Width, _rbm.Visible.Count); unit++)
        {
            int taken = minus == null ? 0 : minus[unit];
            gradient[unit] = equal ? (plus[unit] - taken) * positive
                : ((_positive.Visible != null ? _positive.Visible[unit] : plus[unit]) * positive) - (taken * negative);
            if (_visibleScales is not null)
            {
                gradient[unit] *= _visibleScales[0, unit];
            }

            if (_options.Centring == Centring.Enhanced)
            {
                double data = share * (_positive.Visible != null ? _positive.Visible[unit] : plus[unit]);
                SetVisibleOffset(unit, (float)(0.5 * (data + (_negative.Share * taken))));
            }
        }
    }

    /// <summary>Gradients and offsets of the hidden units of tiles first to end - 1; any thread, its own tiles.</summary>
    public void Hidden(int first, int end)
    {
        if (_positive.HiddenOfData == null)
        {
            MeanTotals.Run(_level, _positive.Binary, first, end);
        }

        if (_negative.Binary.Rows > 0)
        {
            MeanTotals.Run(_level, _negative.Binary, first, end);
        }

        Span<float> gradient = _hiddenGradient.Row(0);
        Span<float> means = HiddenMeans.Row(0);
        bool equal = _positive.Hidden == null && _positive.Share == _negative.Share;
        double dataShare = _positive.Share / _positive.MeanScale;
        double modelShare = _negative.Share / _negative.MeanScale;
        double rate = _rate * _hiddenFactor;
        float positive = (float)(rate * (_positive.Hidden != null ? _positive.DenseShare : dataShare));
        float negative = (float)(rate * modelShare);
        float offsetRate = _first ? 1 : (float)_options.OffsetRate;
        float target = (float)_options.SparsityTarget;
        float cost = (float)(rate * _options.SparsityCost);
        for (int unit = first * Tile.Width; unit < Math.Min(end * Tile.Width, _rbm.Hidden.Count); unit++)
        {
            int taken = _negative.Binary.Rows == 0 ? 0 : _negative.Binary.MeanTotals[unit];
            int total = _positive.HiddenOfData != null ? 0 : _positive.Binary.MeanTotals[unit];
            float given = _positive.Hidden != null ? _positive.Hidden[unit] : total;
            float mean = (float)(_positive.HiddenOfData != null ? _positive.DenseShare * _positive.HiddenOfData[unit] : dataShare * total);
            means[unit] += (mean - means[unit]) * offsetRate;
            if (_options.Centring != Centring.None)
            {
                SetHiddenOffset(unit, _options.Centring == Centring.Enhanced ? (float)(0.5 * (mean + (modelShare * taken))) : means[unit]);
            }

            gradient[unit] = equal ? (total - taken) * positive : (given * positive) - (taken * negative);
            gradient[unit] += unit < _rbm.Hidden.FirstSparse ? 0 : cost * (target - means[unit]);
        }
    }

    /// <summary>Moves the weights of tiles first to end - 1; any thread, its own tiles, after all gradients are there.</summary>
    public void Weights(int first, int end, int* scratch) => WeightUpdate.Run(_level, _rbm.FixedPoint, _arguments, first, end, scratch);

    /// <summary>Moves the biases and completes the fixed-point copy; one thread, after all tiles are done.</summary>
    /// <returns>False when parameters left the range of the fixed-point copy.</returns>
    public bool End()
    {
        BiasUpdate.Run(_level, _rbm.FixedPoint, _arguments);
        if (_options.MaxNorm > 0 && Shorten())
        {
            return _rbm.TryRebuildFixedPoint();
        }

        return _rbm.FixedPoint.Refit(_level, _rbm.WeightMatrix, _rbm.Visible.Parameters, _rbm.Hidden.Parameters);
    }

    private void SetVisibleOffset(int unit, float mean)
    {
        _visibleOffsets[0, unit] = mean * _visibleFactor * (_visibleScales is null ? 1 : _visibleScales[0, unit]);
        _visibleShiftOffsets[0, unit] = (mean * _visibleFactor) - (_visibleFactor - 1);
    }

    private void SetHiddenOffset(int unit, float mean)
    {
        _hiddenOffsets[0, unit] = mean * _hiddenFactor;
        _hiddenShiftOffsets[0, unit] = (mean * _hiddenFactor) - (_hiddenFactor - 1);
    }

    /// <summary>Makes the running mean the model.</summary>
    public void TakeAverage()
    {
        _rbm.WeightMatrix.CopyFrom(WeightAverage!);
        VisibleBiasAverage!.Row(0).CopyTo(_rbm.Visible.MutableParameter(0));
        HiddenBiasAverage!.Row(0).CopyTo(_rbm.Hidden.MutableParameter(0));
        _rbm.TryRebuildFixedPoint();
    }

    private static Matrix? MaskOf(TrainingOptions options, Rbm rbm)
    {
        if (options.WeightMask.IsEmpty)
        {
            return null;
        }

        Matrix mask = new(rbm.Visible.Count, rbm.Hidden.Count);
        for (int unit = 0; unit < mask.Rows; unit++)
        {
            for (int other = 0; other < mask.Columns; other++)
            {
                mask[unit, other] = options.WeightMask.Span[(unit * mask.Columns) + other] ? 1 : 0;
            }
        }

        return mask;
    }

    private static double Power(double value, long exponent) => value > 0 ? DoubleMath.Exp(exponent * DoubleMath.Log(value)) : 0;

    private static float* Pointer(Matrix? matrix) => matrix is null ? null : matrix.DangerousGetPointer();

    private double SquaredNorm(int unit)
    {
        double sum = 0;
        for (int tile = 0; tile < _hiddenSquares!.Rows; tile++)
        {
            sum += _hiddenSquares[tile, unit];
        }

        return sum;
    }

    /// <summary>The gradient of a norm |w_j| is w_j / |w_j|: a decay of each hidden unit's own, from the norms of the last update.</summary>
    private void GroupDecay(double learningRate)
    {
        Span<float> decay = _hiddenDecay!.Row(0);
        for (int unit = 0; unit < _rbm.Hidden.Count; unit++)
        {
            double norm = Math.Sqrt(SquaredNorm(unit));

            // A unit shorter than one step goes to zero, not past it.
            decay[unit] = norm > 0 ? (float)Math.Min(1, learningRate * _options.GroupDecay / norm) : 0;
        }
    }

    private bool Shorten()
    {
        bool shortened = false;
        for (int unit = 0; unit < _rbm.Hidden.Count; unit++)
        {
            double squared = SquaredNorm(unit);
            if (squared > _options.MaxNorm * _options.MaxNorm)
            {
                float factor = (float)(_options.MaxNorm / Math.Sqrt(squared));
                for (int i = 0; i < _rbm.Visible.Count; i++)
                {
                    _rbm.WeightMatrix[i, unit] *= factor;
                }

                for (int tile = 0; tile < _hiddenSquares!.Rows; tile++)
                {
                    _hiddenSquares[tile, unit] *= factor * factor;
                }

                shortened = true;
            }
        }

        return shortened;
    }
}
