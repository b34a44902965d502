using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Reduction;

/// <summary>
/// Products of (1 + a_i b_i) over i, in eight fixed lanes (i modulo 8), so that every width multiplies the same numbers in the same
/// order.
/// </summary>
/// <remarks>Each lane is one chain, which waits four cycles a step: four rows side by side fill the wait.</remarks>
internal static unsafe class OctetProduct
{
    /// <summary>The most rows of one call.</summary>
    public const int MostRows = 4;

    /// <summary>
    /// products[8r + l] *= product over octets o of (1 + a[r aStride + 8o + l] b[8o + l]), each step as fma(p, a b, p).
    /// </summary>
    /// <param name="level">The vector width.</param>
    /// <param name="a">Rows of 8 octets doubles.</param>
    /// <param name="aStride">The distance between rows in doubles.</param>
    /// <param name="rows">1 to <see cref="MostRows"/>.</param>
    /// <param name="b">8 octets doubles.</param>
    /// <param name="octets">The number of octets.</param>
    /// <param name="products">8 products a row, multiplied.</param>
    public static void Run(SimdLevel level, double* a, nint aStride, int rows, double* b, int octets, double* products)
    {
        // Rows that don't exist repeat the first one, into a place that nobody reads.
        double* unused = stackalloc double[8];
        double* a1 = rows > 1 ? a + aStride : a;
        double* a2 = rows > 2 ? a + (2 * aStride) : a;
        double* a3 = rows > 3 ? a + (3 * aStride) : a;
        double* p1 = rows > 1 ? products + 8 : unused;
        double* p2 = rows > 2 ? products + 16 : unused;
        double* p3 = rows > 3 ? products + 24 : unused;
        if (level == SimdLevel.Vector512)
        {
            Wide(a, a1, a2, a3, b, octets, products, p1, p2, p3);
        }
        else if (level == SimdLevel.Scalar)
        {
            Plain(a, aStride, rows, b, octets, products);
        }
        else
        {
            Half(a, a1, a2, a3, b, octets, products, p1, p2, p3);
            Half(a + 4, a1 + 4, a2 + 4, a3 + 4, b + 4, octets, products + 4, p1 + 4, p2 + 4, p3 + 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(double* a0, double* a1, double* a2, double* a3, double* b, int octets, double* p0, double* p1, double* p2, double* p3)
    {
        Vector512<double> x0 = Vector512.Load(p0);
        Vector512<double> x1 = Vector512.Load(p1);
        Vector512<double> x2 = Vector512.Load(p2);
        Vector512<double> x3 = Vector512.Load(p3);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            Vector512<double> factor = Vector512.Load(b + i);
            x0 = Vector512.FusedMultiplyAdd(x0, Vector512.Load(a0 + i) * factor, x0);
            x1 = Vector512.FusedMultiplyAdd(x1, Vector512.Load(a1 + i) * factor, x1);
            x2 = Vector512.FusedMultiplyAdd(x2, Vector512.Load(a2 + i) * factor, x2);
            x3 = Vector512.FusedMultiplyAdd(x3, Vector512.Load(a3 + i) * factor, x3);
        }

        x0.Store(p0);
        x1.Store(p1);
        x2.Store(p2);
        x3.Store(p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(double* a0, double* a1, double* a2, double* a3, double* b, int octets, double* p0, double* p1, double* p2, double* p3)
    {
        Vector256<double> x0 = Vector256.Load(p0);
        Vector256<double> x1 = Vector256.Load(p1);
        Vector256<double> x2 = Vector256.Load(p2);
        Vector256<double> x3 = Vector256.Load(p3);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            Vector256<double> factor = Vector256.Load(b + i);
            x0 = Vector256.FusedMultiplyAdd(x0, Vector256.Load(a0 + i) * factor, x0);
            x1 = Vector256.FusedMultiplyAdd(x1, Vector256.Load(a1 + i) * factor, x1);
            x2 = Vector256.FusedMultiplyAdd(x2, Vector256.Load(a2 + i) * factor, x2);
            x3 = Vector256.FusedMultiplyAdd(x3, Vector256.Load(a3 + i) * factor, x3);
        }

        x0.Store(p0);
        x1.Store(p1);
        x2.Store(p2);
        x3.Store(p3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain(double* a, nint aStride, int rows, double* b, int octets, double* products)
    {
        for (int row = 0; row < rows; row++)
        {
            for (nint i = 0; i < 8 * (nint)octets; i++)
            {
                nint lane = i & 7;
                products[lane] = Math.FusedMultiplyAdd(products[lane], a[i] * b[i], products[lane]);
            }

            a += aStride;
            products += 8;
        }
    }
}
