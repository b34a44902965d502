using FastRbm.Reference;

namespace FastRbm.Testing;

/// <summary>
/// A machine of 16 visible and 4 hidden units with two modes that block Gibbs sampling hardly ever crosses between: the first half of
/// the visible units on with all hidden ones on, and the second half on with all hidden ones off.
/// </summary>
/// <remarks>
/// <code>
///   W_ij = +w_ij for i below 8, -w_ij for others, w_ij from 1.375 to 1.625;   a_i = -sum_j W_ij / 2   (so that both modes are alike)
///   b_j + sum of a column over the visible units of a mode is about +12 and -12
/// </code>
/// A chain must see half of its hidden units change at once to cross, which takes some 300,000 sweeps. The hidden biases set the
/// masses: about 0.3 and 0.7, exactly <see cref="Mass"/> by enumeration. Parameters are floats.
/// </remarks>
public static class TwoModes
{
    /// <summary>The number of visible units.</summary>
    public const int Visible = 16;

    /// <summary>The number of hidden units.</summary>
    public const int Hidden = 4;

    private const double HiddenBias = -0.2125;
    private static readonly Lazy<double[]> _masses = new(Enumerate);

    /// <summary>The machine.</summary>
    public static ReferenceRbm Model { get; } = Make();

    /// <summary>-1 when more of the first half of the visible units are on than of the second, 1 when fewer are, 0 when as many.</summary>
    /// <param name="visible">The visible units, unit i in bit i.</param>
    public static int ModeOf(ulong visible) =>
        Math.Sign(System.Numerics.BitOperations.PopCount(visible >> 8 & 0xFF) - System.Numerics.BitOperations.PopCount(visible & 0xFF));

    /// <summary>The probability of a mode.</summary>
    /// <param name="mode">As <see cref="ModeOf"/> numbers them: -1 has about 0.3, 1 about 0.7, 0 next to nothing.</param>
    public static double Mass(int mode) => _masses.Value[mode + 1];

    /// <summary>The middle of a mode: one half of the visible units on, the other off.</summary>
    /// <param name="mode">-1 or 1.</param>
    public static ulong CentreOf(int mode) => mode < 0 ? 0xFFUL : 0xFF00UL;

    private static ReferenceRbm Make()
    {
        double[,] weights = new double[Visible, Hidden];
        double[] visibleBias = new double[Visible];
        double[] hiddenBias = new double[Hidden];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Hidden; j++)
            {
                double weight = 1.5 + (0.0625 * ((((7 * (i % 8)) + (3 * j)) % 5) - 2));
                weights[i, j] = i < 8 ? weight : -weight;
                visibleBias[i] -= weights[i, j] / 2;
            }
        }

        Array.Fill(hiddenBias, HiddenBias);
        return new ReferenceRbm(weights, visibleBias, hiddenBias);
    }

    private static double[] Enumerate()
    {
        double[] probabilities = Model.VisibleProbabilities();
        double[] masses = new double[3];
        for (int visible = 0; visible < probabilities.Length; visible++)
        {
            masses[ModeOf((ulong)visible) + 1] += probabilities[visible];
        }

        return masses;
    }
}
