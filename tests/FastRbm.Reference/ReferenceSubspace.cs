namespace FastRbm.Reference;

/// <summary>
/// A subspace RBM in naive doubles: E(x,h,S) = -sum_ijk W_ijk x_i h_j s_jk - b.x - c.h - sum_jk D_jk h_j s_jk, all units binary.
/// </summary>
/// <remarks>
/// States of the subspace units are numbered j K + k. Everything is a sum over states as the definition has it; the closed forms are for the
/// tests to compare with. Source: Tomczak and Gonczarek, "Learning invariant features using subspace restricted Boltzmann machine" (2017).
/// </remarks>
public sealed partial class ReferenceSubspace
{
    private readonly double[,,] _weights;
    private readonly double[] _visibleBias;
    private readonly double[] _gateBias;
    private readonly double[,] _subspaceBias;

    /// <summary>Copies the parameters.</summary>
    /// <param name="weights">W [visible, gates, subspaces].</param>
    /// <param name="visibleBias">b.</param>
    /// <param name="gateBias">c.</param>
    /// <param name="subspaceBias">D [gates, subspaces].</param>
    public ReferenceSubspace(double[,,] weights, double[] visibleBias, double[] gateBias, double[,] subspaceBias)
    {
        if (weights.GetLength(0) != visibleBias.Length || weights.GetLength(1) != gateBias.Length
            || subspaceBias.GetLength(0) != gateBias.Length || subspaceBias.GetLength(1) != weights.GetLength(2))
        {
            throw new ArgumentException("Shapes differ.", nameof(weights));
        }

        _weights = (double[,,])weights.Clone();
        _visibleBias = (double[])visibleBias.Clone();
        _gateBias = (double[])gateBias.Clone();
        _subspaceBias = (double[,])subspaceBias.Clone();
    }

    /// <summary>D.</summary>
    public int Visible => _visibleBias.Length;

    /// <summary>M.</summary>
    public int Gates => _gateBias.Length;

    /// <summary>K.</summary>
    public int Subspaces => _subspaceBias.GetLength(1);

    /// <summary>All parameters in one row: W by i, j, k, then b, c, and D by j, k.</summary>
    public double[] Parameters => [.. _weights.Cast<double>(), .. _visibleBias, .. _gateBias, .. _subspaceBias.Cast<double>()];

