using FastRbm.Kernels.Elementary;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Evaluation;

/// <summary>Means m of the visible and n of the hidden units, and the mean-field equations between them, to first, second or third order.</summary>
/// <remarks>
/// <para>With variances u = m (1 - m), s = n (1 - n), the Plefka expansion of log Z at fixed means (Georges and Yedidia 1991) is, on a
/// bipartite graph of {0,1} units, S(m) + S(n) + a.m + b.n + sum W m n + (1/2) sum W^2 u s + (2/3) sum W^3 u (1/2 - m) s (1/2 - n) + ...
/// (Gabrie, Tramel and Krzakala 2015, equation 9): the k-th term of an edge is W^k / k! times the product of the k-th central moments, and
/// no closed walk of three edges exists.</para>
/// <para>Stationary where m_i = sigmoid(a_i + sum_j W n + (1/2 - m_i) sum_j W^2 s + (2/3) (1/2 - 3 u_i) sum_j W^3 s (1/2 - n)).</para>
/// </remarks>
internal sealed class MeanFieldState
{
    private readonly RbmParameters _parameters;
    private readonly double[] _transposed;
    private readonly double[] _first;
    private readonly double[] _second;
    private readonly double[] _third;

    /// <summary>Allocates means and scratch.</summary>
    /// <param name="parameters">The model.</param>
    /// <param name="transposed">W, [hidden, visible].</param>
    public MeanFieldState(RbmParameters parameters, double[] transposed)
    {
        _parameters = parameters;
        _transposed = transposed;
        Visible = new double[parameters.Visible];
        Hidden = new double[parameters.Hidden];
        int largest = Math.Max(parameters.Visible, parameters.Hidden);
        _first = new double[largest];
        _second = new double[largest];
        _third = new double[largest];
    }

    /// <summary>m.</summary>
    public double[] Visible { get; }

    /// <summary>n.</summary>
    public double[] Hidden { get; }

    /// <summary>W as [hidden, visible].</summary>
    public static double[] Transpose(RbmParameters parameters)
    {
        double[] transposed = new double[parameters.Weights.Length];
        for (int i = 0; i < parameters.Visible; i++)
        {
            for (int j = 0; j < parameters.Hidden; j++)
            {
                transposed[(j * parameters.Visible) + i] = parameters.Weights[(i * parameters.Hidden) + j];
            }
        }

        return transposed;
    }

    /// <summary>Goes to a start: 0 from hidden means of a half, 1 all visible off, 2 all on, then random visible states.</summary>
    /// <param name="start">The number of the start.</param>
    /// <param name="seed">Seed of the random ones.</param>
    public void Start(int start, ulong seed)
    {
        RandomStream stream = new(seed, StreamPurpose.MeanFieldStart, 0, start);
        for (int i = 0; i < Visible.Length; i++)
        {
            Visible[i] = start switch { 0 => 0.5, 1 => 0, 2 => 1, _ => stream.Uniform(i) < 0.5 ? 0 : 1 };
        }

        if (start == 0)
        {
            Hidden.AsSpan().Fill(0.5);
            UpdateVisible(1, 0);
        }

        UpdateHidden(1, 0);
    }

    /// <summary>n from m.</summary>
    /// <param name="order">1, 2 or 3.</param>
    /// <param name="damping">The share of the old mean that stays.</param>
    /// <returns>The largest change.</returns>
    public double UpdateHidden(int order, double damping) => Update(order, damping, Visible, _parameters.Weights, _parameters.HiddenBias, Hidden);

    /// <summary>m from n.</summary>
    /// <inheritdoc cref="UpdateHidden(int, double)"/>
    public double UpdateVisible(int order, double damping) => Update(order, damping, Hidden, _transposed, _parameters.VisibleBias, Visible);

    /// <summary>S(m) + a.m + sum_j softplus(b_j + (mW)_j): naive mean field at the best n for this m; a lower bound on log Z for any m.</summary>
    public double LowerBound()
    {
        Span<double> inputs = _first.AsSpan(0, Hidden.Length);
        _parameters.HiddenBias.CopyTo(inputs);
        AddRows(1, Visible, _parameters.Weights, Hidden.Length);
        double sum = 0;
        for (int i = 0; i < Visible.Length; i++)
        {
            sum += Entropy(Visible[i]) + (_parameters.VisibleBias[i] * Visible[i]);
        }

        foreach (double input in inputs)
        {
            sum += DoubleMath.Softplus(input);
        }

        return sum;
    }

    /// <summary>The expansion of log Z at m and n up to an order.</summary>
    /// <param name="order">1, 2 or 3.</param>
    public double Expansion(int order)
    {
        Span<double> inputs = _first.AsSpan(0, Hidden.Length);
        _parameters.HiddenBias.CopyTo(inputs);
        AddRows(order, Visible, _parameters.Weights, Hidden.Length);
        double sum = 0;
        for (int i = 0; i < Visible.Length; i++)
        {
            sum += Entropy(Visible[i]) + (_parameters.VisibleBias[i] * Visible[i]);
        }

        for (int j = 0; j < Hidden.Length; j++)
        {
            double n = Hidden[j];
            sum += Entropy(n) + (n * inputs[j]);
            if (order > 1)
            {
                double variance = n * (1 - n);
                sum += variance * ((0.5 * _second[j]) + (order > 2 ? 2.0 / 3 * (0.5 - n) * _third[j] : 0));
            }
        }

        return sum;
    }

    private double Update(int order, double damping, double[] source, double[] weights, double[] bias, double[] target)
    {
        bias.CopyTo(_first.AsSpan());
        AddRows(order, source, weights, target.Length);
        double largest = 0;
        for (int k = 0; k < target.Length; k++)
        {
            double mean = target[k];
            double field = _first[k];
            if (order > 1)
            {
                field += (0.5 - mean) * _second[k];
            }

            if (order > 2)
            {
                field += 2.0 / 3 * (0.5 - (3 * mean * (1 - mean))) * _third[k];
            }

            double next = DoubleMath.Sigmoid(field);
            next += damping * (mean - next);
            largest = Math.Max(largest, Math.Abs(next - mean));
            target[k] = next;
        }

        return largest;
    }

    /// <summary>Adds to the first sums W x, and writes the second sums, of W^2 times variances, and the third, of W^3 times half third moments.</summary>
    private void AddRows(int order, double[] source, double[] weights, int length)
    {
        Span<double> first = _first.AsSpan(0, length);
        Span<double> second = _second.AsSpan(0, length);
        Span<double> third = _third.AsSpan(0, length);
        second.Clear();
        third.Clear();
        for (int k = 0; k < source.Length; k++)
        {
            double mean = source[k];
            ReadOnlySpan<double> row = weights.AsSpan(k * length, length);
            if (order == 1)
            {
                DoubleRows.Add(mean, row, first);
            }
            else
            {
                double variance = mean * (1 - mean);
                DoubleRows.AddPowers((mean, variance, variance * (0.5 - mean)), row, first, second, third);
            }
        }
    }

    private static double Entropy(double mean)
    {
        double off = 1 - mean;
        return (mean > 0 ? -mean * DoubleMath.Log(mean) : 0) + (off > 0 ? -off * DoubleMath.Log(off) : 0);
    }
}
