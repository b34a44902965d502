using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Reduction;

/// <summary>
/// sum_j softplus(x_j) of fixed-point inputs in doubles, with one logarithm for all units: sum_j max(x_j, 0) + log prod_j (1 + exp(-|x_j|)).
/// </summary>
/// <remarks>
/// The first sum is one of integers, exact in any order. The product runs in eight fixed lanes (j modulo 8), so that every width
/// multiplies the same numbers in the same order. Each factor is within 1 ULP and at most 2: a lane's exponent is set aside before
/// it can overflow. The product's logarithm is off by at most (units + 8) 2^-52 and its own rounding.
/// </remarks>
internal static unsafe class SoftplusSum
{
    /// <summary>Octets after which a lane's exponent is set aside: 2^512 is far from overflow.</summary>
    private const int OctetsAtOnce = 512;

    private const int OctetsInTile = Tile.Width / 8;
    private const long RoundingBits = 0x4338000000000000;
    private const double RoundingShift = 6755399441055744.0;
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.6931471805598903;
    private const double Ln2Low = 5.497923018708371e-14;

    /// <summary>exp(-80) is lost beside 1; what is below needs no exponent of its own.</summary>
    private const double Least = -80.0;

    /// <summary>Sums over the units of one row.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="sums">The fixed-point inputs of 64 units, then those of the next 64 a stride later.</param>
    /// <param name="tileStride">Integers from one 64 to the next.</param>
    /// <param name="units">The number of units, up to 2^21.</param>
    /// <param name="inverseScale">2^-s: from fixed point to natural units.</param>
    /// <param name="positive">The sum of the inputs above 0, in fixed point: an integer.</param>
    /// <returns>The sum less its part <paramref name="positive"/>: between 0 and units log 2.</returns>
    public static double Run(SimdLevel level, int* sums, nint tileStride, int units, double inverseScale, out double positive)
    {
        double* lanes = stackalloc double[16];
        double* before = stackalloc double[16];
        int* rest = stackalloc int[8];
        new Span<double>(lanes, 8).Clear();
        new Span<double>(lanes + 8, 8).Fill(1);
        long exponent = 0;
        int whole = units / 8;
        int pending = 0;
        for (int first = 0; first < whole; first += OctetsInTile)
        {
            int octets = Math.Min(OctetsInTile, whole - first);
            Octets(level, sums + (first / OctetsInTile * tileStride), octets, inverseScale, lanes);
            pending += octets;
            if (pending > OctetsAtOnce)
            {
                exponent += TakeExponents(lanes + 8);
                pending = 0;
            }
        }

        if (units % 8 != 0)
        {
            // The lanes of units that don't exist stay as they were.
            int* from = sums + (whole / OctetsInTile * tileStride) + (whole % OctetsInTile * 8);
            new Span<int>(rest, 8).Clear();
            new ReadOnlySpan<int>(from, units % 8).CopyTo(new Span<int>(rest, 8));
            new ReadOnlySpan<double>(lanes, 16).CopyTo(new Span<double>(before, 16));
            Octets(level, rest, 1, inverseScale, lanes);
            new ReadOnlySpan<double>(before, 8)[(units % 8)..].CopyTo(new Span<double>(lanes, 8)[(units % 8)..]);
            new ReadOnlySpan<double>(before + 8, 8)[(units % 8)..].CopyTo(new Span<double>(lanes + 8, 8)[(units % 8)..]);
        }

        exponent += TakeExponents(lanes + 8);
        positive = 0;
        double product = 1;
        for (int lane = 0; lane < 8; lane++)
        {
            positive += lanes[lane];
            product *= lanes[8 + lane];
        }

        return DoubleMath.Log(product) + (exponent * 0.693147180559945309417);
    }

