using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>Sums of fixed-point weights over all source units, for biases under spins.</summary>
internal static unsafe class PanelSums
{
    /// <summary>bias[j] = floor(bias[j] / 2) - floor(sum over source units of panel[i][j] / 2): halved first, so that nothing overflows.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="panels">Fixed-point weights [tile][source unit][64].</param>
    /// <param name="units">Source units of a panel.</param>
    /// <param name="tiles">Tiles of target units.</param>
    /// <param name="bias">Fixed-point biases of the target units, replaced.</param>
    public static void Fold(SimdLevel level, int* panels, int units, int tiles, int* bias)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Fold<Vector512<float>, Vector512<int>, Simd512>(panels, units, tiles, bias);
                break;
            case SimdLevel.Vector256:
                Fold<Vector256<float>, Vector256<int>, Simd256>(panels, units, tiles, bias);
                break;
            case SimdLevel.Vector128:
                Fold<Vector128<float>, Vector128<int>, Simd128>(panels, units, tiles, bias);
                break;
            default:
                Fold<float, int, ScalarSimd>(panels, units, tiles, bias);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fold<TFloat, TInt, TOps>(int* panels, int units, int tiles, int* bias)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int tile = 0; tile < tiles; tile++)
        {
            int* panel = panels + ((nint)tile * units * Tile.Width);
            int* target = bias + (tile * Tile.Width);
            for (int column = 0; column < Tile.Width; column += 4 * TOps.Width)
            {
                TInt sum0 = TOps.Create(0);
                TInt sum1 = sum0;
                TInt sum2 = sum0;
                TInt sum3 = sum0;
                for (int unit = 0; unit < units; unit++)
                {
                    int* row = panel + ((nint)unit * Tile.Width) + column;
                    sum0 = TOps.Add(sum0, TOps.Load(row));
                    sum1 = TOps.Add(sum1, TOps.Load(row + TOps.Width));
                    sum2 = TOps.Add(sum2, TOps.Load(row + (2 * TOps.Width)));
                    sum3 = TOps.Add(sum3, TOps.Load(row + (3 * TOps.Width)));
                }

                Fold<TFloat, TInt, TOps>(target + column, sum0);
                Fold<TFloat, TInt, TOps>(target + column + TOps.Width, sum1);
                Fold<TFloat, TInt, TOps>(target + column + (2 * TOps.Width), sum2);
                Fold<TFloat, TInt, TOps>(target + column + (3 * TOps.Width), sum3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold<TFloat, TInt, TOps>(int* bias, TInt sum)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> =>
        TOps.Store(TOps.Subtract(TOps.ShiftRightArithmetic(TOps.Load(bias), 1), TOps.ShiftRightArithmetic(sum, 1)), bias);
}
