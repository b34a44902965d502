using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Kernels.Binary;

/// <summary>Half steps v to h or h to v of many rows: sparse integer sums, then means and states of binary target units.</summary>
internal static unsafe class HalfStep
{
    /// <summary>Rows whose lists are made before the weight panels pass over them: one panel load serves them all.</summary>
    public const int BlockRows = 64;

    /// <summary>The scratch that one thread needs, in integers.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    /// <returns>A length for the scratch of <see cref="Run"/>.</returns>
    public static long ScratchLength(int sourceUnits) => (long)BlockRows * (sourceUnits + 1);

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
                Run<Vector512<float>, Vector512<int>, Simd512>(arguments, first, end, scratch);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(arguments, first, end, scratch);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(arguments, first, end, scratch);
                break;
            default:
                Run<float, int, ScalarSimd>(arguments, first, end, scratch);
                break;
        }
    }

    private static void Run<TFloat, TInt, TOps>(in HalfStepArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* counts = scratch;
        int* lists = scratch + BlockRows;
        for (int block = first; block < end; block += BlockRows)
        {
            int rows = Math.Min(BlockRows, end - block);
            for (int row = 0; row < rows; row++)
            {
                ulong* states = arguments.Source + ((nint)(block + row) * arguments.SourceWords);
                counts[row] = ActiveUnits.Collect(states, arguments.SourceWords, lists + ((nint)row * arguments.SourceUnits));
            }

            int tiles = Tile.Count(arguments.TargetUnits);
            for (int tile = 0; tile < tiles; tile++)
            {
                RunTile<TFloat, TInt, TOps>(arguments, block, rows, tile, counts, lists);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile<TFloat, TInt, TOps>(in HalfStepArguments arguments, int block, int rows, int tile, int* counts, int* lists)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* sums = stackalloc int[Tile.Width];
        int* draws = stackalloc int[ShortDraws.Length];
        float* x = (float*)sums;
        int* panel = arguments.Panels + ((nint)tile * Tile.Count(arguments.SourceUnits) * Tile.Width * Tile.Width);
        int* bias = arguments.Bias + ((nint)tile * Tile.Width);
        int tiles = Tile.Count(arguments.TargetUnits);
        int width = Math.Min(Tile.Width, arguments.TargetUnits - (tile * Tile.Width));
        ulong mask = tile == tiles - 1 ? BitMatrix.LastWordMask(arguments.TargetUnits) : ulong.MaxValue;
        TFloat inverseScale = TOps.Create(arguments.InverseScale);
        for (int r = 0; r < rows; r++)
        {
            nint row = block + r;
            TileSum.Run<TFloat, TInt, TOps>(panel, lists + ((nint)r * arguments.SourceUnits), counts[r], bias, sums);
            for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
            {
                TOps.Store(TOps.Multiply(TOps.ToFloat(TOps.Load(sums + unit)), inverseScale), x + unit);
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
                arguments.States[(row * tiles) + tile] = mask & BernoulliTile.Sample<TFloat, TInt, TOps>(x, draws + (64 * ahead), ties, tile);
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
}
