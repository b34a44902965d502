using CommunityToolkit.HighPerformance;
using FastRbm.Errors;

namespace FastRbm.Models.Subspace;

/// <summary>
/// A subspace restricted Boltzmann machine, of third order: visible x_i, gates h_j and subspace units s_jk, all binary, with
/// E(x,h,S) = -sum_ijk W_ijk x_i h_j s_jk - b.x - c.h - sum_jk D_jk h_j s_jk and p(x,h,S) = exp(-E) / Z.
/// </summary>
/// <remarks>
/// <para>p(x_i = 1 | h,S) = sigmoid(b_i + sum_jk W_ijk h_j s_jk); p(s_jk = 1 | x,h_j) = sigmoid(h_j I_jk) with I_jk = D_jk + sum_i W_ijk x_i;
/// with S summed out p(h_j = 1 | x) = sigmoid(c_j - K log 2 + sum_k softplus(I_jk)), and F(x) = -b.x - sum_j (K log 2 + softplus(that input)).
/// A gate is on where any direction of its subspace is, so that p(h | x) doesn't say which: features that are invariant to it.</para>
/// <para>Products h_j s_jk are bits, so inputs are the exact integer sums of <see cref="Rbm"/>, which this is one of within: what holds there of
/// fixed point, threads and widths holds here. Batch operations allocate nothing. Reading from many threads is safe, each with a workspace of its
/// own; editing is not.</para>
/// <para>Source: Tomczak and Gonczarek, "Learning invariant features using subspace restricted Boltzmann machine", Neural Processing Letters 45
/// (2017), equations 6 to 12.</para>
/// </remarks>
public sealed partial class SubspaceRbm
{
    /// <summary>Makes a model whose parameters are all zero.</summary>
    /// <param name="visible">D, the number of visible units, at least 1.</param>
    /// <param name="gates">M, the number of gates, at least 1.</param>
    /// <param name="subspaces">K, the number of subspace units of a gate, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or there are more than 2^24 gates and subspace units.</exception>
    public SubspaceRbm(int visible, int gates, int subspaces)
    {
        Layer = new SubspaceLayer(gates, subspaces);
        Joint = new Rbm(new BinaryLayer(visible), Layer);
    }

    /// <summary>D.</summary>
    public int Visible => Joint.Visible.Count;

    /// <summary>M.</summary>
    public int Gates => Layer.Gates;

    /// <summary>K.</summary>
    public int Subspaces => Layer.Subspaces;

    /// <summary>W [visible, K M]: column <see cref="Column"/> is subspace unit k of gate j.</summary>
    public ReadOnlySpan2D<float> Weights => Joint.Weights[.., ..Layer.FirstGate];

    /// <summary>b.</summary>
    public ReadOnlySpan<float> VisibleBias => Joint.Visible.Bias;

    /// <summary>c.</summary>
    public ReadOnlySpan<float> GateBias => Layer.Bias[Layer.FirstGate..];

    /// <summary>D, K M values in the order of the columns of <see cref="Weights"/>.</summary>
    public ReadOnlySpan<float> SubspaceBias => Layer.Bias[..Layer.FirstGate];

    /// <summary>s: inputs are sums of round(W 2^s).</summary>
    public int FixedPointBits => Joint.FixedPointBits;

    /// <summary>An upper bound on the absolute input that a visible or subspace unit can get.</summary>
    public double InputBound => Joint.InputBound;

    /// <summary>The same distribution as an RBM between x and bits of gates and subspace units under open gates.</summary>
    internal Rbm Joint { get; }

    /// <summary>Its hidden layer.</summary>
    internal SubspaceLayer Layer { get; }

    /// <summary>The column of a subspace unit: units k of all gates lie side by side.</summary>
    /// <param name="gate">j, from 0 to M - 1.</param>
    /// <param name="subspace">k, from 0 to K - 1.</param>
    /// <returns>k M + j.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such unit.</exception>
    public int Column(int gate, int subspace)
    {
        if ((uint)gate >= (uint)Gates)
        {
            Throw.OutOfRange(nameof(gate), $"0 to {Gates - 1}", gate);
        }

        if ((uint)subspace >= (uint)Subspaces)
        {
            Throw.OutOfRange(nameof(subspace), $"0 to {Subspaces - 1}", subspace);
        }

        return (subspace * Gates) + gate;
    }

    /// <summary>Allocates scratch for the batch operations of this model: one thread at a time.</summary>
    /// <returns>A workspace.</returns>
    public RbmWorkspace NewWorkspace() => new(Joint);

    /// <summary>Changes parameters; the fixed-point copy follows.</summary>
    /// <param name="edit">Writes what it wants to change.</param>
    /// <exception cref="ArgumentException">A parameter isn't finite afterwards, or a unit's weights are too large to sum in 32 bits
    /// (2^31 in all); the model then keeps the values but must be edited again before use.</exception>
    public void Edit(SubspaceEditor edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        Joint.Edit((weights, visibleBias, hiddenBias) => edit(
            weights[.., ..Layer.FirstGate], visibleBias, hiddenBias[..Layer.FirstGate], hiddenBias[Layer.FirstGate..]));
    }

    /// <summary>Which weights of <see cref="Joint"/> there are: those of gates' columns stay 0. [visible, K M + M].</summary>
    internal bool[] WeightMask()
    {
        bool[] mask = new bool[(long)Visible * Layer.Count];
        for (int i = 0; i < Visible; i++)
        {
            mask.AsSpan(i * Layer.Count, Layer.FirstGate).Fill(true);
        }

        return mask;
    }
}
