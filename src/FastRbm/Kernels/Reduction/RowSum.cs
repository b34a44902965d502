using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Reduction;

/// <summary>Sums of float rows in double precision, element by element: the same at every width.</summary>
internal static class RowSum
{
    /// <summary>sums[j] += row[j].</summary>
    /// <param name="row">Floats.</param>
    /// <param name="sums">As many doubles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void Add(ReadOnlySpan<float> row, Span<double> sums)
    {
        fixed (float* source = row)
        fixed (double* target = sums)
        {
            int j = 0;
            for (; j <= sums.Length - 8; j += 8)
            {
                (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load(source + j));
                (Vector256.Load(target + j) + lower).Store(target + j);
                (Vector256.Load(target + j + 4) + upper).Store(target + j + 4);
            }

            for (; j < sums.Length; j++)
            {
                target[j] += source[j];
            }
        }
    }

    /// <summary>sums[j] += factor row[j].</summary>
    /// <param name="row">Floats.</param>
    /// <param name="factor">What they are multiplied by: products of two floats are exact in double.</param>
    /// <param name="sums">As many doubles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void AddScaled(ReadOnlySpan<float> row, float factor, Span<double> sums)
    {
        Vector256<double> times = Vector256.Create((double)factor);
        fixed (float* source = row)
        fixed (double* target = sums)
        {
            int j = 0;
            for (; j <= sums.Length - 8; j += 8)
            {
                (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load(source + j));
                (Vector256.Load(target + j) + (times * lower)).Store(target + j);
                (Vector256.Load(target + j + 4) + (times * upper)).Store(target + j + 4);
            }

            for (; j < sums.Length; j++)
            {
                target[j] += (double)factor * source[j];
            }
        }
    }
}
