using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums of the fixed-point means of a phase over its rows: exact, in any order.</summary>
internal static unsafe class MeanTotals
{
    /// <summary>Sums the means of hidden tiles first to end - 1.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="moments">Rows and means; totals of these tiles are written.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">One past the last tile.</param>
    public static void Run(SimdLevel level, in BinaryMoments moments, int first, int end)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>(moments, first, end);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(moments, first, end);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(moments, first, end);
                break;
            default:
                Run<float, int, ScalarSimd>(moments, first, end);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps>(in BinaryMoments moments, int first, int end)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int tile = first; tile < end; tile++)
        {
            int* means = moments.Means + ((nint)tile * moments.MeanRows * Tile.Width);
            for (int column = 0; column < Tile.Width; column += TOps.Width)
            {
                TInt sum = TOps.Create(0);
                for (int row = 0; row < moments.Rows; row++)
                {
                    sum = TOps.Add(sum, TOps.Load(means + ((nint)row * Tile.Width) + column));
                }

                TOps.Store(sum, moments.MeanTotals + (tile * Tile.Width) + column);
            }
        }
    }
}
