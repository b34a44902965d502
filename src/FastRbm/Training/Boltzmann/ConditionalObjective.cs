using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Threading;

namespace FastRbm.Training.Boltzmann;

/// <summary>Pseudo-likelihood and minimum probability flow: functions of each unit's log-odds L_i given the others.</summary>
/// <remarks>
/// <code>
///   pseudo-likelihood   sum_i log sigmoid(+-L_i)            dL/dL_i = r_i = s_i - sigmoid(L_i)
///   flow, negated       - sum_i exp(-+L_i / 2)              r_i = +-1/2 exp(-+L_i / 2), the upper sign where s_i = 1
///   dL_i/dJ_ij = g x_j, dL_i/db_i = g: g = 1 for binary units, 2 for spins; so dL/dJ_ij = g (r_i x_j + r_j x_i)
/// </code>
/// L comes from the exact integer sums. Sums over rows have one stated order, so threads change nothing: dense graphs by the float product
/// R'X, whose elements are chains over ascending rows; others in double over ascending rows.
/// </remarks>
internal sealed class ConditionalObjective : IBoltzmannObjective
{
    private readonly BoltzmannMachine _machine;
    private readonly bool _flow;
    private readonly bool _spins;
    private readonly ThreadTeam _team;
    private readonly int[][] _sums;
    private readonly RowTask _rowTask;
    private readonly EdgeTask _edgeTask;
    private readonly GemmWorkspace? _products;

    // Dense graphs: rows of residuals and of states, and R'X. Others: residuals by unit.
    private readonly Matrix _residuals;
    private readonly Matrix? _values;
    private readonly Matrix? _product;
    private readonly PairMoments? _columns;
    private BitMatrix? _rows;
    private BoltzmannGradient? _gradient;
    private int _count;

    public ConditionalObjective(BoltzmannMachine machine, int batch, bool flow, ThreadTeam team)
    {
        _machine = machine;
        _flow = flow;
        _spins = machine.Kind == UnitKind.Spin;
        _team = team;
        _sums = new int[team.Members][];
        for (int member = 0; member < _sums.Length; member++)
        {
            _sums[member] = new int[machine.FixedPoint.Stride];
        }

        if (machine.Graph.IsComplete)
        {
            _residuals = new Matrix(batch, machine.Units);
            _values = new Matrix(batch, machine.Units);
            _product = new Matrix(machine.Units, machine.Units);
            _products = new GemmWorkspace(team);
        }
        else
        {
            _residuals = new Matrix(machine.Units, batch);
            _columns = new PairMoments(machine, batch);
        }

        _rowTask = new RowTask(this);
        _edgeTask = new EdgeTask(this);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, BitMatrix Values)> Chains => [];

    /// <inheritdoc/>
    public void Gradient(BitMatrix rows, int count, long update, BoltzmannGradient gradient)
    {
        _rows = rows;
        _count = count;
        _gradient = gradient;
        _columns?.Load(rows, count);
        _team.Run(_rowTask);
        if (_product is not null)
        {
            FloatGemm.Multiply(
                SimdSelection.Current, GemmLayout.TN, _products!, _residuals.AsSpan2D()[..count, ..], _values!.AsSpan2D()[..count, ..], _product.AsSpan2D());
        }

        _team.Run(_edgeTask);
    }

    /// <inheritdoc/>
    public void Restored()
    {
        // Nothing is kept from update to update.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The team is the trainer's.
    }

    private void FillRow(int row, int[] sums)
    {
        ReadOnlySpan<ulong> states = _rows!.Row(row);
        _machine.FixedPoint.Sum(SimdSelection.Current, states, sums);
        double scale = Math.ScaleB(1, -_machine.FixedPoint.BitScaleBits);
        for (int unit = 0; unit < _machine.Units; unit++)
        {
            bool up = (states[unit >> 6] >> (unit & 63) & 1) != 0;
            double logOdds = sums[unit] * scale;
            double residual = _flow
                ? up ? 0.5 * DoubleMath.Exp(-0.5 * logOdds) : -0.5 * DoubleMath.Exp(0.5 * logOdds)
                : up ? DoubleMath.Sigmoid(-logOdds) : -DoubleMath.Sigmoid(logOdds);
            if (_values is null)
            {
                _residuals[unit, row] = (float)residual;
            }
            else
            {
                _residuals[row, unit] = (float)residual;
                _values[row, unit] = up ? 1 : _spins ? -1 : 0;
            }
        }
    }

    private void FillUnit(int i)
    {
        CouplingGraph graph = _machine.Graph;
        double factor = (_spins ? 2.0 : 1.0) / _count;
        double sum = 0;
        for (int row = 0; row < _count; row++)
        {
            sum += _values is null ? _residuals[i, row] : _residuals[row, i];
        }

        _gradient!.Biases[i] = factor * sum;
        for (int edge = graph.FirstEdge(i); edge < graph.FirstEdge(i + 1); edge++)
        {
            int j = graph.SecondOf(i, edge);
            _gradient.Couplings[edge] = factor * (_product is null ? Along(i, j) + Along(j, i) : (double)_product[i, j] + _product[j, i]);
        }
    }

    /// <summary>sum over rows of r_i x_j.</summary>
    private double Along(int i, int j)
    {
        ReadOnlySpan<float> residuals = _residuals.Row(i);
        ReadOnlySpan<ulong> states = _columns!.Column(j);
        double low = _spins ? -1 : 0;
        double sum = 0;
        for (int row = 0; row < _count; row++)
        {
            sum += (states[row >> 6] >> (row & 63) & 1) != 0 ? residuals[row] : low * residuals[row];
        }

        return sum;
    }

    private sealed class RowTask(ConditionalObjective owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            (int first, int end) = ThreadTeam.Share(owner._count, member, members);
            for (int row = first; row < end; row++)
            {
                owner.FillRow(row, owner._sums[member]);
            }
        }
    }

    private sealed class EdgeTask(ConditionalObjective owner) : ITeamTask
    {
        public void Run(int member, int members)
        {
            for (int unit = member; unit < owner._machine.Units; unit += members)
            {
                owner.FillUnit(unit);
            }
        }
    }
}
