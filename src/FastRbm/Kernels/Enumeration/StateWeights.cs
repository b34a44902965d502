using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Enumeration;

/// <summary>Numbers m 2^k of which m and k stand in two arrays: products of states, which no double holds.</summary>
internal static unsafe class StateWeights
{
    /// <summary>Weights below 2^this times the largest count as 2^this: tiny, and still a normal number after a division by a sum.</summary>
    public const double LeastExponent = -600;

    private const int Octet = StateProducts.Octet;

    // Four chains of eight lanes side by side.
    private const int Step = 4 * Octet;

    /// <summary>to = from + exponent of m, m = its mantissa.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="m">Positive normal numbers, overwritten by numbers in [1, 2).</param>
    /// <param name="from">Exponents.</param>
    /// <param name="to">Exponents, written; may be <paramref name="from"/>.</param>
    /// <param name="count">A multiple of 32.</param>
    /// <returns>The largest exponent.</returns>
    public static double Normalise(SimdLevel level, double* m, double* from, double* to, nint count) => level switch
    {
        SimdLevel.Vector512 => Normalise<Vector512<double>, SimdDouble512>(m, from, to, count),
        SimdLevel.Vector256 => Normalise<Vector256<double>, SimdDouble256>(m, from, to, count),
        SimdLevel.Vector128 => Normalise<Vector128<double>, SimdDouble128>(m, from, to, count),
        _ => Normalise<double, ScalarSimdDouble>(m, from, to, count),
    };

    /// <summary>m = m 2^max(k - largest, -600); returns the sum, by 32 chains (place modulo 32) that are added pairwise.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="m">Numbers in [1, 2), scaled.</param>
    /// <param name="k">Exponents.</param>
    /// <param name="largest">The largest exponent.</param>
    /// <param name="count">A multiple of 32.</param>
    /// <returns>The sum.</returns>
    public static double Scale(SimdLevel level, double* m, double* k, double largest, nint count) => level switch
    {
        SimdLevel.Vector512 => Scale<Vector512<double>, SimdDouble512>(m, k, largest, count),
        SimdLevel.Vector256 => Scale<Vector256<double>, SimdDouble256>(m, k, largest, count),
        SimdLevel.Vector128 => Scale<Vector128<double>, SimdDouble128>(m, k, largest, count),
        _ => Scale<double, ScalarSimdDouble>(m, k, largest, count),
    };

