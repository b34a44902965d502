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

    /// <summary>Words of source units whose weights (16 kB a word) stay in the first-level cache while all rows of a block pass over them.</summary>
    private const int BlockWords = 2;

    /// <summary>The scratch that one thread needs, in integers.</summary>
    /// <param name="sourceUnits">The number of source units.</param>
    /// <returns>A length for the scratch of <see cref="Run"/>.</returns>
    public static long ScratchLength(int sourceUnits) => (long)BlockRows * (sourceUnits + Tile.Count(sourceUnits) + Tile.Width);

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
        int words = Tile.Count(arguments.SourceUnits);
        int* sums = scratch;
        int* ends = sums + (BlockRows * Tile.Width);
        int* lists = ends + ((nint)BlockRows * words);
        for (int block = first; block < end; block += BlockRows)
        {
            int rows = Math.Min(BlockRows, end - block);
            for (int row = 0; row < rows; row++)
            {
                ulong* states = arguments.Source + ((nint)(block + row) * arguments.SourceWords);
                ActiveUnits.Collect(states, words, lists + ((nint)row * arguments.SourceUnits), ends + ((nint)row * words));
            }

            int tiles = Tile.Count(arguments.TargetUnits);
            for (int tile = 0; tile < tiles; tile++)
            {
                Sum<TFloat, TInt, TOps>(arguments, rows, tile, ends, lists, sums);
                Finish<TFloat, TInt, TOps>(arguments, block, rows, tile, sums);
            }
        }
    }

    /// <summary>sums[row][64] of one tile, a few words of source units at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TFloat, TInt, TOps>(in HalfStepArguments arguments, int rows, int tile, int* ends, int* lists, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int words = Tile.Count(arguments.SourceUnits);
        int* panel = arguments.Panels + ((nint)tile * words * Tile.Width * Tile.Width);
        int* bias = arguments.Bias + ((nint)tile * Tile.Width);
        for (int word = 0; word < words; word += BlockWords)
        {
            int last = Math.Min(word + BlockWords, words) - 1;
            for (int r = 0; r < rows; r++)
            {
                int first = word == 0 ? 0 : ends[((nint)r * words) + word - 1];
                int count = ends[((nint)r * words) + last] - first;
                int* rowSums = sums + (r * Tile.Width);
                TileSum.Run<TFloat, TInt, TOps>(
                    panel, lists + ((nint)r * arguments.SourceUnits) + first, count, word == 0 ? bias : rowSums, rowSums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFloat, TInt, TOps>(in HalfStepArguments arguments, int block, int rows, int tile, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* draws = stackalloc int[ShortDraws.Length];
        int tiles = Tile.Count(arguments.TargetUnits);
        int width = Math.Min(Tile.Width, arguments.TargetUnits - (tile * Tile.Width));
        ulong mask = tile == tiles - 1 ? BitMatrix.LastWordMask(arguments.TargetUnits) : ulong.MaxValue;
        TFloat inverseScale = TOps.Create(arguments.InverseScale);
        for (int r = 0; r < rows; r++)
        {
            nint row = block + r;
            int* rowSums = sums + (r * Tile.Width);
            float* x = (float*)rowSums;
            for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
            {
                TOps.Store(TOps.Multiply(TOps.ToFloat(TOps.Load(rowSums + unit)), inverseScale), x + unit);
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
