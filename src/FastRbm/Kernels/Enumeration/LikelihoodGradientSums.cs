using System.Numerics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Threading;

namespace FastRbm.Kernels.Enumeration;

/// <summary>The exact log-likelihood of rows under a binary RBM and its gradient: moments under the data minus moments under the model.</summary>
/// <remarks>
/// In double precision from the parameters; sums over rows are chains in the order of the rows, so that neither threads nor the
/// number of rows handed over at once change a bit. Nothing is allocated after construction. Not thread-safe; owns a team.
/// </remarks>
internal sealed unsafe class LikelihoodGradientSums : ITeamTask, IDisposable
{
    // Below this many additions a second thread costs more than it saves.
    private const long LeastWorkForThreads = 1 << 17;

    private readonly SimdLevel _level;
    private readonly ThreadTeam _team;
    private readonly int _visible;
    private readonly int _hidden;
    private readonly int _stride;
    private readonly AlignedBuffer<double> _weights;
    private readonly AlignedBuffer<double> _hiddenBias;
    private readonly double[] _visibleBias;
    private readonly AlignedBuffer<double> _means;
    private readonly double[] _rowWeights;
    private readonly double[] _values;
    private readonly AlignedBuffer<double> _products;
    private readonly double[] _visibleSums;
    private readonly AlignedBuffer<double> _hiddenSums;
    private BitMatrix? _rows;
    private int _count;
    private bool _summing;
    private double _total;
    private double _value;

    /// <summary>Allocates all there is, and starts threads.</summary>
    /// <param name="visible">The number of visible units.</param>
    /// <param name="hidden">The number of hidden units.</param>
    /// <param name="mostRows">The most rows that are added at once.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="level">The vector width.</param>
    public LikelihoodGradientSums(int visible, int hidden, int mostRows, int threads, SimdLevel level)
    {
        Throw.IfLess(mostRows, 1);
        Throw.IfLess(threads, 1);
        _level = level;
        _visible = visible;
        _hidden = hidden;
        _stride = (hidden + 7) / 8 * 8;
        _weights = new AlignedBuffer<double>((long)visible * _stride);
        _products = new AlignedBuffer<double>((long)visible * _stride);
        _means = new AlignedBuffer<double>((long)mostRows * _stride);
        _hiddenBias = new AlignedBuffer<double>(_stride);
        _hiddenSums = new AlignedBuffer<double>(_stride);
        _visibleBias = new double[visible];
        _visibleSums = new double[visible];
        _rowWeights = new double[mostRows];
        _values = new double[mostRows];
        _team = new ThreadTeam(threads);
        Model = new MomentSums(visible, hidden, _team, level);
        WeightGradient = new double[(long)visible * hidden];
        VisibleGradient = new double[visible];
        HiddenGradient = new double[hidden];
    }

    /// <summary>Moments under the model.</summary>
    public MomentSums Model { get; }

    /// <summary>d log-likelihood / dW, row-major [visible, hidden].</summary>
    public double[] WeightGradient { get; }

    /// <summary>d log-likelihood / da.</summary>
    public double[] VisibleGradient { get; }

    /// <summary>d log-likelihood / db.</summary>
    public double[] HiddenGradient { get; }

    /// <summary>Takes over a model in double precision, and forgets all rows.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="visibleBias">Visible biases.</param>
    /// <param name="hiddenBias">Hidden biases.</param>
    public void Load(ReadOnlySpan<double> weights, ReadOnlySpan<double> visibleBias, ReadOnlySpan<double> hiddenBias)
    {
        Model.Tables.Load(weights, visibleBias, hiddenBias);
        visibleBias.CopyTo(_visibleBias);
        hiddenBias.CopyTo(_hiddenBias.Span);
        for (int i = 0; i < _visible; i++)
        {
            weights.Slice(i * _hidden, _hidden).CopyTo(_weights.Span[(i * _stride)..]);
        }

        Forget();
    }

    /// <summary>Takes over a model in single precision, and forgets all rows.</summary>
    /// <param name="weights">[visible, hidden].</param>
    /// <param name="visibleBias">Visible biases.</param>
    /// <param name="hiddenBias">Hidden biases.</param>
    public void Load(Matrix weights, ReadOnlySpan<float> visibleBias, ReadOnlySpan<float> hiddenBias)
    {
        Model.Tables.Load(weights, visibleBias, hiddenBias);
        EnumerationTables.Widen(visibleBias, _visibleBias);
        EnumerationTables.Widen(hiddenBias, _hiddenBias.Span);
        for (int i = 0; i < _visible; i++)
        {
            EnumerationTables.Widen(weights.Row(i), _weights.Span[(i * _stride)..]);
        }

        Forget();
    }

