using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Networks;

/// <summary>Leaves units of a row out at random and scales the others up, so that expected values stay.</summary>
/// <remarks>
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout" (JMLR 2014). Unit 64t + u stays if the upper 31 bits of
/// word u of tile t of the stream are below the threshold: integers, so that every level agrees. Allocates nothing.
/// </remarks>
internal static unsafe class DropoutRow
{
    /// <summary>values and slopes times 1 / (1 - share), or 0 with probability share.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="share">The probability that a unit is left out: from 0 to below 1.</param>
    /// <param name="values">Values, replaced.</param>
    /// <param name="slopes">As many slopes, replaced; or none.</param>
    public static void Run(SimdLevel level, in RandomStream draws, double share, Span<float> values, Span<float> slopes)
    {
        int threshold = (int)Math.Round((1 - share) * int.MaxValue);
        float scale = (float)(1 / (1 - share));
        int* words = stackalloc int[PhiloxTile.Length];
        for (int first = 0; first < values.Length; first += PhiloxTile.Length)
        {
            Fill(level, draws, first / PhiloxTile.Length, words);
            int count = Math.Min(PhiloxTile.Length, values.Length - first);
            Scale(values.Slice(first, count), words, threshold, scale);
            if (!slopes.IsEmpty)
            {
                Scale(slopes.Slice(first, count), words, threshold, scale);
            }
        }
    }

    private static void Scale(Span<float> values, int* words, int threshold, float scale)
    {
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] = (int)((uint)words[unit] >> 1) < threshold ? values[unit] * scale : 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(SimdLevel level, in RandomStream draws, long tile, int* words)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                PhiloxTile.Fill<Vector512<float>, Vector512<int>, Simd512>(draws, tile, words);
                break;
            case SimdLevel.Vector256:
                PhiloxTile.Fill<Vector256<float>, Vector256<int>, Simd256>(draws, tile, words);
                break;
            case SimdLevel.Vector128:
                PhiloxTile.Fill<Vector128<float>, Vector128<int>, Simd128>(draws, tile, words);
                break;
            default:
                PhiloxTile.Fill<float, int, ScalarSimd>(draws, tile, words);
                break;
        }
    }
}
