using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks;

/// <summary>The dense limit of a core: fused multiply-adds on registers alone, twelve chains without memory.</summary>
internal static class Roofline
{
    /// <summary>Iterations of one run.</summary>
    public const int Iterations = 1_000_000;

    /// <summary>Floating-point operations of one run at 256 bits, in 10^9.</summary>
    public const double Work = Iterations * 12.0 * 8 * 2 / 1e9;

    private const int Repeats = 40;

    /// <summary>One run at 256 bits.</summary>
    public static float Run() => Run<Vector256<float>, Vector256<int>, Simd256>();

    /// <summary>The rate at a level, in GFLOP/s of one core: the best of many runs.</summary>
    /// <param name="level">The vector width; its own instructions are needed for it to mean anything.</param>
    public static double Peak(SimdLevel level) => level switch
    {
        SimdLevel.Vector512 => Peak<Vector512<float>, Vector512<int>, Simd512>(),
        SimdLevel.Vector256 => Peak<Vector256<float>, Vector256<int>, Simd256>(),
        SimdLevel.Vector128 => Peak<Vector128<float>, Vector128<int>, Simd128>(),
        _ => Peak<float, int, ScalarSimd>(),
    };

    private static double Peak<TFloat, TInt, TOps>()
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        double best = double.PositiveInfinity;
        for (int repeat = 0; repeat < Repeats; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            Run<TFloat, TInt, TOps>();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Iterations * 12.0 * TOps.Width * 2 / 1e9 / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Run<TFloat, TInt, TOps>()
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat x = TOps.Create(0.999f);
        TFloat y = TOps.Create(1e-6f);
        TFloat a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int n = 0; n < Iterations; n++)
        {
            a = TOps.FusedMultiplyAdd(a, x, y);
            b = TOps.FusedMultiplyAdd(b, x, y);
            c = TOps.FusedMultiplyAdd(c, x, y);
            d = TOps.FusedMultiplyAdd(d, x, y);
            e = TOps.FusedMultiplyAdd(e, x, y);
            f = TOps.FusedMultiplyAdd(f, x, y);
            g = TOps.FusedMultiplyAdd(g, x, y);
            h = TOps.FusedMultiplyAdd(h, x, y);
            i = TOps.FusedMultiplyAdd(i, x, y);
            j = TOps.FusedMultiplyAdd(j, x, y);
            k = TOps.FusedMultiplyAdd(k, x, y);
            l = TOps.FusedMultiplyAdd(l, x, y);
        }

        // Keeps all chains alive.
        float* sums = stackalloc float[16];
        TFloat left = TOps.Add(TOps.Add(TOps.Add(a, b), TOps.Add(c, d)), TOps.Add(e, f));
        TFloat right = TOps.Add(TOps.Add(TOps.Add(g, h), TOps.Add(i, j)), TOps.Add(k, l));
        TOps.Store(TOps.Add(left, right), sums);
        return sums[0];
    }
}
