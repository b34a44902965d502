using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Reduction;

/// <summary>
/// The product of (1 + a_i b_i) over i, in eight fixed lanes (i modulo 8), so that every width multiplies the same numbers in the
/// same order.
/// </summary>
internal static unsafe class OctetProduct
{
    /// <summary>products[l] *= product over octets o of (1 + a[8o + l] b[8o + l]), each step as fma(p, a b, p).</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="a">8 octets doubles.</param>
    /// <param name="b">8 octets doubles.</param>
    /// <param name="octets">The number of octets.</param>
    /// <param name="products">8 products, multiplied.</param>
    public static void Run(SimdLevel level, double* a, double* b, int octets, double* products)
    {
        if (level == SimdLevel.Vector512)
        {
            Wide(a, b, octets, products);
        }
        else if (level == SimdLevel.Scalar)
        {
            Plain(a, b, octets, products);
        }
        else
        {
            Halves(a, b, octets, products);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(double* a, double* b, int octets, double* products)
    {
        Vector512<double> p = Vector512.Load(products);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            p = Vector512.FusedMultiplyAdd(p, Vector512.Load(a + i) * Vector512.Load(b + i), p);
        }

        p.Store(products);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Halves(double* a, double* b, int octets, double* products)
    {
        Vector256<double> p = Vector256.Load(products);
        Vector256<double> q = Vector256.Load(products + 4);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            p = Vector256.FusedMultiplyAdd(p, Vector256.Load(a + i) * Vector256.Load(b + i), p);
            q = Vector256.FusedMultiplyAdd(q, Vector256.Load(a + i + 4) * Vector256.Load(b + i + 4), q);
        }

        p.Store(products);
        q.Store(products + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain(double* a, double* b, int octets, double* products)
    {
        for (nint i = 0; i < 8 * (nint)octets; i++)
        {
            nint lane = i & 7;
            products[lane] = Math.FusedMultiplyAdd(products[lane], a[i] * b[i], products[lane]);
        }
    }
}
