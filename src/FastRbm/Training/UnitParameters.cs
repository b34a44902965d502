using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>The parameters of a layer beyond the biases: their statistics over rows, and their updates.</summary>
/// <remarks>
/// Statistics are summed over blocks of rows, each by one thread, then over the blocks in order, so that the split over threads can't be
/// seen. Everything is allocated here.
/// </remarks>
internal sealed class UnitParameters
{
    /// <summary>Rows that one thread sums on its own.</summary>
    public const int BlockRows = 16;

    /// <summary>The most that a parameter moves in one update: the statistics of a row far out are as large as its square.</summary>
    private const float LargestStep = 0.1f;

    private readonly UnitLayer _layer;
    private readonly TrainingOptions _options;
    private readonly Matrix _sums;
    private readonly Matrix[] _rows;
    private readonly Matrix _gradient;
    private readonly int[] _learned;
    private readonly int _count;
    private readonly bool _inputs;

    /// <summary>Allocates for a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="options">The options.</param>
    /// <param name="blocks">Blocks of rows, of both phases.</param>
    /// <param name="members">Threads.</param>
    /// <param name="hidden">Whether the layer is hidden: then its scales stay as they are, since weights can do what they would.</param>
    public UnitParameters(UnitLayer layer, TrainingOptions options, int blocks, int members, bool hidden)
    {
        _layer = layer;
        _options = options;
        _inputs = hidden;
        _count = layer.ParameterNames.Count;
        _learned = options.LearnUnitParameters ? [.. Enumerable.Range(1, _count - 1).Where(row => !hidden || !layer.IsScale(row))] : [];
        bool used = _learned.Length > 0;
        _sums = new Matrix(used ? blocks * _count : 0, layer.Count);
        _rows = [.. Enumerable.Range(0, used ? members : 0).Select(_ => new Matrix(_count, layer.Count))];
        _gradient = new Matrix(used ? _count : 0, layer.Count);
        Velocity = used ? new Matrix(_count, layer.Count) : null;
        Squares = used && options.StepRule == StepRule.Adam ? new Matrix(_count, layer.Count) : null;
        Average = used && options.AveragedShare > 0 ? new Matrix(_count, layer.Count) : null;
    }

    /// <summary>Velocities, for Adam the mean gradient; null when nothing is learned.</summary>
    public Matrix? Velocity { get; }

    /// <summary>Adam's mean squared gradient.</summary>
    public Matrix? Squares { get; }

    /// <summary>Running means.</summary>
    public Matrix? Average { get; }

    /// <summary>Whether there is anything to learn.</summary>
    public bool Used => _learned.Length > 0;

    /// <summary>Forgets all blocks: for minibatches that don't fill them.</summary>
    public void Clear() => _sums.Clear();

    /// <summary>Begins a block of rows.</summary>
    public void Begin(int block)
    {
        for (int row = 0; row < _count; row++)
        {
            _sums.Row((block * _count) + row).Clear();
        }
    }

    /// <summary>Adds a row's statistics to its block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="member">The thread.</param>
    /// <param name="values">States of the layer; of hidden units their inputs.</param>
    /// <param name="weight">The row's weight, negative in the negative phase.</param>
    public void Add(int block, int member, ReadOnlySpan<float> values, float weight)
    {
        Span2D<float> statistics = _rows[member].AsSpan2D();
        Span2D<float> sums = _sums.AsSpan2D()[(block * _count)..((block + 1) * _count), ..];
        if (!_inputs)
        {
            _layer.AddStatistics(values, weight, statistics, sums);
            return;
        }

        _layer.MeanStatistics(values, statistics);
        for (int row = 1; row < _count; row++)
        {
            FloatRows.AddMultiple(statistics.GetRowSpan(row), weight, sums.GetRowSpan(row));
        }
    }

    /// <summary>Moves the parameters along the sum of some blocks.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="offsets">Means of the states, which gradients of precisions are taken about; or empty.</param>
    /// <param name="fieldGradient">The gradient of the biases, without a rate; with offsets.</param>
    /// <param name="largestPrecisions">The largest logarithms of precisions; with offsets.</param>
    /// <param name="update">Which update, from 0.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="momentum">The momentum.</param>
    public void Move(int blocks, ReadOnlySpan<float> offsets, ReadOnlySpan<float> fieldGradient, ReadOnlySpan<float> largestPrecisions, long update, double rate, double momentum)
    {
        for (int row = 1; row < _count; row++)
        {
            Span<float> gradient = _gradient.Row(row);
            gradient.Clear();
            for (int block = 0; block < blocks; block++)
            {
                FloatRows.Add(_sums.Row((block * _count) + row), gradient);
            }
        }

        if (!_inputs)
        {
            _layer.FinishStatistics(_gradient.AsSpan2D());
        }

        if (!offsets.IsEmpty)
        {
            _layer.CentreGradient(offsets, fieldGradient, _gradient.AsSpan2D());
        }

        foreach (int row in _learned)
        {
            Span<float> steps = _gradient.Row(row);
            Step(steps, Velocity!.Row(row), Squares is null ? default : Squares.Row(row), update, rate, momentum);
            _layer.MoveParameter(row, steps, offsets, largestPrecisions);
        }
    }

    /// <summary>Adds the present parameters to the running means.</summary>
    public void Observe(float share)
    {
        foreach (int row in _learned)
        {
            Span<float> mean = Average!.Row(row);
            ReadOnlySpan<float> now = _layer.Parameter(row);
            for (int unit = 0; unit < mean.Length; unit++)
            {
                mean[unit] += (now[unit] - mean[unit]) * share;
            }
        }
    }

    /// <summary>Makes the running means the parameters.</summary>
    public void TakeAverage()
    {
        foreach (int row in _learned)
        {
            Average!.Row(row).CopyTo(_layer.MutableParameter(row));
        }
    }

    private void Step(Span<float> steps, Span<float> velocity, Span<float> squares, long update, double rate, double momentum)
    {
        bool adam = !squares.IsEmpty;
        double correction = adam ? 1 / (1 - Power(momentum, update + 1)) : 1;
        double squareCorrection = adam ? 1 / (1 - Power(_options.SquareMomentum, update + 1)) : 1;
        for (int unit = 0; unit < steps.Length; unit++)
        {
            double step;
            if (adam)
            {
                velocity[unit] = (float)((momentum * velocity[unit]) + ((1 - momentum) * steps[unit]));
                squares[unit] = (float)((_options.SquareMomentum * squares[unit]) + ((1 - _options.SquareMomentum) * steps[unit] * steps[unit]));
                step = rate * velocity[unit] * correction / (Math.Sqrt(squares[unit] * squareCorrection) + _options.Epsilon);
            }
            else
            {
                velocity[unit] = (float)((momentum * velocity[unit]) + (rate * steps[unit]));
                step = velocity[unit];
            }

            steps[unit] = (float)Math.Clamp(step, -LargestStep, LargestStep);
        }
    }

    private static double Power(double value, long exponent) => value > 0 ? DoubleMath.Exp(exponent * DoubleMath.Log(value)) : 0;
}
