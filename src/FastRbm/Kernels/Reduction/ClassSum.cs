using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Reduction;

/// <summary>
/// sum_j softplus(a_j + u_j) and sigmoid(a_j + u_j) of one row in one pass: what one class takes of the hidden units.
/// </summary>
/// <remarks>
/// With x = a + u and e = exp(-|x|), softplus(x) = max(x, 0) + log(1 + e) and sigmoid(x) is 1 or e over 1 + e: one exponential serves
/// both. The factors 1 + e are multiplied in sixteen fixed lanes (j modulo 16), every <see cref="BlockLength"/> units the lanes become
/// one double and one logarithm; so every width computes the same numbers in the same order. The sum is within 1e-6 (units)^(1/2) of that
/// of its floats x, at most 1e-7 units and 1e-7 of the sum.
/// </remarks>
internal static unsafe class ClassSum
{
    /// <summary>Units between two logarithms: 512 factors of at most 2 fit a double, 32 a float.</summary>
    public const int BlockLength = 512;

    private const int Lanes = 16;

    /// <summary>The input of a unit that isn't there: its softplus is 0.</summary>
    private const float Nothing = -100f;

    /// <summary>Runs a row.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="inputs">a.</param>
    /// <param name="weights">u: as many.</param>
    /// <param name="means">sigmoid(a + u), as many, written; apart from the others.</param>
    /// <returns>The sum of softplus(a + u).</returns>
    public static double Run(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> weights, Span<float> means)
    {
        Throw.IfLengthDiffers(weights.Length, inputs.Length, nameof(weights));
        Throw.IfLengthDiffers(means.Length, inputs.Length, nameof(means));
        fixed (float* a = inputs, u = weights, target = means)
        {
            return level switch
            {
                SimdLevel.Vector512 => Rows<Vector512<float>, Vector512<int>, Simd512>(a, u, target, inputs.Length),
                SimdLevel.Vector256 => Rows<Vector256<float>, Vector256<int>, Simd256>(a, u, target, inputs.Length),
                SimdLevel.Vector128 => Rows<Vector128<float>, Vector128<int>, Simd128>(a, u, target, inputs.Length),
                _ => Rows<float, int, ScalarSimd>(a, u, target, inputs.Length),
            };
        }
    }

    private static double Rows<TFloat, TInt, TOps>(float* inputs, float* weights, float* means, int units)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        double sum = 0;
        float* positive = stackalloc float[Lanes];
        float* product = stackalloc float[Lanes];
        float* padded = stackalloc float[3 * Lanes];
        int whole = units / Lanes * Lanes;
        for (int first = 0; first < whole; first += BlockLength)
        {
            Block<TFloat, TInt, TOps>(inputs + first, weights + first, means + first, Math.Min(BlockLength, whole - first), positive, product);
            sum += Total(positive, product);
        }

        int rest = units - whole;
        if (rest > 0)
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                padded[lane] = lane < rest ? inputs[whole + lane] : Nothing;
                padded[Lanes + lane] = lane < rest ? weights[whole + lane] : 0;
            }

            Block<TFloat, TInt, TOps>(padded, padded + Lanes, padded + (2 * Lanes), Lanes, positive, product);
            sum += Total(positive, product);
            for (int lane = 0; lane < rest; lane++)
            {
                means[whole + lane] = padded[(2 * Lanes) + lane];
            }
        }

        return sum;
    }

    /// <summary>A lane group after the other, so that sums and products stay in registers at every width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block<TFloat, TInt, TOps>(float* inputs, float* weights, float* means, int units, float* positive, float* product)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat one = TOps.Create(1f);
        TFloat zero = TOps.Create(0f);
        for (int lane = 0; lane < Lanes; lane += TOps.Width)
        {
            TFloat sums = zero;
            TFloat factors = one;
            for (nint i = lane; i < units; i += Lanes)
            {
                TFloat x = TOps.Add(TOps.Load(inputs + i), TOps.Load(weights + i));
                TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(x);
                TFloat factor = TOps.Add(one, e);
                TInt below = TOps.LessThan(x, zero);
                sums = TOps.Add(sums, TOps.Select(below, zero, x));
                factors = TOps.Multiply(factors, factor);
                TOps.Store(TOps.Divide(TOps.Select(below, e, one), factor), means + i);
            }

            TOps.Store(sums, positive + lane);
            TOps.Store(factors, product + lane);
        }
    }

    private static double Total(float* positive, float* product)
    {
        double sum = 0;
        double all = 1;
        for (int lane = 0; lane < Lanes; lane++)
        {
            sum += positive[lane];
            all *= product[lane];
        }

        return sum + DoubleMath.Log(all);
    }
}
