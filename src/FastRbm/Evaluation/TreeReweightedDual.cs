using FastRbm.Kernels.Elementary;
using FastRbm.Models;
using FastRbm.Threading;

namespace FastRbm.Evaluation;

/// <summary>A distribution over spanning trees, messages, and the upper bound on log Z that any such pair gives.</summary>
/// <remarks>
/// <para>Edge e = (i, j) is in a tree with probability rho_e. Messages l_e (to the visible unit) and m_e (to the hidden one) move field:
/// alpha_i = a_i + sum_j rho_e l_e, beta_j = b_j + sum_i rho_e m_e, and a tree that holds e gets (W_e / rho_e) x y - l_e x - m_e y for it.
/// Averaged over the trees this is the model again, whatever the messages.</para>
/// <para>A double star (i, j) has log Z = log sum over x, y of exp(alpha_i x + beta_j y + e's term + L_j(y) - l_ij(y) + K_i(x) - k_ij(x)), where
/// k_ij(x) is what hidden unit j adds as a leaf of i, and K_i their sum over j; l_ij(y) and L_j likewise.</para>
/// <para>Every sum runs over ascending units.</para>
/// </remarks>
internal sealed class TreeReweightedDual : ITeamTask
{
    private readonly RbmParameters _parameters;
    private readonly ThreadTeam _team;
    private readonly int _visible;
    private readonly int _hidden;
    private readonly double[] _rho;
    private readonly double[] _toVisible;
    private readonly double[] _toHidden;
    private readonly double[] _visibleOff;
    private readonly double[] _visibleOn;
    private readonly double[] _hiddenOff;
    private readonly double[] _hiddenOn;
    private readonly double[] _alpha;
    private readonly double[] _beta;
    private readonly (double Off, double On)[] _starOfVisible;
    private readonly (double Off, double On)[] _starOfHidden;
    private readonly double[] _rowSums;
    private readonly double[] _rowChanges;
    private readonly List<(SpanningTree Tree, double Share)> _trees = [];
    private (double[] Rho, double[] ToVisible, double[] ToHidden, (SpanningTree Tree, double Share)[] Trees, double Stars)? _kept;
    private double _stars = 1;
    private double _damping;
    private Pass _pass;

    /// <summary>Starts at zero messages and double stars alone.</summary>
    public TreeReweightedDual(RbmParameters parameters, ThreadTeam team)
    {
        _parameters = parameters;
        _team = team;
        _visible = parameters.Visible;
        _hidden = parameters.Hidden;
        int edges = _visible * _hidden;
        _rho = new double[edges];
        _rho.AsSpan().Fill((_visible + _hidden - 1.0) / edges);
        _toVisible = new double[edges];
        _toHidden = new double[edges];
        _visibleOff = new double[edges];
        _visibleOn = new double[edges];
        _hiddenOff = new double[edges];
        _hiddenOn = new double[edges];
        _alpha = (double[])parameters.VisibleBias.Clone();
        _beta = (double[])parameters.HiddenBias.Clone();
        _starOfVisible = new (double, double)[_visible];
        _starOfHidden = new (double, double)[_hidden];
        _rowSums = new double[_visible];
        _rowChanges = new double[_visible];
    }

    private enum Pass
    {
        Leaves,
        HiddenStars,
        ToVisible,
        ToHidden,
        HiddenFields,
        VisibleFields,
        Information,
    }

    /// <summary>The number of weights.</summary>
    public int Weights => _rho.Length;

    /// <summary>The bound of the messages before the last iteration.</summary>
    public double Bound { get; private set; }

    /// <summary>Evaluates the bound, then moves the messages to visible units, then those to hidden ones.</summary>
    /// <remarks>One side after the other: together they would take turns overshooting where one layer is much the larger.</remarks>
    /// <param name="damping">The share of the old messages that stays, below 1.</param>
    /// <returns>The largest change of a message, as a share of 1 + its size.</returns>
    public double Iterate(double damping)
    {
        _damping = damping;
        Run(Pass.Leaves);
        Run(Pass.HiddenStars);
        double bound = 0;
        foreach ((SpanningTree tree, double share) in _trees)
        {
            bound += share * tree.LogPartition(_alpha, _beta, edge => _parameters.Weights[edge] / _rho[edge], _toVisible, _toHidden);
        }

        Run(Pass.ToVisible);
        Run(Pass.ToHidden);
        Run(Pass.HiddenFields);
        double stars = 0;
        double change = 0;
        for (int i = 0; i < _visible; i++)
        {
            stars += _rowSums[i];
            change = Math.Max(change, _rowChanges[i]);
        }

        Bound = (_stars * stars / _visible / _hidden) + bound;
        return change;
    }

