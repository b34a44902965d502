using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Elementary;

/// <summary>Sums and multiples of float rows, element by element: the same at every width, since each element is one fused operation.</summary>
internal static unsafe class FloatRows
{
    private const int Width = 8;

    /// <summary>row[j] = row[j] * factor.</summary>
    /// <param name="row">Floats, replaced.</param>
    /// <param name="factor">What they are multiplied by.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(Span<float> row, float factor)
    {
        Vector256<float> times = Vector256.Create(factor);
        fixed (float* values = row)
        {
            int j = 0;
            for (; j <= row.Length - Width; j += Width)
            {
                (Vector256.Load(values + j) * times).Store(values + j);
            }

            for (; j < row.Length; j++)
            {
                values[j] *= factor;
            }
        }
    }

    /// <summary>sums[j] = sums[j] + row[j].</summary>
    /// <param name="row">Floats.</param>
    /// <param name="sums">As many, replaced.</param>
    public static void Add(ReadOnlySpan<float> row, Span<float> sums) => AddMultiple(row, 1, sums);

    /// <summary>sums[j] = fma(factor, row[j], sums[j]).</summary>
    /// <param name="row">Floats.</param>
    /// <param name="factor">What they are multiplied by.</param>
    /// <param name="sums">As many, replaced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddMultiple(ReadOnlySpan<float> row, float factor, Span<float> sums)
    {
        Vector256<float> times = Vector256.Create(factor);
        fixed (float* values = row)
        fixed (float* target = sums)
        {
            int j = 0;
            for (; j <= sums.Length - Width; j += Width)
            {
                Vector256.FusedMultiplyAdd(Vector256.Load(values + j), times, Vector256.Load(target + j)).Store(target + j);
            }

            for (; j < sums.Length; j++)
            {
                target[j] = MathF.FusedMultiplyAdd(values[j], factor, target[j]);
            }
        }
    }

    /// <summary>sums[j] = fma(factor, row[j]^2, sums[j]), the square rounded.</summary>
    /// <param name="row">Floats.</param>
    /// <param name="factor">What their squares are multiplied by.</param>
    /// <param name="sums">As many, replaced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSquares(ReadOnlySpan<float> row, float factor, Span<float> sums)
    {
        Vector256<float> times = Vector256.Create(factor);
        fixed (float* values = row)
        fixed (float* target = sums)
        {
            int j = 0;
            for (; j <= sums.Length - Width; j += Width)
            {
                Vector256<float> value = Vector256.Load(values + j);
                Vector256.FusedMultiplyAdd(value * value, times, Vector256.Load(target + j)).Store(target + j);
            }

            for (; j < sums.Length; j++)
            {
                target[j] = MathF.FusedMultiplyAdd(values[j] * values[j], factor, target[j]);
            }
        }
    }
}
