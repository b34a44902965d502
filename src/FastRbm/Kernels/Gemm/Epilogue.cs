using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>Adds the bias to a finished tile and applies the function, where the tile is: in the first-level cache.</summary>
internal static unsafe class Epilogue
{
    /// <summary>tile[i, j] = f(tile[i, j] + bias[j]), or bias[i].</summary>
    /// <param name="tile">Row 0.</param>
    /// <param name="stride">The distance between rows in floats.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">The columns: whole vectors.</param>
    /// <param name="bias">A value a column, or a row.</param>
    /// <param name="byRow">Whether <paramref name="bias"/> has a value a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFloat, TInt, TOps, TEpilogue>(float* tile, nint stride, nint rows, nint columns, float* bias, bool byRow)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TEpilogue : struct, IEpilogue
    {
        for (nint i = 0; i < rows; i++)
        {
            float* row = tile + (i * stride);
            for (nint j = 0; j < columns; j += TOps.Width)
            {
                TFloat addend = byRow ? TOps.Create(bias[i]) : TOps.Load(bias + j);
                TFloat x = TOps.Add(TOps.Load(row + j), addend);
                TOps.Store(TEpilogue.Apply<TFloat, TInt, TOps>(x), row + j);
            }
        }
    }
}