    /// <summary>Remembers trees and messages.</summary>
    public void Keep() =>
        _kept = ((double[])_rho.Clone(), (double[])_toVisible.Clone(), (double[])_toHidden.Clone(), [.. _trees], _stars);

    /// <summary>Goes back to what was kept.</summary>
    public void Restore()
    {
        (double[] rho, double[] toVisible, double[] toHidden, (SpanningTree, double)[] trees, double stars) = _kept!.Value;
        rho.CopyTo(_rho.AsSpan());
        toVisible.CopyTo(_toVisible.AsSpan());
        toHidden.CopyTo(_toHidden.AsSpan());
        _trees.Clear();
        _trees.AddRange(trees);
        _stars = stars;
        RebuildFields();
    }

    /// <summary>Mixes in the spanning tree whose edges have the largest mutual information: the direction in which the bound falls most.</summary>
    /// <param name="share">The tree's share, above 0 and below 1.</param>
    public void AddTree(double share)
    {
        Run(Pass.Information);
        SpanningTree tree = SpanningTree.Largest(_visibleOff, _visible, _hidden);
        foreach (ref double rho in _rho.AsSpan())
        {
            rho *= 1 - share;
        }

        foreach (int edge in tree.Edges)
        {
            _rho[edge] += share;
        }

        for (int k = 0; k < _trees.Count; k++)
        {
            _trees[k] = (_trees[k].Tree, _trees[k].Share * (1 - share));
        }

        _trees.Add((tree, share));
        _stars *= 1 - share;
        RebuildFields();
    }

    /// <inheritdoc/>
    public void Run(int member, int members)
    {
        bool columns = _pass is Pass.HiddenStars or Pass.HiddenFields;
        (int first, int end) = ThreadTeam.Share(columns ? _hidden : _visible, member, members);
        if (_pass == Pass.HiddenStars)
        {
            SumHiddenStars(first, end);
            return;
        }

        if (_pass == Pass.HiddenFields)
        {
            SumHiddenFields(first, end);
            return;
        }

        for (int i = first; i < end; i++)
        {
            switch (_pass)
            {
                case Pass.Leaves:
                    SetLeaves(i);
                    break;
                case Pass.ToVisible:
                    SumStarsAndMoveToVisible(i);
                    break;
                case Pass.ToHidden:
                    MoveToHidden(i);
                    break;
                case Pass.Information:
                    SetInformation(i);
                    break;
                default:
                    SumVisibleField(i);
                    break;
            }
        }
    }

    private void Run(Pass pass)
    {
        _pass = pass;
        _team.Run(this);
    }

    private void RebuildFields()
    {
        Run(Pass.VisibleFields);
        Run(Pass.HiddenFields);
    }

    /// <summary>What each unit adds as a leaf, for a hub that is off and on.</summary>
    private void SetLeaves(int i)
    {
        (double off, double on) = (0, 0);
        for (int j = 0, edge = i * _hidden; j < _hidden; j++, edge++)
        {
            double strength = _parameters.Weights[edge] / _rho[edge];
            double visible = _alpha[i] - _toVisible[edge];
            double hidden = _beta[j] - _toHidden[edge];
            _visibleOff[edge] = DoubleMath.Softplus(visible);
            _visibleOn[edge] = DoubleMath.Softplus(visible + strength) - _toHidden[edge];
            _hiddenOff[edge] = DoubleMath.Softplus(hidden);
            _hiddenOn[edge] = DoubleMath.Softplus(hidden + strength) - _toVisible[edge];
            off += _hiddenOff[edge];
            on += _hiddenOn[edge];
        }

        _starOfVisible[i] = (off, on);
    }

    private void SumHiddenStars(int first, int end)
    {
        Array.Clear(_starOfHidden, first, end - first);
        for (int i = 0; i < _visible; i++)
        {
            for (int j = first; j < end; j++)
            {
                int edge = (i * _hidden) + j;
                _starOfHidden[j] = (_starOfHidden[j].Off + _visibleOff[edge], _starOfHidden[j].On + _visibleOn[edge]);
            }
        }
    }