    /// <summary>Leaves the lanes in [1, 2) and returns the powers of two that they had.</summary>
    private static long TakeExponents(double* products)
    {
        long exponent = 0;
        for (int lane = 0; lane < 8; lane++)
        {
            long bits = BitConverter.DoubleToInt64Bits(products[lane]);
            exponent += (bits >> 52) - 1023;
            products[lane] = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));
        }

        return exponent;
    }

    private static void Octets(SimdLevel level, int* sums, int octets, double inverseScale, double* lanes)
    {
        if (level == SimdLevel.Vector512)
        {
            Wide(sums, octets, inverseScale, lanes);
        }
        else if (level == SimdLevel.Scalar)
        {
            Plain(sums, octets, inverseScale, lanes);
        }
        else
        {
            Half(sums, octets, inverseScale, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Wide(int* sums, int octets, double inverseScale, double* lanes)
    {
        Vector512<double> positive = Vector512.Load(lanes);
        Vector512<double> product = Vector512.Load(lanes + 8);
        Vector512<double> shift = Vector512.Create(RoundingShift);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            Vector512<long> wide = Vector512.WidenLower(Vector256.Load(sums + i).ToVector512Unsafe());
            Vector512<double> x = (wide + Vector512.Create(RoundingBits)).AsDouble() - shift;
            positive += Vector512.MaxNative(x, Vector512<double>.Zero);
            Vector512<double> y = (x.AsInt64() | Vector512.Create(long.MinValue)).AsDouble() * Vector512.Create(inverseScale);
            y = Vector512.MaxNative(y, Vector512.Create(Least));
            Vector512<double> shifted = Vector512.FusedMultiplyAdd(y, Vector512.Create(Log2E), shift);
            Vector512<double> n = shifted - shift;
            Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), y);
            r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
            Vector512<double> q = Vector512.Create(2.097410204311654e-09);
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(2.5113855535266883e-08));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(2.755707620011882e-07));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(2.75572288640253e-06));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(2.480158755324709e-05));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.00019841269903240506));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.0013888888888779186));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.00833333333331392));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.041666666666666824));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.16666666666666688));
            q = Vector512.FusedMultiplyAdd(q, r, Vector512.Create(0.5));
            Vector512<double> p = Vector512.FusedMultiplyAdd(r * r, q, r) + Vector512<double>.One;
            Vector512<double> e = (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
            product = Vector512.FusedMultiplyAdd(product, e, product);
        }

        positive.Store(lanes);
        product.Store(lanes + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(int* sums, int octets, double inverseScale, double* lanes)
    {
        Vector256<double> positive0 = Vector256.Load(lanes);
        Vector256<double> positive1 = Vector256.Load(lanes + 4);
        Vector256<double> product0 = Vector256.Load(lanes + 8);
        Vector256<double> product1 = Vector256.Load(lanes + 12);
        for (nint i = 0; i < 8 * (nint)octets; i += 8)
        {
            Four(sums + i, inverseScale, ref positive0, ref product0);
            Four(sums + i + 4, inverseScale, ref positive1, ref product1);
        }

        positive0.Store(lanes);
        positive1.Store(lanes + 4);
        product0.Store(lanes + 8);
        product1.Store(lanes + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Four(int* sums, double inverseScale, ref Vector256<double> positive, ref Vector256<double> product)
    {
        Vector256<double> shift = Vector256.Create(RoundingShift);
        Vector256<long> wide = Vector256.WidenLower(Vector128.Load(sums).ToVector256Unsafe());
        Vector256<double> x = (wide + Vector256.Create(RoundingBits)).AsDouble() - shift;
        positive += Vector256.MaxNative(x, Vector256<double>.Zero);
        Vector256<double> y = (x.AsInt64() | Vector256.Create(long.MinValue)).AsDouble() * Vector256.Create(inverseScale);
        y = Vector256.MaxNative(y, Vector256.Create(Least));
        Vector256<double> shifted = Vector256.FusedMultiplyAdd(y, Vector256.Create(Log2E), shift);
        Vector256<double> n = shifted - shift;
        Vector256<double> r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), y);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), r);
        Vector256<double> q = Vector256.Create(2.097410204311654e-09);
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(2.5113855535266883e-08));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(2.755707620011882e-07));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(2.75572288640253e-06));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(2.480158755324709e-05));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.00019841269903240506));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.0013888888888779186));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.00833333333331392));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.041666666666666824));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.16666666666666688));
        q = Vector256.FusedMultiplyAdd(q, r, Vector256.Create(0.5));
        Vector256<double> p = Vector256.FusedMultiplyAdd(r * r, q, r) + Vector256<double>.One;
        Vector256<double> e = (p.AsInt64() + (shifted.AsInt64() << 52)).AsDouble();
        product = Vector256.FusedMultiplyAdd(product, e, product);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Plain(int* sums, int octets, double inverseScale, double* lanes)
    {
        for (nint i = 0; i < 8 * (nint)octets; i++)
        {
            double x = sums[i];
            double y = (x < 0 ? x : -x) * inverseScale;
            y = y > Least ? y : Least;
            double shifted = Math.FusedMultiplyAdd(y, Log2E, RoundingShift);
            double n = shifted - RoundingShift;
            double r = Math.FusedMultiplyAdd(n, -Ln2High, y);
            r = Math.FusedMultiplyAdd(n, -Ln2Low, r);
            double q = 2.097410204311654e-09;
            q = Math.FusedMultiplyAdd(q, r, 2.5113855535266883e-08);
            q = Math.FusedMultiplyAdd(q, r, 2.755707620011882e-07);
            q = Math.FusedMultiplyAdd(q, r, 2.75572288640253e-06);
            q = Math.FusedMultiplyAdd(q, r, 2.480158755324709e-05);
            q = Math.FusedMultiplyAdd(q, r, 0.00019841269903240506);
            q = Math.FusedMultiplyAdd(q, r, 0.0013888888888779186);
            q = Math.FusedMultiplyAdd(q, r, 0.00833333333331392);
            q = Math.FusedMultiplyAdd(q, r, 0.041666666666666824);
            q = Math.FusedMultiplyAdd(q, r, 0.16666666666666688);
            q = Math.FusedMultiplyAdd(q, r, 0.5);
            double p = Math.FusedMultiplyAdd(r * r, q, r) + 1.0;
            double e = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(p) + (BitConverter.DoubleToInt64Bits(shifted) << 52));
            nint lane = i & 7;
            lanes[lane] += x > 0 ? x : 0;
            lanes[8 + lane] = Math.FusedMultiplyAdd(lanes[8 + lane], e, lanes[8 + lane]);
        }
    }
}
