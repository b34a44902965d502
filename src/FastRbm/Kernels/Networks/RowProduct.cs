using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;

namespace FastRbm.Kernels.Networks;

/// <summary>Products of rows, element by element.</summary>
internal static unsafe class RowProduct
{
    private const int Width = 8;

    /// <summary>row[j] = row[j] factors[j].</summary>
    /// <param name="factors">Floats.</param>
    /// <param name="row">As many, replaced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ReadOnlySpan<float> factors, Span<float> row)
    {
        Throw.IfLengthDiffers(factors.Length, row.Length, nameof(factors));
        fixed (float* f = factors, r = row)
        {
            int j = 0;
            for (; j <= row.Length - Width; j += Width)
            {
                (Vector256.Load(f + j) * Vector256.Load(r + j)).Store(r + j);
            }

            for (; j < row.Length; j++)
            {
                r[j] *= f[j];
            }
        }
    }
}
