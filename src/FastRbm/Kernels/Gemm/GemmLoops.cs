using System.Runtime.CompilerServices;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>
/// The five loops around the micro-kernel, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"
/// (2008), and Van Zee and van de Geijn, "BLIS" (2015).
/// </summary>
/// <remarks>
/// <code>
///   columns in blocks of BlockColumns
///     k in blocks of up to BlockDepth    from the second block on, the chains go on from C
///       rows in blocks of BlockRows      pack a block of A: it stays in the second-level cache
///         columns in panels of two vectors   pack a panel of B on first use: it stays in the first-level cache
///           rows in tiles of 12, 6 or fewer      micro-kernel
/// </code>
/// <para>A panel of B that is complete and not transposed is packed by the micro-kernel of its first tile, as it passes through
/// the registers, or not at all if there is no second tile.</para>
/// <para>Last rows have micro-kernels of their own size. Last columns run on a panel padded with zeros and through a temporary
/// tile, so that nothing beyond C is touched.</para>
/// </remarks>
internal static unsafe class GemmLoops
{
    private const int LargestTile = 12 * 2 * 16;

    /// <summary>Runs a product.</summary>
    /// <param name="problem">Checked, with at least one row, column and k step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFloat, TInt, TOps>(in Problem problem)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        // Blocks of one depth: a thin last block would load and store C for a few steps only.
        nint blocks = (problem.Depth + GemmWorkspace.BlockDepth - 1) / GemmWorkspace.BlockDepth;
        nint blockDepth = (problem.Depth + blocks - 1) / blocks;
        for (nint column = 0; column < problem.Columns; column += GemmWorkspace.BlockColumns)
        {
            nint columns = Math.Min(GemmWorkspace.BlockColumns, problem.Columns - column);
            for (nint k = 0; k < problem.Depth; k += blockDepth)
            {
                nint depth = Math.Min(blockDepth, problem.Depth - k);
                bool fromC = problem.Accumulate || k > 0;
                for (nint row = 0; row < problem.Rows; row += GemmWorkspace.BlockRows)
                {
                    nint rows = Math.Min(GemmWorkspace.BlockRows, problem.Rows - row);
                    PackA<TFloat, TInt, TOps>(in problem, row, rows, k, depth);
                    RunBlock<TFloat, TInt, TOps>(in problem, row, rows, column, columns, k, depth, fromC);
                }
            }
        }
    }

    // Tiles are as high as the registers allow, then six, then what is left.
    private static nint TileRows(nint left, int full) => left >= full ? full : Math.Min(left, 6);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackA<TFloat, TInt, TOps>(in Problem problem, nint row, nint rows, nint k, nint depth)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int full = MicroKernel.FullRows(TOps.Width);
        nint tile;
        for (nint i = 0; i < rows; i += tile)
        {
            tile = TileRows(rows - i, full);
            float* panel = problem.BlockOfA + (i * depth);
            if (problem.IsTransposedA)
            {
                Packing.SideBySide(problem.A + (k * problem.StrideA) + row + i, problem.StrideA, tile, depth, panel, tile);
            }
            else
            {
                Packing.OneAfterAnother(problem.A + ((row + i) * problem.StrideA) + k, problem.StrideA, tile, depth, panel, tile);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunBlock<TFloat, TInt, TOps>(in Problem problem, nint row, nint rows, nint column, nint columns, nint k, nint depth, bool fromC)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* edge = stackalloc float[LargestTile];
        int full = MicroKernel.FullRows(TOps.Width);
        nint panelColumns = 2 * TOps.Width;
        for (nint j = 0; j < columns; j += panelColumns)
        {
            nint count = Math.Min(panelColumns, columns - j);
            float* panel = problem.BlockOfB + (j * depth);
            float* b = panel;
            nint bStride = panelColumns;
            bool copyB = false;
            if (row == 0)
            {
                if (problem.IsTransposedB)
                {
                    Packing.OneAfterAnother(problem.B + ((column + j) * problem.StrideB) + k, problem.StrideB, count, depth, panel, panelColumns);
                }
                else
                {
                    b = problem.B + (k * problem.StrideB) + column + j;
                    bStride = problem.StrideB;
                    if (count < panelColumns)
                    {
                        Packing.SideBySide(b, bStride, count, depth, panel, panelColumns);
                        b = panel;
                        bStride = panelColumns;
                    }
                    else
                    {
                        copyB = problem.Rows > full;
                    }
                }
            }

            nint tile;
            for (nint i = 0; i < rows; i += tile)
            {
                tile = TileRows(rows - i, full);
                float* a = problem.BlockOfA + (i * depth);
                float* c = problem.C + ((row + i) * problem.StrideC) + column + j;
                if (count == panelColumns)
                {
                    RunTile<TFloat, TInt, TOps>(tile, copyB, depth, a, b, bStride, panel, c, problem.StrideC, fromC);
                }
                else
                {
                    if (fromC)
                    {
                        Copy(c, problem.StrideC, edge, panelColumns, tile, count);
                    }

                    RunTile<TFloat, TInt, TOps>(tile, false, depth, a, b, bStride, panel, edge, panelColumns, fromC);
                    Copy(edge, panelColumns, c, problem.StrideC, tile, count);
                }

                if (copyB)
                {
                    copyB = false;
                    b = panel;
                    bStride = panelColumns;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* source, nint sourceStride, float* destination, nint destinationStride, nint rows, nint columns)
    {
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = 0; j < columns; j++)
            {
                destination[(i * destinationStride) + j] = source[(i * sourceStride) + j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile<TFloat, TInt, TOps>(nint rows, bool copyB, nint depth, float* a, float* b, nint bStride, float* panel, float* c, nint cStride, bool fromC)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (copyB)
        {
            RunRows<TFloat, TInt, TOps, CopyOn>(rows, depth, a, b, bStride, panel, c, cStride, fromC);
        }
        else
        {
            RunRows<TFloat, TInt, TOps, CopyOff>(rows, depth, a, b, bStride, panel, c, cStride, fromC);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunRows<TFloat, TInt, TOps, TCopy>(nint rows, nint depth, float* a, float* b, nint bStride, float* panel, float* c, nint cStride, bool fromC)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TCopy : struct, ICopyOfB
    {
        switch (rows)
        {
            case 1: MicroKernel.Run<TFloat, TInt, TOps, Rows1, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            case 2: MicroKernel.Run<TFloat, TInt, TOps, Rows2, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            case 3: MicroKernel.Run<TFloat, TInt, TOps, Rows3, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            case 4: MicroKernel.Run<TFloat, TInt, TOps, Rows4, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            case 5: MicroKernel.Run<TFloat, TInt, TOps, Rows5, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            case 6: MicroKernel.Run<TFloat, TInt, TOps, Rows6, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
            default: MicroKernel.Run<TFloat, TInt, TOps, Rows12, TCopy>(depth, a, b, bStride, panel, c, cStride, fromC); break;
        }
    }

    private readonly struct CopyOn : ICopyOfB
    {
        public static bool IsOn => true;
    }

    private readonly struct CopyOff : ICopyOfB
    {
        public static bool IsOn => false;
    }

    private readonly struct Rows1 : IRowCount
    {
        public static int Count => 1;
    }

    private readonly struct Rows2 : IRowCount
    {
        public static int Count => 2;
    }

    private readonly struct Rows3 : IRowCount
    {
        public static int Count => 3;
    }

    private readonly struct Rows4 : IRowCount
    {
        public static int Count => 4;
    }

    private readonly struct Rows5 : IRowCount
    {
        public static int Count => 5;
    }

    private readonly struct Rows6 : IRowCount
    {
        public static int Count => 6;
    }

    private readonly struct Rows12 : IRowCount
    {
        public static int Count => 12;
    }
}
