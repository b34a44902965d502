using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Benchmarks;

/// <summary>The dense limit of a core: fused multiply-adds on 256-bit vectors, twelve chains without memory.</summary>
internal static class Roofline
{
    /// <summary>Iterations of one run.</summary>
    public const int Iterations = 1_000_000;

    /// <summary>Floating-point operations of one run, in 10^9.</summary>
    public const double Work = Iterations * 12.0 * 8 * 2 / 1e9;

    /// <summary>One run.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Run()
    {
        Vector256<float> x = Vector256.Create(0.999f);
        Vector256<float> y = Vector256.Create(1e-6f);
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < Iterations; n++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, y);
            b = Vector256.FusedMultiplyAdd(b, x, y);
            c = Vector256.FusedMultiplyAdd(c, x, y);
            d = Vector256.FusedMultiplyAdd(d, x, y);
            e = Vector256.FusedMultiplyAdd(e, x, y);
            f = Vector256.FusedMultiplyAdd(f, x, y);
            g = Vector256.FusedMultiplyAdd(g, x, y);
            h = Vector256.FusedMultiplyAdd(h, x, y);
            i = Vector256.FusedMultiplyAdd(i, x, y);
            j = Vector256.FusedMultiplyAdd(j, x, y);
            k = Vector256.FusedMultiplyAdd(k, x, y);
            l = Vector256.FusedMultiplyAdd(l, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