    /// <summary>A model of the same size with other parameters, in the same order.</summary>
    public ReferenceSubspace With(double[] parameters)
    {
        double[,,] weights = new double[Visible, Gates, Subspaces];
        double[] visibleBias = new double[Visible];
        double[] gateBias = new double[Gates];
        double[,] subspaceBias = new double[Gates, Subspaces];
        int next = 0;
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Gates; j++)
            {
                for (int k = 0; k < Subspaces; k++)
                {
                    weights[i, j, k] = parameters[next++];
                }
            }
        }

        for (int i = 0; i < Visible; i++)
        {
            visibleBias[i] = parameters[next++];
        }

        for (int j = 0; j < Gates; j++)
        {
            gateBias[j] = parameters[next++];
        }

        for (int j = 0; j < Gates; j++)
        {
            for (int k = 0; k < Subspaces; k++)
            {
                subspaceBias[j, k] = parameters[next++];
            }
        }

        return new ReferenceSubspace(weights, visibleBias, gateBias, subspaceBias);
    }

    /// <summary>W_ijk.</summary>
    public double Weight(int visible, int gate, int subspace) => _weights[visible, gate, subspace];

    /// <summary>b_i.</summary>
    public double VisibleBias(int visible) => _visibleBias[visible];

    /// <summary>c_j.</summary>
    public double GateBias(int gate) => _gateBias[gate];

    /// <summary>D_jk.</summary>
    public double SubspaceBias(int gate, int subspace) => _subspaceBias[gate, subspace];

    /// <summary>The number of a subspace unit: j K + k.</summary>
    public int Unit(int gate, int subspace) => (gate * Subspaces) + subspace;

    /// <summary>E(x,h,S), term by term.</summary>
    public double Energy(bool[] x, bool[] h, bool[] s)
    {
        double energy = 0;
        for (int i = 0; i < Visible; i++)
        {
            energy -= x[i] ? _visibleBias[i] : 0;
        }

        for (int j = 0; j < Gates; j++)
        {
            energy -= h[j] ? _gateBias[j] : 0;
            for (int k = 0; k < Subspaces; k++)
            {
                energy -= h[j] && s[Unit(j, k)] ? _subspaceBias[j, k] : 0;
                for (int i = 0; i < Visible; i++)
                {
                    energy -= x[i] && h[j] && s[Unit(j, k)] ? _weights[i, j, k] : 0;
                }
            }
        }

        return energy;
    }

    /// <summary>F(x) = -log sum over h and S of exp(-E(x,h,S)), by the states.</summary>
    public double FreeEnergyByStates(bool[] x) => -ReferenceMath.LogSumExp(
        [.. BinaryStates.All(Gates).SelectMany(h => BinaryStates.All(Gates * Subspaces).Select(s => -Energy(x, h, s)))]);

    /// <summary>F(x) = -b.x - sum_j (K log 2 + softplus(c_j - K log 2 + sum_k softplus(I_jk))).</summary>
    public double FreeEnergy(bool[] x)
    {
        double energy = 0;
        for (int i = 0; i < Visible; i++)
        {
            energy -= x[i] ? _visibleBias[i] : 0;
        }

        for (int j = 0; j < Gates; j++)
        {
            energy -= (Subspaces * Math.Log(2)) + ReferenceMath.Softplus(GateInput(x, j));
        }

        return energy;
    }

    /// <summary>log Z, by the states of x.</summary>
    public double LogPartitionFunction() => ReferenceMath.LogSumExp([.. BinaryStates.All(Visible).Select(x => -FreeEnergyByStates(x))]);

    /// <summary>p(x) of every x, in the order of the masks.</summary>
    public double[] VisibleProbabilities()
    {
        double logZ = LogPartitionFunction();
        return [.. BinaryStates.All(Visible).Select(x => Math.Exp(-FreeEnergyByStates(x) - logZ))];
    }

    /// <summary>I_jk = D_jk + sum_i W_ijk x_i.</summary>
    public double SubspaceInput(bool[] x, int gate, int subspace)
    {
        double input = _subspaceBias[gate, subspace];
        for (int i = 0; i < Visible; i++)
        {
            input += x[i] ? _weights[i, gate, subspace] : 0;
        }

        return input;
    }

    /// <summary>c_j - K log 2 + sum_k softplus(I_jk).</summary>
    public double GateInput(bool[] x, int gate)
    {
        double input = _gateBias[gate] - (Subspaces * Math.Log(2));
        for (int k = 0; k < Subspaces; k++)
        {
            input += ReferenceMath.Softplus(SubspaceInput(x, gate, k));
        }

        return input;
    }

    /// <summary>p(h_j = 1 | x).</summary>
    public double MeanGate(bool[] x, int gate) => ReferenceMath.Sigmoid(GateInput(x, gate));

    /// <summary>p(s_jk = 1 | x,h_j) = sigmoid(h_j I_jk).</summary>
    public double MeanSubspace(bool[] x, bool[] h, int gate, int subspace) => h[gate] ? ReferenceMath.Sigmoid(SubspaceInput(x, gate, subspace)) : 0.5;

    /// <summary>p(x_i = 1 | h,S) = sigmoid(b_i + sum_jk W_ijk h_j s_jk).</summary>
    public double MeanVisible(bool[] h, bool[] s, int visible)
    {
        double input = _visibleBias[visible];
        for (int j = 0; j < Gates; j++)
        {
            for (int k = 0; k < Subspaces; k++)
            {
                input += h[j] && s[Unit(j, k)] ? _weights[visible, j, k] : 0;
            }
        }

        return ReferenceMath.Sigmoid(input);
    }
}