    /// <summary>to[r, c] = factors[r] from[r, c].</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="from">[rows, columns].</param>
    /// <param name="factors">A factor a row.</param>
    /// <param name="to">[rows, columns], written; may be <paramref name="from"/>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">A multiple of 8.</param>
    public static void MultiplyRows(SimdLevel level, double* from, double* factors, double* to, nint rows, nint columns)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                MultiplyRows<Vector512<double>, SimdDouble512>(from, factors, to, rows, columns);
                break;
            case SimdLevel.Vector256:
                MultiplyRows<Vector256<double>, SimdDouble256>(from, factors, to, rows, columns);
                break;
            case SimdLevel.Vector128:
                MultiplyRows<Vector128<double>, SimdDouble128>(from, factors, to, rows, columns);
                break;
            default:
                MultiplyRows<double, ScalarSimdDouble>(from, factors, to, rows, columns);
                break;
        }
    }

    /// <summary>to = fma(factor, from, to), element by element.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="from">Numbers.</param>
    /// <param name="factor">A number.</param>
    /// <param name="to">Added to.</param>
    /// <param name="count">A multiple of 8.</param>
    public static void Add(SimdLevel level, double* from, double factor, double* to, nint count)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Add<Vector512<double>, SimdDouble512>(from, factor, to, count);
                break;
            case SimdLevel.Vector256:
                Add<Vector256<double>, SimdDouble256>(from, factor, to, count);
                break;
            case SimdLevel.Vector128:
                Add<Vector128<double>, SimdDouble128>(from, factor, to, count);
                break;
            default:
                Add<double, ScalarSimdDouble>(from, factor, to, count);
                break;
        }
    }

    /// <summary>to = to from, element by element.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="from">Numbers.</param>
    /// <param name="to">Multiplied.</param>
    /// <param name="count">A multiple of 8.</param>
    public static void Multiply(SimdLevel level, double* from, double* to, nint count)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Multiply<Vector512<double>, SimdDouble512>(from, to, count);
                break;
            case SimdLevel.Vector256:
                Multiply<Vector256<double>, SimdDouble256>(from, to, count);
                break;
            case SimdLevel.Vector128:
                Multiply<Vector128<double>, SimdDouble128>(from, to, count);
                break;
            default:
                Multiply<double, ScalarSimdDouble>(from, to, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Normalise<TDouble, TOps>(double* m, double* from, double* to, nint count)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        TDouble largest = TOps.Create(double.MinValue);
        for (nint i = 0; i < count; i += TOps.Width)
        {
            TDouble value = TOps.Load(m + i);
            TDouble exponent = TOps.Add(TOps.Load(from + i), TOps.Exponent(value));
            TOps.Store(TOps.Mantissa(value), m + i);
            TOps.Store(exponent, to + i);
            largest = TOps.Max(largest, exponent);
        }

        double* lanes = stackalloc double[Octet];
        TOps.Store(largest, lanes);
        double result = lanes[0];
        for (int lane = 1; lane < TOps.Width; lane++)
        {
            result = lanes[lane] > result ? lanes[lane] : result;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Scale<TDouble, TOps>(double* m, double* k, double largest, nint count)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        double* lanes = stackalloc double[Octet];
        TDouble reference = TOps.Create(largest);
        TDouble least = TOps.Create(LeastExponent);
        for (nint lane = 0; lane < Octet; lane += TOps.Width)
        {
            TDouble sum0 = TOps.Create(0);
            TDouble sum1 = sum0;
            TDouble sum2 = sum0;
            TDouble sum3 = sum0;
            for (nint i = lane; i < count; i += Step)
            {
                sum0 = TOps.Add(sum0, Scaled<TDouble, TOps>(m + i, k + i, reference, least));
                sum1 = TOps.Add(sum1, Scaled<TDouble, TOps>(m + i + Octet, k + i + Octet, reference, least));
                sum2 = TOps.Add(sum2, Scaled<TDouble, TOps>(m + i + (2 * Octet), k + i + (2 * Octet), reference, least));
                sum3 = TOps.Add(sum3, Scaled<TDouble, TOps>(m + i + (3 * Octet), k + i + (3 * Octet), reference, least));
            }

            TOps.Store(TOps.Add(TOps.Add(sum0, sum1), TOps.Add(sum2, sum3)), lanes + lane);
        }

        return StateMoments.SumLanes(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Scaled<TDouble, TOps>(double* m, double* k, TDouble largest, TDouble least)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        TDouble exponent = TOps.Max(TOps.Subtract(TOps.Load(k), largest), least);
        TDouble value = TOps.Multiply(TOps.Load(m), TOps.PowerOfTwo(exponent));
        TOps.Store(value, m);
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyRows<TDouble, TOps>(double* from, double* factors, double* to, nint rows, nint columns)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        for (nint row = 0; row < rows; row++)
        {
            TDouble factor = TOps.Create(factors[row]);
            for (nint i = 0; i < columns; i += TOps.Width)
            {
                TOps.Store(TOps.Multiply(TOps.Load(from + i), factor), to + i);
            }

            from += columns;
            to += columns;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TDouble, TOps>(double* from, double* to, nint count)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        for (nint i = 0; i < count; i += TOps.Width)
        {
            TOps.Store(TOps.Multiply(TOps.Load(from + i), TOps.Load(to + i)), to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TDouble, TOps>(double* from, double factor, double* to, nint count)
        where TDouble : unmanaged
        where TOps : struct, ISimdDouble<TDouble>
    {
        TDouble factors = TOps.Create(factor);
        for (nint i = 0; i < count; i += TOps.Width)
        {
            TOps.Store(TOps.FusedMultiplyAdd(factors, TOps.Load(from + i), TOps.Load(to + i)), to + i);
        }
    }
}
