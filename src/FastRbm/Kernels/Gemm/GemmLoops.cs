using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>
/// The five loops around the micro-kernel, after Goto and van de Geijn, "Anatomy of high-performance matrix multiplication"
/// (2008), and Van Zee and van de Geijn, "BLIS" (2015), except that factors are packed only where that pays.
/// </summary>
/// <remarks>
/// <code>
///   columns in blocks of BlockColumns
///     k in blocks of up to BlockDepth    from the second block on, the chains go on from C
///       rows in blocks                   the block of A stays in the second-level cache
///         columns in panels of two vectors, the last one of one if that is enough
///           rows in tiles of 12, 6 or fewer      micro-kernel
/// </code>
/// <para>A tile's twelve elements of A and two vectors of B a step are read from where they are stored, unless that would make
/// them push each other out of the caches. A panel of B that would do so is packed by the micro-kernel of its first tile, as it
/// passes through the registers; a transposed one before it.</para>
/// <para>Last rows have micro-kernels of their own size. Last columns run on a panel padded with zeros and through a temporary
/// tile, so that nothing beyond C is touched. So does all of a transposed C.</para>
/// </remarks>
internal static unsafe class GemmLoops
{
    private const int LargestTile = MicroKernel.MostRows * 2 * 16;

    /// <summary>Rows a multiple of this many floats apart share so few places in the caches that they push each other out.</summary>
    public const int ConflictStride = 512;

    /// <summary>Tiles of a transposed A that are packed together.</summary>
    private const int TilesAtOnce = 8;

    /// <summary>From this many tiles of rows on B is worth a copy, if its stride is such a multiple.</summary>
    private const int TilesWorthACopy = 4;

    /// <summary>From this many columns on, for each row of a tile, a transposed A is worth a copy: low tiles use little of a line.</summary>
    private const int ColumnsWorthACopy = 64;

    /// <summary>Runs a product.</summary>
    /// <param name="problem">Checked, with at least one row, column and k step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFloat, TInt, TOps, TEpilogue>(in Problem problem)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TEpilogue : struct, IEpilogue
    {
        nint full = MicroKernel.FullRows(TOps.Width);

        // A transposed A costs a cache line a step, of which a tile takes but a part.
        bool packA = problem.RowOfA == 1
            ? problem.Rows > full && (problem.Columns >= ColumnsWorthACopy * full || problem.StepOfA % (2 * ConflictStride) == 0)
            : problem.RowOfA % (2 * ConflictStride) == 0;
        nint mostDepth = problem.RowOfA == 1 ? GemmWorkspace.BlockDepth / 2 : GemmWorkspace.BlockDepth;

        // Blocks of one size: a thin last block would load and store C for a few steps only.
        nint blockDepth = Part(problem.Depth, mostDepth);
        nint blockRows = Part(problem.Rows, GemmWorkspace.BlockOfA / blockDepth / full * full);
        blockRows = (blockRows + full - 1) / full * full;
        bool copyB = problem.FormOfB == FormOfB.Plain && problem.Rows >= TilesWorthACopy * full && problem.StrideB % ConflictStride == 0;
        nint blockColumns = problem.FormOfB == FormOfB.Transposed || copyB
            ? GemmWorkspace.BlockColumns * GemmWorkspace.BlockDepth / blockDepth / 32 * 32
            : problem.Columns;

        Block block = new() { CopyB = copyB };
        for (nint column = 0; column < problem.Columns; column += blockColumns)
        {
            block.Column = column;
            block.Columns = Math.Min(blockColumns, problem.Columns - column);
            for (nint k = 0; k < problem.Depth; k += blockDepth)
            {
                block.K = k;
                block.Depth = Math.Min(blockDepth, problem.Depth - k);
                for (nint row = 0; row < problem.Rows; row += blockRows)
                {
                    block.Row = row;
                    block.Rows = Math.Min(blockRows, problem.Rows - row);
                    block.A = problem.A + (row * problem.RowOfA) + (k * problem.StepOfA);
                    if (packA)
                    {
                        PackA(in problem, in block, full);
                        block.A = null;
                    }

                    RunBlock<TFloat, TInt, TOps, TEpilogue>(in problem, in block);
                }
            }
        }
    }

    // The size of equal parts that are at most so large.
    private static nint Part(nint whole, nint most)
    {
        nint parts = (whole + most - 1) / most;
        return (whole + parts - 1) / parts;
    }

