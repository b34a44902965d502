using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Enumeration;

/// <summary>Products over units of (low + mid), a product a state: one addition and one multiplication a unit and state.</summary>
/// <remarks>
/// <code>
///   lows [unit][lane]            one factor term for each setting of the low bits, side by side in a vector
///   mids [unit][mid]             one for each setting of the middle bits, broadcast
///   products [lane / 8][mid][8]  a chain over ascending units in each element
/// </code>
/// A tile is two vectors of lanes by four settings: eight chains, enough to fill the wait for a multiplication.
/// </remarks>
internal static unsafe class StateProducts
{
    /// <summary>The lanes of products that lie side by side.</summary>
    public const int Octet = 8;

    /// <summary>Lanes come in multiples of this: two of the widest vectors.</summary>
    public const int LaneMultiple = 16;

    /// <summary>Settings of the middle bits come in multiples of this.</summary>
    public const int MidMultiple = 4;

    /// <summary>to[o, m, l] = from[o, m, l] times the product over units, ascending, of (lows[u, 8o + l] + mids[u, m]).</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="lows">[units, lanes].</param>
    /// <param name="lanes">A multiple of <see cref="LaneMultiple"/>.</param>
    /// <param name="mids">[units, settings].</param>
    /// <param name="settings">A multiple of <see cref="MidMultiple"/>.</param>
    /// <param name="units">The number of units.</param>
    /// <param name="from">[lanes / 8, settings, 8].</param>
    /// <param name="to">[lanes / 8, settings, 8], written; may be <paramref name="from"/>.</param>
    public static void Run(SimdLevel level, double* lows, nint lanes, double* mids, nint settings, nint units, double* from, double* to)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Tiles<Vector512<double>, SimdDouble512>(lows, lanes, mids, settings, units, from, to);
                break;
            case SimdLevel.Vector256:
                Tiles<Vector256<double>, SimdDouble256>(lows, lanes, mids, settings, units, from, to);
                break;
            case SimdLevel.Vector128:
                Tiles<Vector128<double>, SimdDouble128>(lows, lanes, mids, settings, units, from, to);
                break;
            default:
                Tiles<double, ScalarSimdDouble>(lows, lanes, mids, settings, units, from, to);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles<TDouble, TOps>(double* lows, nint lanes, double* mids, nint settings, nint units, double* from, double* to)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        // The second vector of a tile is in the next octet, or in the same one where two vectors fit into it.
        nint second = TOps.Width == Octet ? Octet * settings : TOps.Width;
        for (nint lane = 0; lane < lanes; lane += 2 * TOps.Width)
        {
            nint start = (lane / Octet * Octet * settings) + (lane % Octet);
            for (nint setting = 0; setting < settings; setting += MidMultiple)
            {
                double* f = from + start + (Octet * setting);
                TDouble x0 = TOps.Load(f);
                TDouble x1 = TOps.Load(f + Octet);
                TDouble x2 = TOps.Load(f + (2 * Octet));
                TDouble x3 = TOps.Load(f + (3 * Octet));
                TDouble y0 = TOps.Load(f + second);
                TDouble y1 = TOps.Load(f + second + Octet);
                TDouble y2 = TOps.Load(f + second + (2 * Octet));
                TDouble y3 = TOps.Load(f + second + (3 * Octet));
                double* low = lows + lane;
                double* mid = mids + setting;
                for (nint unit = 0; unit < units; unit++)
                {
                    TDouble x = TOps.Load(low);
                    TDouble y = TOps.Load(low + TOps.Width);
                    TDouble m0 = TOps.Create(mid[0]);
                    x0 = TOps.Multiply(x0, TOps.Add(x, m0));
                    y0 = TOps.Multiply(y0, TOps.Add(y, m0));
                    TDouble m1 = TOps.Create(mid[1]);
                    x1 = TOps.Multiply(x1, TOps.Add(x, m1));
                    y1 = TOps.Multiply(y1, TOps.Add(y, m1));
                    TDouble m2 = TOps.Create(mid[2]);
                    x2 = TOps.Multiply(x2, TOps.Add(x, m2));
                    y2 = TOps.Multiply(y2, TOps.Add(y, m2));
                    TDouble m3 = TOps.Create(mid[3]);
                    x3 = TOps.Multiply(x3, TOps.Add(x, m3));
                    y3 = TOps.Multiply(y3, TOps.Add(y, m3));
                    low += lanes;
                    mid += settings;
                }

                double* t = to + start + (Octet * setting);
                TOps.Store(x0, t);
                TOps.Store(x1, t + Octet);
                TOps.Store(x2, t + (2 * Octet));
                TOps.Store(x3, t + (3 * Octet));
                TOps.Store(y0, t + second);
                TOps.Store(y1, t + second + Octet);
                TOps.Store(y2, t + second + (2 * Octet));
                TOps.Store(y3, t + second + (3 * Octet));
            }
        }
    }
}
