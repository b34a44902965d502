namespace FastRbm.Reference;

/// <summary>
/// A deep Boltzmann machine of a few binary units by the book, in doubles: E(x) = -sum_l b_l.x_l - sum_l x_l' W_l x_(l+1), every
/// probability by enumeration of all layers.
/// </summary>
public sealed class ReferenceDeep
{
    private readonly double[][,] _weights;
    private readonly double[][] _bias;
    private readonly double[] _joint;

    /// <summary>Makes a machine.</summary>
    /// <param name="weights">W_l [units of layer l, units of layer l + 1].</param>
    /// <param name="bias">b_l, a layer each.</param>
    public ReferenceDeep(double[][,] weights, double[][] bias)
    {
        _weights = weights;
        _bias = bias;
        Layers = [.. bias.Select(static b => b.Length)];
        Units = Layers.Sum();
        double[] minusEnergies = [.. Enumerable.Range(0, 1 << Units).Select(state => -Energy(Split(state)))];
        LogPartitionFunction = ReferenceMath.LogSumExp(minusEnergies);
        _joint = Array.ConvertAll(minusEnergies, e => Math.Exp(e - LogPartitionFunction));
    }

    /// <summary>Units of each layer.</summary>
    public int[] Layers { get; }

    /// <summary>Units of all layers.</summary>
    public int Units { get; }

    /// <summary>log Z.</summary>
    public double LogPartitionFunction { get; }

    /// <summary>W_l.</summary>
    public double[,] Weights(int layer) => _weights[layer];

    /// <summary>b_l.</summary>
    public double[] Bias(int layer) => _bias[layer];

    /// <summary>The probability of a state of all layers: bits of layer 0 lowest.</summary>
    public double Probability(int state) => _joint[state];

    /// <summary>E of values of all layers, states or means.</summary>
    public double Energy(double[][] layers)
    {
        double energy = 0;
        for (int l = 0; l < Layers.Length; l++)
        {
            for (int i = 0; i < Layers[l]; i++)
            {
                energy -= _bias[l][i] * layers[l][i];
                for (int j = 0; l + 1 < Layers.Length && j < Layers[l + 1]; j++)
                {
                    energy -= layers[l][i] * _weights[l][i, j] * layers[l + 1][j];
                }
            }
        }

        return energy;
    }

    /// <summary>The layers of a state number.</summary>
    public double[][] Split(int state)
    {
        double[][] layers = new double[Layers.Length][];
        int at = 0;
        for (int l = 0; l < Layers.Length; l++)
        {
            layers[l] = [.. Enumerable.Range(at, Layers[l]).Select(bit => (double)((state >> bit) & 1))];
            at += Layers[l];
        }

        return layers;
    }

    /// <summary>The state number of layers.</summary>
    public static int Join(double[][] layers) =>
        layers.SelectMany(static layer => layer).Select(static (value, bit) => value > 0.5 ? 1 << bit : 0).Sum();

    /// <summary>The number of the states of one layer within a state number.</summary>
    public int Part(int state, int layer) => (state >> Layers.Take(layer).Sum()) & ((1 << Layers[layer]) - 1);

    /// <summary>p(v) for every v.</summary>
    public double[] VisibleProbabilities()
    {
        double[] p = new double[1 << Layers[0]];
        for (int state = 0; state < _joint.Length; state++)
        {
            p[Part(state, 0)] += _joint[state];
        }

        return p;
    }

    /// <summary>log p(v).</summary>
    public double LogLikelihood(int visible) => Math.Log(VisibleProbabilities()[visible]);

    /// <summary>The input of each unit of a layer from its neighbours, its bias included.</summary>
    public double[] Inputs(double[][] layers, int layer)
    {
        double[] inputs = (double[])_bias[layer].Clone();
        for (int j = 0; j < inputs.Length; j++)
        {
            for (int i = 0; layer > 0 && i < Layers[layer - 1]; i++)
            {
                inputs[j] += layers[layer - 1][i] * _weights[layer - 1][i, j];
            }

            for (int k = 0; layer + 1 < Layers.Length && k < Layers[layer + 1]; k++)
            {
                inputs[j] += _weights[layer][j, k] * layers[layer + 1][k];
            }
        }

        return inputs;
    }