    private void SumStarsAndMoveToVisible(int i)
    {
        double sum = 0;
        double change = 0;
        double field = _parameters.VisibleBias[i];
        for (int j = 0, edge = i * _hidden; j < _hidden; j++, edge++)
        {
            // The four states of the hubs, without each other as leaves.
            double strength = _parameters.Weights[edge] / _rho[edge];
            double visibleOff = _starOfVisible[i].Off - _hiddenOff[edge];
            double visibleOn = _starOfVisible[i].On - _hiddenOn[edge] + _alpha[i] - _toVisible[edge];
            double hiddenOff = _starOfHidden[j].Off - _visibleOff[edge];
            double hiddenOn = _starOfHidden[j].On - _visibleOn[edge] + _beta[j] - _toHidden[edge];
            sum += LogSumOfFour(visibleOff + hiddenOff, visibleOn + hiddenOff, visibleOff + hiddenOn, visibleOn + hiddenOn + strength);

            double toVisible = _hiddenOn[edge] + _toVisible[edge] - _hiddenOff[edge];
            change = Math.Max(change, Move(ref _toVisible[edge], toVisible));
            field += _rho[edge] * _toVisible[edge];
        }

        _rowSums[i] = sum;
        _rowChanges[i] = change;
        _alpha[i] = field;
    }

    private void MoveToHidden(int i)
    {
        double change = _rowChanges[i];
        for (int j = 0, edge = i * _hidden; j < _hidden; j++, edge++)
        {
            double visible = _alpha[i] - _toVisible[edge];
            double toHidden = DoubleMath.Softplus(visible + (_parameters.Weights[edge] / _rho[edge])) - DoubleMath.Softplus(visible);
            change = Math.Max(change, Move(ref _toHidden[edge], toHidden));
        }

        _rowChanges[i] = change;
    }

    private double Move(ref double message, double next)
    {
        double step = (1 - _damping) * (next - message);
        message += step;
        return Math.Abs(step) / (1 + Math.Abs(next));
    }

    private static double LogSumOfFour(double a, double b, double c, double d)
    {
        double largest = Math.Max(Math.Max(a, b), Math.Max(c, d));
        return largest + DoubleMath.Log(
            DoubleMath.Exp(a - largest) + DoubleMath.Exp(b - largest) + DoubleMath.Exp(c - largest) + DoubleMath.Exp(d - largest));
    }

    private void SumVisibleField(int i)
    {
        double field = _parameters.VisibleBias[i];
        for (int j = 0, edge = i * _hidden; j < _hidden; j++, edge++)
        {
            field += _rho[edge] * _toVisible[edge];
        }

        _alpha[i] = field;
    }

    private void SumHiddenFields(int first, int end)
    {
        _parameters.HiddenBias.AsSpan(first, end - first).CopyTo(_beta.AsSpan(first));
        for (int i = 0; i < _visible; i++)
        {
            for (int j = first; j < end; j++)
            {
                int edge = (i * _hidden) + j;
                _beta[j] += _rho[edge] * _toHidden[edge];
            }
        }
    }

    /// <summary>The mutual information of the two units of each edge, by the edge's own beliefs, into the place of the leaves' tables.</summary>
    private void SetInformation(int i)
    {
        for (int j = 0, edge = i * _hidden; j < _hidden; j++, edge++)
        {
            double x = _alpha[i] - _toVisible[edge];
            double y = _beta[j] - _toHidden[edge];
            double both = x + y + (_parameters.Weights[edge] / _rho[edge]);
            double total = LogSumOfFour(0, x, y, both);
            double on = DoubleMath.Exp(both - total);
            double visible = DoubleMath.Exp(x - total) + on;
            double hidden = DoubleMath.Exp(y - total) + on;
            _visibleOff[edge] = Entropy(visible, 1 - visible) + Entropy(hidden, 1 - hidden)
                - Entropy(DoubleMath.Exp(-total), DoubleMath.Exp(x - total)) - Entropy(DoubleMath.Exp(y - total), on);
        }
    }

    private static double Entropy(double p, double q) => (p > 0 ? -p * DoubleMath.Log(p) : 0) + (q > 0 ? -q * DoubleMath.Log(q) : 0);
}
