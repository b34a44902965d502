using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Networks;

/// <summary>Cuts values off at a bound.</summary>
internal static unsafe class ClampRow
{
    private const int Width = 8;

    /// <summary>row[j] = row[j] limited to -bound ... bound; NaN stays.</summary>
    /// <param name="bound">The bound.</param>
    /// <param name="row">Values, replaced.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float bound, Span<float> row)
    {
        Vector256<float> most = Vector256.Create(bound);
        Vector256<float> least = Vector256.Create(-bound);
        fixed (float* r = row)
        {
            int j = 0;
            for (; j <= row.Length - Width; j += Width)
            {
                Vector256<float> x = Vector256.Load(r + j);
                x = Vector256.ConditionalSelect(Vector256.LessThan(most, x), most, x);
                Vector256.ConditionalSelect(Vector256.LessThan(x, least), least, x).Store(r + j);
            }

            for (; j < row.Length; j++)
            {
                float x = r[j] > bound ? bound : r[j];
                r[j] = x < -bound ? -bound : x;
            }
        }
    }
}
