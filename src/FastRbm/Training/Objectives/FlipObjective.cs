using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Training.Objectives;

/// <summary>Objectives of the form mean over rows v of sum_i phi(d_i), d_i = F(v) - F(v with unit i flipped), and their gradients.</summary>
/// <remarks>
/// <para>Three passes with a barrier after each: rows (inputs of the hidden units and their sigmoids), blocks of visible units (d, phi and
/// the coefficients phi'(d) of all their flips), tiles of hidden units (the gradient sum_i phi'(d_i) (dF(v) - dF(v^i))). Every sum has one
/// order, so that threads and vector widths can't be seen.</para>
/// <para>Inputs are the exact fixed-point sums, rounded to float; exponentials and sigmoids are floats, d and the objective doubles of
/// them. Owns its memory, about rows x (8 visible + 36 hidden) + threads x 260 hidden bytes; a call allocates nothing. One call at a
/// time.</para>
/// </remarks>
/// <typeparam name="TTerm">phi.</typeparam>
internal abstract unsafe class FlipObjective<TTerm> : IMinibatchObjective
    where TTerm : struct, IFlipTerm
{
    /// <summary>Below this many row x weight products a second thread costs more than it saves.</summary>
    private const long LeastWorkForThreads = 1 << 17;

    /// <summary>Visible units whose exponentials a thread keeps at a time, while all rows pass over them.</summary>
    private const int BlockUnits = 16;

    /// <summary>An input whose sigmoid is 0.</summary>
    private const float NoInput = -200f;

    private readonly Rbm _rbm;
    private readonly int _mostRows;
    private readonly int _visible;
    private readonly int _hidden;
    private readonly int _padded;
    private readonly ThreadTeam _team;
    private readonly RowPass _rowPass;
    private readonly UnitPass _unitPass;
    private readonly TilePass _tilePass;
    private readonly Scratch[] _scratch;
    private readonly Matrix _inputs;
    private readonly double[] _on;
    private readonly double[] _off;
    private readonly AlignedBuffer<float> _panels;
    private readonly AlignedBuffer<int> _order;
    private readonly AlignedBuffer<float> _coefficients;
    private readonly AlignedBuffer<int> _offCounts;
    private readonly AlignedBuffer<int> _strong;
    private readonly double[] _shares;
    private readonly double[] _values;

    private BitMatrix? _rows;
    private Matrix? _visibleBias;
    private Matrix? _weights;
    private Matrix? _hiddenBias;
    private int _count;

    /// <summary>Allocates everything that calls need.</summary>
    private protected FlipObjective(Rbm rbm, int mostRows, int threads)
    {
        Throw.IfLess(mostRows, 1);
        Throw.IfLess(threads, 1);
        if (rbm.Visible.Kind != UnitKind.Binary || rbm.Hidden.Kind != UnitKind.Binary)
        {
            Throw.Argument(nameof(rbm), "binary units", $"{rbm.Visible.Name} and {rbm.Hidden.Name} units");
        }

        _rbm = rbm;
        _mostRows = mostRows;
        _visible = rbm.Visible.Count;
        _hidden = rbm.Hidden.Count;
        _padded = (_hidden + 7) / 8 * 8;
        _team = new ThreadTeam((long)mostRows * _visible * _hidden < LeastWorkForThreads ? 1 : threads);
        _inputs = new Matrix(mostRows, _hidden);
        _on = new double[(long)mostRows * _padded];
        _off = new double[(long)mostRows * _padded];
        _panels = new AlignedBuffer<float>((long)Tiles * mostRows * FlipGradient.PanelRow);
        _order = new AlignedBuffer<int>((long)_visible * mostRows);
        _coefficients = new AlignedBuffer<float>((long)_visible * mostRows);
        _offCounts = new AlignedBuffer<int>(_visible);
        _strong = new AlignedBuffer<int>(_visible);
        _shares = new double[mostRows];
        _values = new double[_visible];
        _scratch = new Scratch[_team.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new Scratch(
                new float[_hidden], new double[2 * BlockUnits * _padded], new double[BlockUnits * mostRows],
                new AlignedBuffer<int>(HalfStep.ScratchLength(_visible, mostRows)));
        }

        _rowPass = new RowPass(this);
        _unitPass = new UnitPass(this);
        _tilePass = new TilePass(this);
    }

    /// <summary>The vector width, which doesn't change the result.</summary>
    internal SimdLevel Level { get; set; } = SimdSelection.Current;

    private int Tiles => (_hidden + FlipGradient.TileColumns - 1) / FlipGradient.TileColumns;

    /// <inheritdoc/>
    public double Gradient(BitMatrix rows, int count, ReadOnlySpan<float> rowWeights, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        Check(rows, count, weights, visibleBias, hiddenBias);
        RowShares.Set(rowWeights, _shares.AsSpan(0, count));
        _rows = rows;
        _count = count;
        _weights = weights;
        _visibleBias = visibleBias;
        _hiddenBias = hiddenBias;
        _team.Run(_rowPass);
        _team.Run(_unitPass);
        _team.Run(_tilePass);
        double sum = 0;
        foreach (double value in _values)
        {
            sum += value;
        }

        return sum;
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        _team.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Check(BitMatrix rows, int count, Matrix weights, Matrix visibleBias, Matrix hiddenBias)
    {
        Throw.IfLess(count, 1);
        if (count > _mostRows || count > rows.Rows)
        {
            Throw.OutOfRange(nameof(count), $"at most {Math.Min(_mostRows, rows.Rows)} rows", count);
        }

        Throw.IfLengthDiffers(rows.Columns, _visible, nameof(rows));
        CheckShape(weights, _visible, _hidden, nameof(weights));
        CheckShape(visibleBias, 1, _visible, nameof(visibleBias));
        CheckShape(hiddenBias, 1, _hidden, nameof(hiddenBias));
    }

    private static void CheckShape(Matrix matrix, int rows, int columns, string name)
    {
        if (matrix.Rows != rows || matrix.Columns != columns)
        {
            Throw.Argument(name, $"{rows} x {columns}", $"{matrix.Rows} x {matrix.Columns}");
        }
    }

    private void ComputeRows(int first, int end, Scratch scratch)
    {
        HalfStepArguments arguments = _rbm.HalfStepFrom(toHidden: true);
        arguments.Source = _rows!.DangerousGetPointer();
        arguments.SourceWords = _rows.WordsPerRow;
        arguments.Inputs = _inputs.DangerousGetPointer();
        arguments.InputStride = _inputs.Stride;
        HalfStep.Run(Level, arguments, first, end, scratch.Lists.DangerousGetPointer());
        Span<float> values = scratch.Values;
        for (int row = first; row < end; row++)
        {
            ReadOnlySpan<float> inputs = _inputs.Row(row);
            Scatter(row, 3, inputs, NoInput);
            ElementaryKernels.Sigmoid(Level, inputs, values);
            Scatter(row, 0, values, 0f);
            Widen(values, _on.AsSpan(row * _padded, _padded), 0.0);
            for (int j = 0; j < values.Length; j++)
            {
                values[j] = -inputs[j];
            }

            ElementaryKernels.Sigmoid(Level, values, values);
            Scatter(row, 1, values, 1f);
            Widen(values, _off.AsSpan(row * _padded, _padded), 1.0);
        }
    }

    private void Scatter(int row, int part, ReadOnlySpan<float> values, float padding)
    {
        for (int tile = 0; tile < Tiles; tile++)
        {
            int start = (((tile * _mostRows) + row) * FlipGradient.PanelRow) + (part * FlipGradient.TileColumns);
            Span<float> target = _panels.Span.Slice(start, FlipGradient.TileColumns);
            ReadOnlySpan<float> source = values[(tile * FlipGradient.TileColumns)..];
            int there = Math.Min(source.Length, target.Length);
            source[..there].CopyTo(target);
            target[there..].Fill(padding);
        }
    }

    private static void Widen(ReadOnlySpan<float> source, Span<double> target, double padding)
    {
        for (int j = 0; j < source.Length; j++)
        {
            target[j] = source[j];
        }

        target[source.Length..].Fill(padding);
    }

    /// <summary>Differences, terms and coefficients of a block of units in all rows.</summary>
    private void ComputeUnits(int first, int end, Scratch scratch)
    {
        float largest = 0;
        for (int unit = first; unit < end; unit++)
        {
            float own = Largest(_rbm.WeightMatrix.Row(unit));
            bool strong = own > FlipGradient.MostWeight;
            _strong.Span[unit] = strong ? 1 : 0;
            largest = strong ? largest : Math.Max(largest, own);
            SetTable(unit - first, strong, _rbm.WeightMatrix.Row(unit), scratch);
        }

        int octets = FlipProduct.OctetsAtOnce(largest);
        for (int row = 0; row < _count; row++)
        {
            for (int unit = first; unit < end; unit += FlipProduct.MostFlips)
            {
                SetDifferences(row, unit, Math.Min(unit + FlipProduct.MostFlips, end), first, octets, scratch);
            }
        }

        for (int unit = first; unit < end; unit++)
        {
            SetList(unit, scratch.Differences.AsSpan((unit - first) * _mostRows, _count));
        }
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }

    /// <summary>exp(w) and exp(-w) of one unit, for flips on and off. A strong unit's are 1, and not used.</summary>
    private void SetTable(int place, bool strong, ReadOnlySpan<float> weights, Scratch scratch)
    {
        Span<float> values = scratch.Values;
        for (int sign = 0; sign < 2; sign++)
        {
            for (int j = 0; j < values.Length; j++)
            {
                values[j] = strong ? 0 : sign == 0 ? weights[j] : -weights[j];
            }

            ElementaryKernels.Exp(Level, values, values);
            Widen(values, scratch.Table.AsSpan(((2 * place) + sign) * _padded, _padded), 0.0);
        }
    }

    private void SetDifferences(int row, int unit, int end, int first, int octets, Scratch scratch)
    {
        Span<int> starts = stackalloc int[FlipProduct.MostFlips];
        Span<double> logs = stackalloc double[FlipProduct.MostFlips];
        ReadOnlySpan<ulong> states = _rows!.Row(row);
        int flips = end - unit;
        for (int u = 0; u < flips; u++)
        {
            starts[u] = ((2 * (unit + u - first)) + IsOn(states, unit + u)) * _padded;
        }

        FlipProduct.Logs(
            Level, _on.AsSpan(row * _padded, _padded), _off.AsSpan(row * _padded, _padded), scratch.Table, starts[..flips], octets, logs[..flips]);
        for (int u = 0; u < flips; u++)
        {
            double sign = IsOn(states, unit + u) != 0 ? -1 : 1;
            double sum = _strong.Span[unit + u] != 0 ? StrongSum(row, unit + u, sign) : logs[u];
            scratch.Differences[((unit + u - first) * _mostRows) + row] = (sign * _rbm.Visible.Bias[unit + u]) + sum;
        }
    }

    private double StrongSum(int row, int unit, double sign)
    {
        ReadOnlySpan<float> inputs = _inputs.Row(row);
        ReadOnlySpan<float> weights = _rbm.WeightMatrix.Row(unit);
        double sum = 0;
        for (int j = 0; j < inputs.Length; j++)
        {
            sum += DoubleMath.Softplus(inputs[j] + (sign * weights[j])) - DoubleMath.Softplus(inputs[j]);
        }

        return sum;
    }

    private static int IsOn(ReadOnlySpan<ulong> states, int unit) => (int)(states[unit >> 6] >> (unit & 63) & 1);

    /// <summary>Lists the rows of a unit, first those where it is off, with the slopes of their terms; sums its terms and its bias.</summary>
    private void SetList(int unit, ReadOnlySpan<double> differences)
    {
        Span<int> order = _order.Span.Slice(unit * _mostRows, _count);
        Span<float> coefficients = _coefficients.Span.Slice(unit * _mostRows, _count);
        double sum = 0;
        double bias = 0;
        int k = 0;
        for (int state = 0; state < 2; state++)
        {
            for (int row = 0; row < _count; row++)
            {
                if (IsOn(_rows!.Row(row), unit) != state)
                {
                    continue;
                }

                TTerm.Evaluate(differences[row], out double value, out double slope);
                double coefficient = _shares[row] * slope;
                order[k] = row;
                coefficients[k] = (float)coefficient;
                sum += _shares[row] * value;
                bias += state == 0 ? coefficient : -coefficient;
                k++;
            }

            if (state == 0)
            {
                _offCounts.Span[unit] = k;
            }
        }

        _values[unit] = sum;
        _visibleBias!.Row(0)[unit] = (float)bias;
    }

    private sealed record Scratch(float[] Values, double[] Table, double[] Differences, AlignedBuffer<int> Lists);

    private sealed class RowPass(FlipObjective<TTerm> owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._count, member, members);
            owner.ComputeRows(first, end, owner._scratch[member]);
        }
    }

    private sealed class UnitPass(FlipObjective<TTerm> owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            int blocks = (owner._visible + BlockUnits - 1) / BlockUnits;
            (int first, int end) = ThreadTeam.Share(blocks, member, members);
            for (int block = first; block < end; block++)
            {
                owner.ComputeUnits(block * BlockUnits, Math.Min((block + 1) * BlockUnits, owner._visible), owner._scratch[member]);
            }
        }
    }

    private sealed class TilePass(FlipObjective<TTerm> owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            FlipGradientArguments arguments = new()
            {
                Weights = owner._rbm.WeightMatrix.DangerousGetPointer(),
                WeightStride = owner._rbm.WeightMatrix.Stride,
                Units = owner._visible,
                Rows = owner._count,
                Panels = owner._panels.DangerousGetPointer(),
                PanelRows = owner._mostRows,
                Order = owner._order.DangerousGetPointer(),
                Coefficients = owner._coefficients.DangerousGetPointer(),
                ListStride = owner._mostRows,
                OffCounts = owner._offCounts.DangerousGetPointer(),
                Strong = owner._strong.DangerousGetPointer(),
                Gradient = owner._weights!.DangerousGetPointer(),
                GradientStride = owner._weights.Stride,
                HiddenGradient = owner._hiddenBias!.DangerousGetPointer(),
            };
            (int first, int end) = ThreadTeam.Share(owner.Tiles, member, members);
            FlipGradient.Run(owner.Level, in arguments, first, end);
        }
    }
}
