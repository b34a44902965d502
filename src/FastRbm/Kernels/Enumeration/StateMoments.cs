using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Enumeration;

/// <summary>Sums of p low / (low + mid) over states, a unit at a time: over all of them, and over those with a bit on.</summary>
/// <remarks>
/// The layout is that of <see cref="StateProducts"/>. Sums over the states with a bit on are partial sums that the sum over all states
/// goes through anyway, so that a bit costs next to nothing. Four quotients share one division, 1/(abcd), as long as no product of
/// four sums leaves the range of doubles. All orders are fixed: eight chains (lane modulo 8), pairs of settings within four, fours
/// ascending, octets ascending, the chains pairwise.
/// </remarks>
internal static unsafe class StateMoments
{
    /// <summary>The bits of a lane number: 64 lanes.</summary>
    public const int LowBits = 6;

    /// <summary>The bits of a setting: 64 settings.</summary>
    public const int MidBits = 6;

    /// <summary>Sums of a unit: over all states, then over those with low bits 0 to 5 and middle bits 0 to 5 on.</summary>
    public const int Sums = 1 + LowBits + MidBits;

    private const int Octet = StateProducts.Octet;
    private const int LaneBits = 3;

    // Of the chains of a unit: all states, three upper bits of the lane, the bits of the setting.
    private const int Chains = 1 + (LowBits - LaneBits) + MidBits;

