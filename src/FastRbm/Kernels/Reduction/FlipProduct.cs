using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Reduction;

/// <summary>
/// What flipping one unit does to the softplus terms of the other layer: sum_j softplus(x_j + w_j) - softplus(x_j) as the logarithm
/// of the product of q_j + p_j exp(w_j), where p_j = sigmoid(x_j) and q_j = sigmoid(-x_j). A term costs a multiply-add and a product.
/// </summary>
/// <remarks>
/// Products run in eight fixed lanes (j modulo 8), each as t = fma(p, y, q), then product times t; every width multiplies the same
/// numbers in the same order. p + q = 1, so a factor lies between 1 and y and nothing cancels. Products give up their exponents before
/// they can overflow.
/// </remarks>
internal static unsafe class FlipProduct
{
    /// <summary>The most flips of one call: their chains side by side fill each other's waits.</summary>
    public const int MostFlips = 4;

    /// <summary>The largest |w| whose exponential may stand in a table.</summary>
    public const double MostWeight = 300;

    private const double SafeExponent = 600;
    private const double Ln2 = 0.6931471805599453;

    /// <summary>How many octets may be multiplied before exponents are set aside.</summary>
    /// <param name="largestWeight">The largest |w|, at most <see cref="MostWeight"/>.</param>
    /// <returns>At least 2.</returns>
    public static int OctetsAtOnce(double largestWeight) => (int)(SafeExponent / Math.Max(largestWeight, 1e-6));

    /// <summary>logs[u] = sum over j of log(q[j] + p[j] y_u[j]).</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="p">Probabilities of on, a multiple of 8; 0 where there is no unit.</param>
    /// <param name="q">Probabilities of off, as many; 1 where there is no unit.</param>
    /// <param name="table">Rows of exp(w), each as long as <paramref name="p"/>, finite.</param>
    /// <param name="starts">Where the row of each flip starts: 1 to <see cref="MostFlips"/> flips.</param>
    /// <param name="octetsAtOnce">From <see cref="OctetsAtOnce"/>.</param>
    /// <param name="logs">A logarithm a flip, written.</param>
    public static void Logs(
        SimdLevel level, ReadOnlySpan<double> p, ReadOnlySpan<double> q, ReadOnlySpan<double> table, ReadOnlySpan<int> starts, int octetsAtOnce,
        Span<double> logs)
    {
        Check(p.Length, q.Length, table.Length, starts, logs.Length);
        double* mantissas = stackalloc double[MostFlips];
        long* exponents = stackalloc long[MostFlips];
        double* products = stackalloc double[8 * MostFlips];
        for (int flip = 0; flip < MostFlips; flip++)
        {
            mantissas[flip] = 1;
            exponents[flip] = 0;
        }

        fixed (double* on = p, off = q, rows = table)
        {
            // Flips that don't exist repeat the first one, and nobody reads their products.
            double* y0 = rows + starts[0];
            double* y1 = rows + starts[starts.Length > 1 ? 1 : 0];
            double* y2 = rows + starts[starts.Length > 2 ? 2 : 0];
            double* y3 = rows + starts[starts.Length > 3 ? 3 : 0];
            for (nint i = 0; i < p.Length; i += 8 * (nint)octetsAtOnce)
            {
                nint length = Math.Min(8 * (nint)octetsAtOnce, p.Length - i);
                Run(level, on + i, off + i, y0 + i, y1 + i, y2 + i, y3 + i, length, products);
                for (int flip = 0; flip < starts.Length; flip++)
                {
                    SetAside(products + (8 * flip), ref mantissas[flip], ref exponents[flip]);
                }
            }
        }

        for (int flip = 0; flip < starts.Length; flip++)
        {
            logs[flip] = Math.FusedMultiplyAdd(exponents[flip], Ln2, DoubleMath.Log(mantissas[flip]));
        }
    }

    private static void Check(int p, int q, int table, ReadOnlySpan<int> starts, int logs)
    {
        if ((p & 7) != 0 || p == 0)
        {
            Throw.Argument(nameof(p), "a multiple of 8 values", $"{p}");
        }

        Throw.IfLengthDiffers(q, p, nameof(q));
        Throw.IfLengthDiffers(logs, starts.Length, nameof(logs));
        if (starts.Length is < 1 or > MostFlips)
        {
            Throw.OutOfRange(nameof(starts), $"1 to {MostFlips} flips", starts.Length);
        }

        foreach (int start in starts)
        {
            if (start < 0 || start > table - p)
            {
                Throw.OutOfRange(nameof(starts), $"rows within {table} values", start);
            }
        }
    }

