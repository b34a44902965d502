using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Kernels.Binary;

/// <summary>Half steps v to h or h to v of many rows: exact integer sums, then means and states of binary target units.</summary>
internal static unsafe class HalfStep
{
    /// <summary>The scratch that one thread needs, in integers.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    /// <param name="rows">The most rows of a call.</param>
    /// <returns>A length for the scratch of <see cref="Run"/>.</returns>
    public static long ScratchLength(int sourceUnits, int rows) => Math.Max(
        (SourceLists.Rows * Tile.Width) + SourceLists.ScratchLength(sourceUnits), LookupLists.ScratchLength(sourceUnits, rows));

    /// <summary>Runs rows first to end - 1.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="arguments">What to read and write.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="scratch">This thread's scratch.</param>
    public static void Run(SimdLevel level, in HalfStepArguments arguments, int first, int end, int* scratch)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Choose<Vector512<float>, Vector512<int>, Simd512>(arguments, first, end, scratch);
                break;
            case SimdLevel.Vector256:
                Choose<Vector256<float>, Vector256<int>, Simd256>(arguments, first, end, scratch);
                break;
            case SimdLevel.Vector128:
                Choose<Vector128<float>, Vector128<int>, Simd128>(arguments, first, end, scratch);
                break;
            default:
                Choose<float, int, ScalarSimd>(arguments, first, end, scratch);
                break;
        }
    }

    private static void Choose<TFloat, TInt, TOps>(in HalfStepArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (arguments.Short)
        {
            Run<TFloat, TInt, TOps, ShortLanes<TFloat, TInt, TOps>>(arguments, first, end, scratch);
        }
        else if (LookupLists.Pay(arguments, TOps.Width, first, end))
        {
            LookUp<TFloat, TInt, TOps>(arguments, first, end, scratch);
        }
        else
        {
            Run<TFloat, TInt, TOps, IntLanes<TFloat, TInt, TOps>>(arguments, first, end, scratch);
        }
    }

    private static void Run<TFloat, TInt, TOps, TLanes>(in HalfStepArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TLanes : struct, ISumLanes<TFloat, TInt, TOps>
    {
        SourceLists lists = default;
        int tiles = Tile.Count(arguments.TargetUnits);
        for (int block = first; block < end; block += SourceLists.Rows)
        {
            int rows = Math.Min(SourceLists.Rows, end - block);
            lists.Make(arguments, block, rows, scratch + (SourceLists.Rows * Tile.Width));
            for (int tile = 0; tile < tiles; tile++)
            {
                int* sums = arguments.Sums == null ? scratch : arguments.Sums + ((((nint)tile * arguments.SumRows) + block) * TLanes.Words);
                Sum<TFloat, TInt, TOps, TLanes>(arguments, lists, rows, tile, sums);
                Finish<TFloat, TInt, TOps, TLanes>(arguments, block, rows, tile, sums);
            }

            Remember(arguments, block, rows);
        }
    }

    private static void LookUp<TFloat, TInt, TOps>(in HalfStepArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        LookupLists lists = default;
        int tiles = Tile.Count(arguments.TargetUnits);
        int most = Math.Min(end - first, LookupLists.Rows);
        int* tables = scratch + ((nint)most * Tile.Width);
        for (int block = first; block < end; block += most)
        {
            int rows = Math.Min(most, end - block);
            lists.Make(arguments, block, rows, tables + LookupLists.TableLength(arguments.SourceUnits));
            for (int tile = 0; tile < tiles; tile++)
            {
                int* sums = arguments.Sums == null ? scratch : arguments.Sums + ((((nint)tile * arguments.SumRows) + block) * Tile.Width);
                LookUp<TFloat, TInt, TOps>(arguments, lists, rows, tile, tables, sums);
                Finish<TFloat, TInt, TOps, IntLanes<TFloat, TInt, TOps>>(arguments, block, rows, tile, sums);
            }

            Remember(arguments, block, rows);
        }
    }

    /// <summary>Notes which states the sums that are kept are the inputs from.</summary>
    private static void Remember(in HalfStepArguments arguments, int block, int rows)
    {
        if (arguments.Summed != null)
        {
            nint from = (nint)block * arguments.SourceWords;
            int length = rows * arguments.SourceWords;
            new ReadOnlySpan<ulong>(arguments.Source + from, length).CopyTo(new Span<ulong>(arguments.Summed + from, length));
        }
    }

    /// <summary>sums[row][64] of one tile by tables of four source units, a segment at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LookUp<TFloat, TInt, TOps>(in HalfStepArguments arguments, in LookupLists lists, int rows, int tile, int* tables, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int units = Tile.Count(arguments.SourceUnits) * Tile.Width;
        int* panel = arguments.Panels + ((nint)tile * units * Tile.Width);
        int* bias = arguments.Bias + ((nint)tile * Tile.Width);
        for (int segment = 0; segment < lists.Segments; segment++)
        {
            int first = segment * LookupLists.SegmentGroups * 4;
            PatternTables.Build<TFloat, TInt, TOps>(
                panel + ((nint)first * Tile.Width), Math.Min(LookupLists.SegmentGroups * 4, units - first), tables);
            for (int r = 0; r < rows; r++)
            {
                ushort* entries = lists.Entries(r, segment, out int count);
                int* rowSums = sums + (r * Tile.Width);
                TileSum<TFloat, TInt, TOps, IntLanes<TFloat, TInt, TOps>, ushort>.Run(
                    tables, entries, count, tables, entries, 0, segment == 0 ? bias : rowSums, rowSums);
            }
        }
    }

    /// <summary>sums[row][64] of one tile, a segment of source units at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TFloat, TInt, TOps, TLanes>(in HalfStepArguments arguments, in SourceLists lists, int rows, int tile, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TLanes : struct, ISumLanes<TFloat, TInt, TOps>
    {
        int* panel = arguments.Panels + ((nint)tile * Tile.Count(arguments.SourceUnits) * Tile.Width * TLanes.Words);
        int* bias = arguments.Bias + ((nint)tile * TLanes.Words);
        nint step = (nint)lists.SegmentWords * Tile.Width * TLanes.Words;
        for (int segment = 0; segment < lists.Segments; segment++)
        {
            int* weights = panel + (segment * step);
            for (int r = 0; r < rows; r++)
            {
                ushort* units = lists.Units(r, segment, out int adds, out int subtracts);
                int* rowSums = sums + (r * TLanes.Words);
                int* from = segment == 0 && !lists.GoesOn(r) ? bias : rowSums;
                TileSum<TFloat, TInt, TOps, TLanes, ushort>.Run(weights, units, adds, weights, units + adds, subtracts, from, rowSums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFloat, TInt, TOps, TLanes>(in HalfStepArguments arguments, int block, int rows, int tile, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TLanes : struct, ISumLanes<TFloat, TInt, TOps>
    {
        ushort* draws = stackalloc ushort[ShortDraws.Length];
        float* x = stackalloc float[Tile.Width];
        int* wide = stackalloc int[Tile.Width];
        int tiles = Tile.Count(arguments.TargetUnits);
        int width = Math.Min(Tile.Width, arguments.TargetUnits - (tile * Tile.Width));
        ulong mask = tile == tiles - 1 ? BitMatrix.LastWordMask(arguments.TargetUnits) : ulong.MaxValue;
        for (int r = 0; r < rows; r++)
        {
            nint row = block + r;
            int* rowSums = TLanes.Widen(sums + (r * TLanes.Words), wide);
            float beta = arguments.Betas == null ? 1 : arguments.Betas[row];
            float scale = arguments.InverseScale * beta;
            if (arguments.BetasBefore != null)
            {
                AddSoftplusSteps<TFloat, TInt, TOps>(arguments, row, rowSums, tile == 0, tile == tiles - 1);
            }

            bool fromSums = arguments.Offsets == null && scale > 0;
            bool wanted = arguments.FixedMeans != null || arguments.Inputs != null;
            if (arguments.Offsets != null)
            {
                BernoulliTile.ToInputs<TFloat, TInt, TOps>(rowSums, scale, arguments.Offsets + ((nint)tile * Tile.Width), 1 - beta, x);
            }
            else if (wanted || !fromSums)
            {
                BernoulliTile.ToInputs<TFloat, TInt, TOps>(rowSums, scale, x);
            }

            if (arguments.States != null)
            {
                int ahead = r % ShortDraws.MaxChains;
                if (ahead == 0)
                {
                    int chains = Math.Min(ShortDraws.MaxChains, rows - r);
                    ShortDraws.Fill<TFloat, TInt, TOps>(arguments.Draws.ForChain(arguments.FirstChain + row), chains, tile, draws);
                }

                RandomStream ties = arguments.Ties.ForChain(arguments.FirstChain + row);
                ulong states = fromSums
                    ? BernoulliTile.SampleSums<TFloat, TInt, TOps>(rowSums, scale, draws + (64 * ahead), ties, tile)
                    : BernoulliTile.SampleInputs<TFloat, TInt, TOps>(x, draws + (64 * ahead), ties, tile);
                arguments.States[(row * tiles) + tile] = mask & states;
            }

            if (arguments.FixedMeans != null)
            {
                int* means = arguments.FixedMeans + ((((nint)tile * arguments.FixedMeanRows) + row) * Tile.Width);
                BernoulliTile.FixedMeans<TFloat, TInt, TOps>(x, arguments.FixedMeanScale, means);
                new Span<int>(means + width, Tile.Width - width).Clear();
            }

            if (arguments.Inputs != null)
            {
                float* inputs = arguments.Inputs + (row * arguments.InputStride) + (tile * Tile.Width);
                new ReadOnlySpan<float>(x, width).CopyTo(new Span<float>(inputs, width));
            }
        }
    }

    /// <summary>Adds one tile to a row's softplus steps. Units that don't exist have input 0, and so a step of 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSoftplusSteps<TFloat, TInt, TOps>(in HalfStepArguments arguments, nint row, int* sums, bool first, bool last)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* lanes = arguments.StepLanes + (row * SoftplusSteps.Lanes);
        if (first)
        {
            new Span<float>(lanes, SoftplusSteps.Lanes).Clear();
        }

        float before = arguments.BetasBefore[row];
        float after = arguments.Betas[row];
        bool small = Math.Abs(after - before) <= arguments.SmallStep;
        SoftplusSteps.Add<TFloat, TInt, TOps>(sums, arguments.InverseScale, before, after, small, lanes);
        if (last)
        {
            arguments.SoftplusSteps[row] = SoftplusSteps.Total(lanes);
        }
    }
}