    /// <summary>Adds rows.</summary>
    /// <param name="rows">Visible states; the first <paramref name="count"/> rows count.</param>
    /// <param name="count">From 1 to the most rows.</param>
    /// <param name="rowWeights">A weight a row, or empty for 1 each.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public void Add(BitMatrix rows, int count, ReadOnlySpan<float> rowWeights)
    {
        for (int row = 0; row < count; row++)
        {
            double weight = rowWeights.IsEmpty ? 1 : rowWeights[row];
            if (!(weight >= 0 && double.IsFinite(weight)))
            {
                Throw.Argument(nameof(rowWeights), "finite weights of 0 or more", $"{weight.ToString(System.Globalization.CultureInfo.InvariantCulture)} at row {row}");
            }

            _rowWeights[row] = weight;
        }

        _rows = rows;
        _count = count;
        Together(summing: false);
        Together(summing: true);
        for (int row = 0; row < count; row++)
        {
            _total += _rowWeights[row];
            _value += _rowWeights[row] * _values[row];
        }

        _rows = null;
    }

    /// <summary>Computes the moments under the model and the gradient.</summary>
    /// <param name="progress">Told the share of the enumeration that is done; or null.</param>
    /// <param name="cancellation">Stops; the gradient is then as before.</param>
    /// <returns>The weighted mean of log p(v) over the rows, in nats a row.</returns>
    /// <exception cref="ArgumentException">The weights of the rows sum to nothing, or an energy is too large for their sum.</exception>
    public double Finish(IProgress<double>? progress, CancellationToken cancellation)
    {
        if (!(_total > 0))
        {
            Throw.Argument("rowWeights", "weights that sum to more than 0", "0");
        }

        Model.Compute(progress, cancellation);
        double inverse = 1 / _total;
        for (int i = 0; i < _visible; i++)
        {
            VisibleGradient[i] = (_visibleSums[i] * inverse) - Model.VisibleMeans[i];
            ReadOnlySpan<double> data = _products.Span.Slice(i * _stride, _hidden);
            for (int j = 0; j < _hidden; j++)
            {
                WeightGradient[(i * _hidden) + j] = (data[j] * inverse) - Model.Products[(i * _hidden) + j];
            }
        }

        for (int j = 0; j < _hidden; j++)
        {
            HiddenGradient[j] = (_hiddenSums.Span[j] * inverse) - Model.HiddenMeans[j];
        }

        double likelihood = (_value * inverse) - Model.LogPartitionFunction;
        if (!double.IsFinite(likelihood))
        {
            Throw.Argument("rows", "free energies whose sum is below 1.8e308", "a sum beyond the range of doubles");
        }

        return likelihood;
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        if (_summing)
        {
            // The words of visible units, and after them the hidden means.
            (int first, int end) = ThreadTeam.Share(_rows!.WordsPerRow + 1, member, members);
            Sum(first, end);
            return;
        }

        (int firstRow, int endRow) = ThreadTeam.Share(_count, member, members);
        for (int row = firstRow; row < endRow; row++)
        {
            _values[row] = Conditional(_rows!.Row(row), _means.DangerousGetPointer() + ((nint)row * _stride));
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _team.Dispose();

    private void Together(bool summing)
    {
        _summing = summing;
        if ((long)_count * _visible * _hidden >= LeastWorkForThreads)
        {
            _team.Run(this);
        }
        else
        {
            Run(0, 1);
        }
    }

    private void Forget()
    {
        _products.Span.Clear();
        _hiddenSums.Span.Clear();
        Array.Clear(_visibleSums);
        _total = 0;
        _value = 0;
    }

    /// <summary>Finds the hidden means of a row; returns -F(v).</summary>
    private double Conditional(ReadOnlySpan<ulong> row, double* means)
    {
        Span<double> inputs = new(means, _stride);
        _hiddenBias.Span.CopyTo(inputs);
        double value = 0;
        for (int word = 0; word < row.Length; word++)
        {
            for (ulong bits = row[word]; bits != 0; bits &= bits - 1)
            {
                int unit = (64 * word) + BitOperations.TrailingZeroCount(bits);
                value += _visibleBias[unit];
                StateWeights.Add(_level, _weights.DangerousGetPointer() + ((nint)unit * _stride), 1, means, _stride);
            }
        }

        for (int j = 0; j < _hidden; j++)
        {
            double exponential = DoubleMath.Exp(-Math.Abs(inputs[j]));
            value += Math.Max(inputs[j], 0) + DoubleMath.Log1p(exponential);
            inputs[j] = (inputs[j] < 0 ? exponential : 1) / (1 + exponential);
        }

        return value;
    }

    private void Sum(int first, int end)
    {
        int words = Math.Min(end, _rows!.WordsPerRow);
        for (int row = 0; row < _count; row++)
        {
            ReadOnlySpan<ulong> states = _rows.Row(row);
            double weight = _rowWeights[row];
            double* means = _means.DangerousGetPointer() + ((nint)row * _stride);
            for (int word = first; word < words; word++)
            {
                for (ulong bits = states[word]; bits != 0; bits &= bits - 1)
                {
                    int unit = (64 * word) + BitOperations.TrailingZeroCount(bits);
                    _visibleSums[unit] += weight;
                    StateWeights.Add(_level, means, weight, _products.DangerousGetPointer() + ((nint)unit * _stride), _stride);
                }
            }

            if (end > words)
            {
                StateWeights.Add(_level, means, weight, _hiddenSums.DangerousGetPointer(), _stride);
            }
        }
    }
}
