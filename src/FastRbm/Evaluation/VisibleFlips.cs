using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>sum_i log p(v_i | rest) of rows, some hundred at a time: three passes with a barrier after each.</summary>
/// <remarks>Rows to inputs and their sigmoids; blocks of visible units to -softplus(d_i) in all rows; rows to their sums over ascending i.</remarks>
internal sealed class VisibleFlips
{
    /// <summary>Rows that share the exponentials of a block of units.</summary>
    public const int RowsAtOnce = 512;

    private const int BlockUnits = 16;

    private readonly SimdLevel _level;
    private readonly RbmParameters _parameters;
    private readonly IVisibleRows _rows;
    private readonly double[] _values;
    private readonly int _padded;
    private readonly BitMatrix _states;
    private readonly double[] _on;
    private readonly double[] _off;
    private readonly double[] _terms;
    private readonly double[][] _scratch;
    private readonly double[] _largest;

    // Only where weights are beyond all exponentials.
    private readonly double[] _inputs;
    private readonly RowPass _rowPass;
    private readonly UnitPass _unitPass;
    private readonly SumPass _sumPass;
    private int _first;
    private int _count;

    /// <summary>Allocates everything.</summary>
    public VisibleFlips(SimdLevel level, RbmParameters parameters, IVisibleRows rows, double[] values, int threads)
    {
        _level = level;
        _parameters = parameters;
        _rows = rows;
        _values = values;
        _padded = (parameters.Hidden + 7) / 8 * 8;
        int most = Math.Min(RowsAtOnce, rows.Rows);
        _states = new BitMatrix(most, parameters.Visible);
        _on = new double[(long)most * _padded];
        _off = new double[(long)most * _padded];
        _terms = new double[(long)most * parameters.Visible];
        _scratch = new double[threads][];
        for (int member = 0; member < threads; member++)
        {
            _scratch[member] = new double[2L * BlockUnits * _padded];
        }

        _largest = new double[parameters.Visible];
        for (int unit = 0; unit < _largest.Length; unit++)
        {
            foreach (double weight in Weights(parameters, unit))
            {
                _largest[unit] = Math.Max(_largest[unit], Math.Abs(weight));
            }
        }

        bool anyStrong = Array.Exists(_largest, static largest => largest > FlipProduct.MostWeight);
        _inputs = anyStrong ? new double[(long)most * parameters.Hidden] : [];
        _rowPass = new RowPass(this);
        _unitPass = new UnitPass(this);
        _sumPass = new SumPass(this);
    }

    /// <summary>Computes the values of up to <see cref="RowsAtOnce"/> rows.</summary>
    public void Run(ThreadTeam team, int firstRow)
    {
        _first = firstRow;
        _count = Math.Min(RowsAtOnce, _rows.Rows - firstRow);
        team.Run(_rowPass);
        team.Run(_unitPass);
        team.Run(_sumPass);
    }

    /// <summary>b_j + sum_i v_i W_ij, ascending i.</summary>
    public static void HiddenInputs(RbmParameters parameters, ReadOnlySpan<ulong> states, Span<double> inputs)
    {
        parameters.HiddenBias.CopyTo(inputs);
        for (int unit = 0; unit < parameters.Visible; unit++)
        {
            if (IsOn(states, unit))
            {
                DoubleRows.Add(1, Weights(parameters, unit), inputs);
            }
        }
    }

    /// <summary>F(v) - F(v with a unit flipped), by softplus: for single units and for weights beyond all exponentials.</summary>
    public static double Difference(RbmParameters parameters, ReadOnlySpan<ulong> states, ReadOnlySpan<double> inputs, int unit)
    {
        ReadOnlySpan<double> weights = Weights(parameters, unit);
        double sign = IsOn(states, unit) ? -1 : 1;
        double sum = sign * parameters.VisibleBias[unit];
        for (int j = 0; j < inputs.Length; j++)
        {
            sum += DoubleMath.Softplus(inputs[j] + (sign * weights[j])) - DoubleMath.Softplus(inputs[j]);
        }

        return sum;
    }

    private static bool IsOn(ReadOnlySpan<ulong> states, int unit) => (states[unit >> 6] >> (unit & 63) & 1) != 0;

    private static ReadOnlySpan<double> Weights(RbmParameters parameters, int unit) =>
        parameters.Weights.AsSpan(unit * parameters.Hidden, parameters.Hidden);

