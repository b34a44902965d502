using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Enumeration;

/// <summary>Sums of the weights of a block's states, each times a factor of its low bits and one of its middle bits.</summary>
internal static unsafe class StateSums
{
    private const int Octet = StateProducts.Octet;

    /// <summary>sum over l and m of weights[l / 8, m, l mod 8] lows[l] mids[m].</summary>
    /// <remarks>
    /// A lane of an octet is a chain over ascending settings of fused multiply-adds; chains of the octets, times their factors, are
    /// a chain over ascending octets; the eight lanes that are left are added in order.
    /// </remarks>
    /// <param name="level">The vector width.</param>
    /// <param name="weights">[lanes / 8, settings, 8].</param>
    /// <param name="lows">A factor a lane.</param>
    /// <param name="lanes">A multiple of 16.</param>
    /// <param name="mids">A factor a setting.</param>
    /// <param name="settings">The number of settings.</param>
    /// <returns>The sum.</returns>
    public static double Run(SimdLevel level, double* weights, double* lows, nint lanes, double* mids, nint settings) => level switch
    {
        SimdLevel.Vector512 => Run<Vector512<double>, SimdDouble512>(weights, lows, lanes, mids, settings),
        SimdLevel.Vector256 => Run<Vector256<double>, SimdDouble256>(weights, lows, lanes, mids, settings),
        SimdLevel.Vector128 => Run<Vector128<double>, SimdDouble128>(weights, lows, lanes, mids, settings),
        _ => Run<double, ScalarSimdDouble>(weights, lows, lanes, mids, settings),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Run<TDouble, TOps>(double* weights, double* lows, nint lanes, double* mids, nint settings)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        double* totals = stackalloc double[Octet];
        for (nint part = 0; part < Octet; part += TOps.Width)
        {
            TDouble total = TOps.Create(0);
            for (nint lane = part; lane < lanes; lane += 2 * Octet)
            {
                // Two octets side by side fill the wait for a multiply-add.
                double* x = weights + ((lane - part) * settings) + part;
                double* y = x + (Octet * settings);
                TDouble first = TOps.Create(0);
                TDouble second = TOps.Create(0);
                for (nint setting = 0; setting < settings; setting++)
                {
                    TDouble mid = TOps.Create(mids[setting]);
                    first = TOps.FusedMultiplyAdd(TOps.Load(x + (Octet * setting)), mid, first);
                    second = TOps.FusedMultiplyAdd(TOps.Load(y + (Octet * setting)), mid, second);
                }

                total = TOps.FusedMultiplyAdd(first, TOps.Load(lows + lane), total);
                total = TOps.FusedMultiplyAdd(second, TOps.Load(lows + lane + Octet), total);
            }

            TOps.Store(total, totals + part);
        }

        double sum = 0;
        for (int lane = 0; lane < Octet; lane++)
        {
            sum += totals[lane];
        }

        return sum;
    }
}