    /// <summary>
    /// sums[k, u] = sum over the states with bit k on of p[o, m, l] lows[u, 8o + l] / (lows[u, 8o + l] + mids[u, m]); k = 0 is all states.
    /// </summary>
    /// <param name="level">The vector width.</param>
    /// <param name="lows">[units, lanes].</param>
    /// <param name="lanes">A multiple of 8, at most 64.</param>
    /// <param name="mids">[units, settings].</param>
    /// <param name="settings">A multiple of 4, at most 64.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="narrow">Whether no product of four sums low + mid of a unit leaves the range of doubles.</param>
    /// <param name="p">[lanes / 8, settings, 8].</param>
    /// <param name="sums">[<see cref="Sums"/>, stride], written.</param>
    /// <param name="stride">The distance between rows of sums.</param>
    public static void Run(
        SimdLevel level, double* lows, nint lanes, double* mids, nint settings, nint units, bool narrow, double* p, double* sums, nint stride)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<double>, SimdDouble512>(lows, lanes, mids, settings, units, narrow, p, sums, stride);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<double>, SimdDouble256>(lows, lanes, mids, settings, units, narrow, p, sums, stride);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<double>, SimdDouble128>(lows, lanes, mids, settings, units, narrow, p, sums, stride);
                break;
            default:
                Run<double, ScalarSimdDouble>(lows, lanes, mids, settings, units, narrow, p, sums, stride);
                break;
        }
    }

    /// <summary>The sum of eight lanes, pairwise.</summary>
    public static double SumLanes(double* lanes) =>
        ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));

    private static void Run<TDouble, TOps>(
        double* lows, nint lanes, double* mids, nint settings, nint units, bool narrow, double* p, double* sums, nint stride)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        double* chains = stackalloc double[Chains * Octet];
        for (nint unit = 0; unit < units; unit++)
        {
            new Span<double>(chains, Chains * Octet).Clear();
            for (nint lane = 0; lane < lanes; lane += TOps.Width)
            {
                nint octet = lane / Octet;
                double* weights = p + (octet * Octet * settings) + (lane % Octet);
                TDouble low = TOps.Load(lows + lane);
                if (narrow)
                {
                    ByFours<TDouble, TOps>(low, mids, settings, weights, octet, chains + (lane % Octet));
                }
                else
                {
                    OneByOne<TDouble, TOps>(low, mids, settings, weights, octet, chains + (lane % Octet));
                }
            }

            Reduce(chains, sums + unit, stride);
            lows += lanes;
            mids += settings;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ByFours<TDouble, TOps>(TDouble low, double* mids, nint settings, double* p, nint octet, double* chains)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        TDouble all = TOps.Create(0);
        TDouble bit0 = all;
        TDouble bit1 = all;
        TDouble bit2 = all;
        TDouble bit3 = all;
        TDouble bit4 = all;
        TDouble bit5 = all;
        for (nint setting = 0; setting < settings; setting += 4)
        {
            TDouble d0 = TOps.Add(low, TOps.Create(mids[setting]));
            TDouble d1 = TOps.Add(low, TOps.Create(mids[setting + 1]));
            TDouble d2 = TOps.Add(low, TOps.Create(mids[setting + 2]));
            TDouble d3 = TOps.Add(low, TOps.Create(mids[setting + 3]));
            TDouble d01 = TOps.Multiply(d0, d1);
            TDouble d23 = TOps.Multiply(d2, d3);
            TDouble inverse = TOps.Divide(TOps.Create(1), TOps.Multiply(d01, d23));
            TDouble inverse01 = TOps.Multiply(inverse, d23);
            TDouble inverse23 = TOps.Multiply(inverse, d01);
            double* w = p + (Octet * setting);
            TDouble t0 = TOps.Multiply(TOps.Load(w), TOps.Multiply(inverse01, d1));
            TDouble t1 = TOps.Multiply(TOps.Load(w + Octet), TOps.Multiply(inverse01, d0));
            TDouble t2 = TOps.Multiply(TOps.Load(w + (2 * Octet)), TOps.Multiply(inverse23, d3));
            TDouble t3 = TOps.Multiply(TOps.Load(w + (3 * Octet)), TOps.Multiply(inverse23, d2));
            TDouble upper = TOps.Add(t2, t3);
            TDouble four = TOps.Add(TOps.Add(t0, t1), upper);
            bit0 = TOps.Add(bit0, TOps.Add(t1, t3));
            bit1 = TOps.Add(bit1, upper);
            all = TOps.Add(all, four);
            bit2 = (setting & 4) != 0 ? TOps.Add(bit2, four) : bit2;
            bit3 = (setting & 8) != 0 ? TOps.Add(bit3, four) : bit3;
            bit4 = (setting & 16) != 0 ? TOps.Add(bit4, four) : bit4;
            bit5 = (setting & 32) != 0 ? TOps.Add(bit5, four) : bit5;
        }

        Keep<TDouble, TOps>(low, all, octet, chains);
        chains += (1 + LowBits - LaneBits) * Octet;
        Keep<TDouble, TOps>(low, bit0, chains);
        Keep<TDouble, TOps>(low, bit1, chains + Octet);
        Keep<TDouble, TOps>(low, bit2, chains + (2 * Octet));
        Keep<TDouble, TOps>(low, bit3, chains + (3 * Octet));
        Keep<TDouble, TOps>(low, bit4, chains + (4 * Octet));
        Keep<TDouble, TOps>(low, bit5, chains + (5 * Octet));
    }

    /// <summary>As by fours, with a division for each.</summary>
    private static void OneByOne<TDouble, TOps>(TDouble low, double* mids, nint settings, double* p, nint octet, double* chains)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        for (nint setting = 0; setting < settings; setting++)
        {
            TDouble t = TOps.Divide(TOps.Load(p + (Octet * setting)), TOps.Add(low, TOps.Create(mids[setting])));
            Keep<TDouble, TOps>(low, t, octet, chains);
            for (int bit = 0; bit < MidBits; bit++)
            {
                if ((setting >> bit & 1) != 0)
                {
                    Keep<TDouble, TOps>(low, t, chains + ((1 + LowBits - LaneBits + bit) * Octet));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TDouble, TOps>(TDouble low, TDouble t, nint octet, double* chains)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        Keep<TDouble, TOps>(low, t, chains);
        for (int bit = 0; bit < LowBits - LaneBits; bit++)
        {
            if ((octet >> bit & 1) != 0)
            {
                Keep<TDouble, TOps>(low, t, chains + ((1 + bit) * Octet));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TDouble, TOps>(TDouble low, TDouble t, double* chain)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble> =>
        TOps.Store(TOps.FusedMultiplyAdd(low, t, TOps.Load(chain)), chain);

    private static void Reduce(double* chains, double* sums, nint stride)
    {
        sums[0] = SumLanes(chains);
        sums[stride] = (chains[1] + chains[5]) + (chains[3] + chains[7]);
        sums[2 * stride] = (chains[2] + chains[6]) + (chains[3] + chains[7]);
        sums[3 * stride] = (chains[4] + chains[6]) + (chains[5] + chains[7]);
        for (int chain = 1; chain < Chains; chain++)
        {
            sums[(chain + LaneBits) * stride] = SumLanes(chains + (chain * Octet));
        }
    }
}