    private void ComputeRow(int row, Span<double> inputs)
    {
        _rows.CopyBits(_first + row, _states.Row(row));
        HiddenInputs(_parameters, _states.Row(row), inputs);
        if (_inputs.Length > 0)
        {
            inputs.CopyTo(_inputs.AsSpan(row * inputs.Length));
        }

        Span<double> on = _on.AsSpan(row * _padded, _padded);
        Span<double> off = _off.AsSpan(row * _padded, _padded);
        on.Clear();
        off.Fill(1);
        for (int j = 0; j < inputs.Length; j++)
        {
            double e = DoubleMath.Exp(-Math.Abs(inputs[j]));
            double likely = 1 / (1 + e);
            double unlikely = e / (1 + e);
            on[j] = inputs[j] < 0 ? unlikely : likely;
            off[j] = inputs[j] < 0 ? likely : unlikely;
        }
    }

    private void ComputeUnits(int first, int end, double[] table)
    {
        double largest = 0;
        for (int unit = first; unit < end; unit++)
        {
            bool strong = _largest[unit] > FlipProduct.MostWeight;
            largest = strong ? largest : Math.Max(largest, _largest[unit]);
            ReadOnlySpan<double> weights = Weights(_parameters, unit);
            Span<double> rise = table.AsSpan(2 * (unit - first) * _padded, _padded);
            Span<double> fall = table.AsSpan(((2 * (unit - first)) + 1) * _padded, _padded);
            for (int j = 0; j < weights.Length; j++)
            {
                rise[j] = strong ? 1 : DoubleMath.Exp(weights[j]);
                fall[j] = strong ? 1 : DoubleMath.Exp(-weights[j]);
            }
        }

        int octets = FlipProduct.OctetsAtOnce(largest);
        for (int row = 0; row < _count; row++)
        {
            for (int unit = first; unit < end; unit += FlipProduct.MostFlips)
            {
                ComputeTerms(row, first, unit, Math.Min(unit + FlipProduct.MostFlips, end), octets, table);
            }
        }
    }

    private void ComputeTerms(int row, int firstOfBlock, int first, int end, int octets, double[] table)
    {
        Span<int> starts = stackalloc int[FlipProduct.MostFlips];
        Span<double> logs = stackalloc double[FlipProduct.MostFlips];
        ReadOnlySpan<ulong> states = _states.Row(row);
        for (int unit = first; unit < end; unit++)
        {
            starts[unit - first] = ((2 * (unit - firstOfBlock)) + (IsOn(states, unit) ? 1 : 0)) * _padded;
        }

        FlipProduct.Logs(
            _level, _on.AsSpan(row * _padded, _padded), _off.AsSpan(row * _padded, _padded), table, starts[..(end - first)], octets,
            logs[..(end - first)]);
        for (int unit = first; unit < end; unit++)
        {
            double bias = IsOn(states, unit) ? -_parameters.VisibleBias[unit] : _parameters.VisibleBias[unit];
            double difference = bias + logs[unit - first];
            if (_largest[unit] > FlipProduct.MostWeight)
            {
                difference = Difference(_parameters, states, _inputs.AsSpan(row * _parameters.Hidden, _parameters.Hidden), unit);
            }

            _terms[(row * _parameters.Visible) + unit] = -DoubleMath.Softplus(difference);
        }
    }

    private void Sum(int row)
    {
        double sum = 0;
        foreach (double term in _terms.AsSpan(row * _parameters.Visible, _parameters.Visible))
        {
            sum += term;
        }

        _values[_first + row] = sum;
    }

    private sealed class RowPass(VisibleFlips owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._count, member, members);
            for (int row = first; row < end; row++)
            {
                owner.ComputeRow(row, owner._scratch[member].AsSpan(0, owner._parameters.Hidden));
            }
        }
    }

    private sealed class UnitPass(VisibleFlips owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            // A last, partial row of the scratch must not keep what the rows' inputs left in its padding.
            owner._scratch[member].AsSpan().Clear();
            int blocks = (owner._parameters.Visible + BlockUnits - 1) / BlockUnits;
            (int first, int end) = ThreadTeam.Share(blocks, member, members);
            for (int block = first; block < end; block++)
            {
                owner.ComputeUnits(block * BlockUnits, Math.Min((block + 1) * BlockUnits, owner._parameters.Visible), owner._scratch[member]);
            }
        }
    }

    private sealed class SumPass(VisibleFlips owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._count, member, members);
            for (int row = first; row < end; row++)
            {
                owner.Sum(row);
            }
        }
    }
}