    // Tiles are as high as the registers allow; the last two share what is left: four rows alone would leave the multipliers waiting.
    private static nint TileRows(nint left, nint full) => left >= 2 * full ? full : left > full ? (left + 1) / 2 : left;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackA(in Problem problem, in Block block, nint full)
    {
        if (problem.RowOfA == 1)
        {
            // Step by step over some tiles: reads long stretches of the stored rows, but no more places are written in turn than
            // the first-level cache has for panels a power of two apart.
            nint group;
            for (nint start = 0; start < block.Rows; start += group)
            {
                nint left = block.Rows - start;
                group = left > (TilesAtOnce + 1) * full ? TilesAtOnce * full : left;
                PackTransposedA(in problem, in block, full, start, start + group);
            }

            return;
        }

        nint tile;
        for (nint i = 0; i < block.Rows; i += tile)
        {
            tile = TileRows(block.Rows - i, full);
            Packing.OneAfterAnother(block.A + (i * problem.RowOfA), problem.RowOfA, tile, block.Depth, problem.BlockOfA + (i * block.Depth), tile);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackTransposedA(in Problem problem, in Block block, nint full, nint start, nint end)
    {
        float* source = block.A;
        for (nint k = 0; k < block.Depth; k++)
        {
            for (nint i = start; i < end && Sse.IsSupported; i += 16)
            {
                Sse.Prefetch0(source + (8 * problem.StepOfA) + i);
            }

            nint rows;
            for (nint i = start; i < end; i += rows)
            {
                rows = TileRows(block.Rows - i, full);
                Packing.Lanes(source + i, rows, problem.BlockOfA + (i * block.Depth) + (k * rows));
            }

            source += problem.StepOfA;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunBlock<TFloat, TInt, TOps, TEpilogue>(in Problem problem, in Block block)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TEpilogue : struct, IEpilogue
    {
        float* edge = stackalloc float[LargestTile];
        float* bias = stackalloc float[2 * 16];
        nint full = MicroKernel.FullRows(TOps.Width);
        nint width = TOps.Width;
        nint depth = block.Depth;
        bool fromC = problem.Accumulate || block.K > 0;
        bool isLast = block.K + depth == problem.Depth;
        nint panelColumns;
        for (nint j = 0; j < block.Columns; j += panelColumns)
        {
            nint left = block.Columns - j;
            panelColumns = left > width ? 2 * width : width;
            nint count = Math.Min(panelColumns, left);
            PanelOfB b = FindB<TFloat, TInt, TOps>(in problem, in block, j, panelColumns, count);
            if (TEpilogue.IsOn && isLast && !problem.IsTransposedC)
            {
                new ReadOnlySpan<float>(problem.Bias + block.Column + j, (int)count).CopyTo(new Span<float>(bias, 32));
            }

            nint tile;
            for (nint i = 0; i < block.Rows; i += tile)
            {
                tile = TileRows(block.Rows - i, full);
                nint row = block.Row + i;
                nint column = block.Column + j;
                float* a = block.A + (i * problem.RowOfA);
                nint aRow = problem.RowOfA;
                nint aStep = problem.StepOfA;
                if (block.A == null)
                {
                    a = problem.BlockOfA + (i * depth);
                    aRow = 1;
                    aStep = tile;
                }

                bool direct = count == panelColumns && !problem.IsTransposedC;
                float* c = problem.C + (problem.IsTransposedC ? (column * problem.StrideC) + row : (row * problem.StrideC) + column);
                float* target = direct ? c : edge;
                nint targetStride = direct ? problem.StrideC : panelColumns;
                if (fromC && !direct)
                {
                    TileCopy.Read(c, problem.StrideC, problem.IsTransposedC, edge, panelColumns, tile, count);
                }

                RunTile<TFloat, TInt, TOps>(tile, panelColumns > width, depth, a, aRow, aStep, b.Start, b.Next, b.Step, b.Ahead, b.Copy, target, targetStride, fromC);
                if (b.Copy != null)
                {
                    b = new PanelOfB { Start = b.Copy, Next = width, Step = panelColumns, Ahead = panelColumns * depth };
                }

                if (TEpilogue.IsOn && isLast)
                {
                    float* values = problem.IsTransposedC ? problem.Bias + row : bias;
                    Epilogue.Run<TFloat, TInt, TOps, TEpilogue>(target, targetStride, tile, panelColumns, values, problem.IsTransposedC);
                }

                if (!direct)
                {
                    TileCopy.Write(edge, panelColumns, c, problem.StrideC, problem.IsTransposedC, tile, count);
                }
            }
        }
    }

    // Where the micro-kernel reads a panel of B; packs it first if it must be.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PanelOfB FindB<TFloat, TInt, TOps>(in Problem problem, in Block block, nint j, nint panelColumns, nint count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        nint width = TOps.Width;
        nint column = block.Column + j;
        if (problem.FormOfB == FormOfB.Packed)
        {
            nint inPanel = column % PackedMatrix.PanelColumns;
            return new PanelOfB
            {
                Start = problem.B + ((column - inPanel) * problem.Depth) + (block.K * PackedMatrix.PanelColumns) + inPanel,
                Next = width == PackedMatrix.PanelColumns ? width * problem.Depth : width,
                Step = PackedMatrix.PanelColumns,
                Ahead = panelColumns * problem.Depth,
            };
        }

        bool whole = problem.FormOfB == FormOfB.Transposed || block.CopyB;
        float* packed = whole ? problem.BlockOfB + (j * block.Depth) : problem.BlockOfB;
        bool isFirst = block.Row == 0;
        if (problem.FormOfB == FormOfB.Transposed)
        {
            if (isFirst)
            {
                Packing.OneAfterAnother(problem.B + (column * problem.StrideB) + block.K, problem.StrideB, count, block.Depth, packed, panelColumns);
            }
        }
        else if (count == 2 * width && (isFirst || !block.CopyB))
        {
            return new PanelOfB
            {
                Start = problem.B + (block.K * problem.StrideB) + column,
                Next = width,
                Step = problem.StrideB,
                Ahead = panelColumns,
                Copy = block.CopyB ? packed : null,
            };
        }
        else if (count < 2 * width && isFirst)
        {
            // Alone at the beginning of the block, where B isn't copied.
            Packing.SideBySide(problem.B + (block.K * problem.StrideB) + column, problem.StrideB, count, block.Depth, packed, panelColumns);
        }

        return new PanelOfB { Start = packed, Next = width, Step = panelColumns, Ahead = panelColumns * block.Depth };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTile<TFloat, TInt, TOps>(
        nint rows, bool two, nint depth, float* a, nint aRow, nint aStep, float* b, nint bNext, nint bStep, nint bAhead, float* packed, float* c, nint cStride, bool fromC)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (packed != null)
        {
            RunRows<TFloat, TInt, TOps, Counts.N2, CopyOn>(rows, depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC);
        }
        else if (two)
        {
            RunRows<TFloat, TInt, TOps, Counts.N2, CopyOff>(rows, depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC);
        }
        else
        {
            RunRows<TFloat, TInt, TOps, Counts.N1, CopyOff>(rows, depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunRows<TFloat, TInt, TOps, TVectors, TCopy>(
        nint rows, nint depth, float* a, nint aRow, nint aStep, float* b, nint bNext, nint bStep, nint bAhead, float* packed, float* c, nint cStride, bool fromC)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TVectors : struct, ICount
        where TCopy : struct, ICopyOfB
    {
        switch (rows)
        {
            case 1: MicroKernel.Run<TFloat, TInt, TOps, Counts.N1, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 2: MicroKernel.Run<TFloat, TInt, TOps, Counts.N2, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 3: MicroKernel.Run<TFloat, TInt, TOps, Counts.N3, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 4: MicroKernel.Run<TFloat, TInt, TOps, Counts.N4, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 5: MicroKernel.Run<TFloat, TInt, TOps, Counts.N5, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 6: MicroKernel.Run<TFloat, TInt, TOps, Counts.N6, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 7: MicroKernel.Run<TFloat, TInt, TOps, Counts.N7, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 8: MicroKernel.Run<TFloat, TInt, TOps, Counts.N8, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 9: MicroKernel.Run<TFloat, TInt, TOps, Counts.N9, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 10: MicroKernel.Run<TFloat, TInt, TOps, Counts.N10, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            case 11: MicroKernel.Run<TFloat, TInt, TOps, Counts.N11, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
            default: MicroKernel.Run<TFloat, TInt, TOps, Counts.N12, TVectors, TCopy>(depth, a, aRow, aStep, b, bNext, bStep, bAhead, packed, c, cStride, fromC); break;
        }
    }

    // One pass of the loop over rows.
    private struct Block
    {
        public nint Row;
        public nint Rows;
        public nint Column;
        public nint Columns;
        public nint K;
        public nint Depth;

        /// <summary>The block of A where it is stored; null if it is packed.</summary>
        public float* A;

        public bool CopyB;
    }

    private struct PanelOfB
    {
        public float* Start;
        public nint Next;
        public nint Step;
        public nint Ahead;

        /// <summary>Where the first tile is to leave a packed copy, or null.</summary>
        public float* Copy;
    }

    private readonly struct CopyOn : ICopyOfB
    {
        public static bool IsOn => true;
    }

    private readonly struct CopyOff : ICopyOfB
    {
        public static bool IsOn => false;
    }
}