    /// <summary>p(to | from) of one half of alternate-layer Gibbs sampling: the layers of a parity are drawn given the others.</summary>
    public double HalfTransition(int from, int to, int parity)
    {
        double[][] source = Split(from);
        double[][] target = Split(to);
        double p = 1;
        for (int l = 0; l < Layers.Length; l++)
        {
            if ((l & 1) != parity)
            {
                p *= Part(from, l) == Part(to, l) ? 1 : 0;
                continue;
            }

            double[] inputs = Inputs(source, l);
            for (int i = 0; i < inputs.Length; i++)
            {
                double on = ReferenceMath.Sigmoid(inputs[i]);
                p *= target[l][i] > 0.5 ? on : 1 - on;
            }
        }

        return p;
    }

    /// <summary>p(to | from) of a sweep: all odd layers given the even ones, then all even ones given the odd ones.</summary>
    public double[,] Transitions()
    {
        int states = 1 << Units;
        double[,] odd = Half(1);
        double[,] even = Half(0);
        double[,] sweep = new double[states, states];
        for (int from = 0; from < states; from++)
        {
            for (int between = 0; between < states; between++)
            {
                double p = odd[from, between];
                for (int to = 0; p > 0 && to < states; to++)
                {
                    sweep[from, to] += p * even[between, to];
                }
            }
        }

        return sweep;
    }

    private double[,] Half(int parity)
    {
        int states = 1 << Units;
        double[,] half = new double[states, states];
        for (int from = 0; from < states; from++)
        {
            for (int to = 0; to < states; to++)
            {
                half[from, to] = HalfTransition(from, to, parity);
            }
        }

        return half;
    }

    /// <summary>Mean-field means for a visible state after sweeps from the doubled start: odd layers, then even ones; odd ones last.</summary>
    public double[][] MeanField(double[] visible, int sweeps)
    {
        double[][] means = [.. Layers.Select(static units => new double[units])];
        means[0] = visible;
        int top = Layers.Length - 1;
        for (int l = 1; l <= top; l++)
        {
            for (int j = 0; j < Layers[l]; j++)
            {
                double below = 0;
                for (int i = 0; i < Layers[l - 1]; i++)
                {
                    below += means[l - 1][i] * _weights[l - 1][i, j];
                }

                means[l][j] = ReferenceMath.Sigmoid(_bias[l][j] + (below * (l < top ? 2 : 1)));
            }
        }

        for (int half = 0; half < (2 * sweeps) + 1; half++)
        {
            for (int l = 1 + (half & 1); l <= top; l += 2)
            {
                means[l] = Array.ConvertAll(Inputs(means, l), ReferenceMath.Sigmoid);
            }
        }

        return means;
    }

    /// <summary>The bound on log p(v) + log Z of factorised means: minus the energy at the means, plus their entropy.</summary>
    public double Bound(double[][] means) =>
        means.Skip(1).SelectMany(static layer => layer).Sum(static m => m is > 0 and < 1 ? -(m * Math.Log(m)) - ((1 - m) * Math.Log(1 - m)) : 0) - Energy(means);

    /// <summary>E[x_l x_(l+1)'] under the model, of every l.</summary>
    public double[][,] Correlations()
    {
        double[][,] sums = [.. _weights.Select(static w => new double[w.GetLength(0), w.GetLength(1)])];
        for (int state = 0; state < _joint.Length; state++)
        {
            double[][] layers = Split(state);
            for (int l = 0; l + 1 < Layers.Length; l++)
            {
                for (int i = 0; i < Layers[l]; i++)
                {
                    for (int j = 0; j < Layers[l + 1]; j++)
                    {
                        sums[l][i, j] += _joint[state] * layers[l][i] * layers[l + 1][j];
                    }
                }
            }
        }

        return sums;
    }

    /// <summary>E[x_l] under the model, of every l.</summary>
    public double[][] Means()
    {
        double[][] sums = [.. Layers.Select(static units => new double[units])];
        for (int state = 0; state < _joint.Length; state++)
        {
            double[][] layers = Split(state);
            for (int l = 0; l < Layers.Length; l++)
            {
                for (int i = 0; i < Layers[l]; i++)
                {
                    sums[l][i] += _joint[state] * layers[l][i];
                }
            }
        }

        return sums;
    }
}