    /// <summary>Multiplies eight lanes, in their order, into a number of which mantissa and exponent are kept apart.</summary>
    private static void SetAside(double* lanes, ref double mantissa, ref long exponent)
    {
        double product = mantissa;
        for (int lane = 0; lane < 8; lane++)
        {
            product *= Split(lanes[lane], ref exponent);
        }

        mantissa = Split(product, ref exponent);
    }

    /// <summary>The mantissa in [1, 2) of a normal positive number, whose exponent is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Split(double value, ref long exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        exponent += (bits >> 52) - 1023;
        return BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
    }

    private static void Run(
        SimdLevel level, double* p, double* q, double* y0, double* y1, double* y2, double* y3, nint length, double* products)
    {
        if (level == SimdLevel.Vector512)
        {
            Wide(p, q, y0, y1, y2, y3, length, products);
        }
        else if (level == SimdLevel.Scalar)
        {
            Plain(p, q, y0, length, products);
            Plain(p, q, y1, length, products + 8);
            Plain(p, q, y2, length, products + 16);
            Plain(p, q, y3, length, products + 24);
        }
        else
        {
            Half(p, q, y0, y1, y2, y3, length, products);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(double* p, double* q, double* y0, double* y1, double* y2, double* y3, nint length, double* products)
    {
        Vector512<double> x0 = Vector512.Create(1.0);
        Vector512<double> x1 = x0;
        Vector512<double> x2 = x0;
        Vector512<double> x3 = x0;
        for (nint i = 0; i < length; i += 8)
        {
            Vector512<double> on = Vector512.Load(p + i);
            Vector512<double> off = Vector512.Load(q + i);
            x0 *= Vector512.FusedMultiplyAdd(on, Vector512.Load(y0 + i), off);
            x1 *= Vector512.FusedMultiplyAdd(on, Vector512.Load(y1 + i), off);
            x2 *= Vector512.FusedMultiplyAdd(on, Vector512.Load(y2 + i), off);
            x3 *= Vector512.FusedMultiplyAdd(on, Vector512.Load(y3 + i), off);
        }

        x0.Store(products);
        x1.Store(products + 8);
        x2.Store(products + 16);
        x3.Store(products + 24);
    }

    // Both halves of the lanes at once: four chains alone would wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(double* p, double* q, double* y0, double* y1, double* y2, double* y3, nint length, double* products)
    {
        Vector256<double> lower0 = Vector256.Create(1.0);
        Vector256<double> lower1 = Vector256.Create(1.0);
        Vector256<double> lower2 = Vector256.Create(1.0);
        Vector256<double> lower3 = Vector256.Create(1.0);
        Vector256<double> upper0 = Vector256.Create(1.0);
        Vector256<double> upper1 = Vector256.Create(1.0);
        Vector256<double> upper2 = Vector256.Create(1.0);
        Vector256<double> upper3 = Vector256.Create(1.0);
        for (nint i = 0; i < length; i += 8)
        {
            Vector256<double> lowerOn = Vector256.Load(p + i);
            Vector256<double> lowerOff = Vector256.Load(q + i);
            lower0 *= Vector256.FusedMultiplyAdd(lowerOn, Vector256.Load(y0 + i), lowerOff);
            lower1 *= Vector256.FusedMultiplyAdd(lowerOn, Vector256.Load(y1 + i), lowerOff);
            lower2 *= Vector256.FusedMultiplyAdd(lowerOn, Vector256.Load(y2 + i), lowerOff);
            lower3 *= Vector256.FusedMultiplyAdd(lowerOn, Vector256.Load(y3 + i), lowerOff);
            Vector256<double> upperOn = Vector256.Load(p + i + 4);
            Vector256<double> upperOff = Vector256.Load(q + i + 4);
            upper0 *= Vector256.FusedMultiplyAdd(upperOn, Vector256.Load(y0 + i + 4), upperOff);
            upper1 *= Vector256.FusedMultiplyAdd(upperOn, Vector256.Load(y1 + i + 4), upperOff);
            upper2 *= Vector256.FusedMultiplyAdd(upperOn, Vector256.Load(y2 + i + 4), upperOff);
            upper3 *= Vector256.FusedMultiplyAdd(upperOn, Vector256.Load(y3 + i + 4), upperOff);
        }

        lower0.Store(products);
        upper0.Store(products + 4);
        lower1.Store(products + 8);
        upper1.Store(products + 12);
        lower2.Store(products + 16);
        upper2.Store(products + 20);
        lower3.Store(products + 24);
        upper3.Store(products + 28);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain(double* p, double* q, double* y, nint length, double* products)
    {
        for (nint lane = 0; lane < 8; lane++)
        {
            double product = 1.0;
            for (nint i = lane; i < length; i += 8)
            {
                product *= Math.FusedMultiplyAdd(p[i], y[i], q[i]);
            }

            products[lane] = product;
        }
    }
}
