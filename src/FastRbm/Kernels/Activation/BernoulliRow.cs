using System.Runtime.Intrinsics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Means and samples of a row of binary units from float inputs, by the same tiles as the fused half step.</summary>
internal static unsafe class BernoulliRow
{
    /// <summary>fixedMeans[tile][row][64] = round(sigmoid(inputs) * scale) for one row; units past the end get 0.</summary>
    public static void FixedMeans(SimdLevel level, ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row)
    {
        float* x = stackalloc float[Tile.Width];
        for (int first = 0; first < inputs.Length; first += Tile.Width)
        {
            int width = LoadTile(inputs, first, x);
            int* target = means + ((((nint)(first / Tile.Width) * rows) + row) * Tile.Width);
            switch (level)
            {
                case SimdLevel.Vector512:
                    BernoulliTile.FixedMeans<Vector512<float>, Vector512<int>, Simd512>(x, scale, target);
                    break;
                case SimdLevel.Vector256:
                    BernoulliTile.FixedMeans<Vector256<float>, Vector256<int>, Simd256>(x, scale, target);
                    break;
                case SimdLevel.Vector128:
                    BernoulliTile.FixedMeans<Vector128<float>, Vector128<int>, Simd128>(x, scale, target);
                    break;
                default:
                    BernoulliTile.FixedMeans<float, int, ScalarSimd>(x, scale, target);
                    break;
            }

            new Span<int>(target + width, Tile.Width - width).Clear();
        }
    }

    /// <summary>states[j] = 1 with probability sigmoid(inputs[j]), else 0.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<float> states)
    {
        for (int first = 0; first < inputs.Length; first += Tile.Width)
        {
            int width = Math.Min(Tile.Width, inputs.Length - first);
            ulong bits = SampleWord(level, inputs, first, draws, ties, first / Tile.Width);
            for (int unit = 0; unit < width; unit++)
            {
                states[first + unit] = (bits >> unit) & 1;
            }
        }
    }

    /// <summary>The same as packed bits: pad bits are zero.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> states) =>
        Sample(level, inputs, draws, ties, 0, states);

    /// <summary>The same for some words of a row: the inputs are those from unit 64 firstWord on, the states those from word firstWord on.</summary>
    public static void Sample(
        SimdLevel level, ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, int firstWord, Span<ulong> states)
    {
        for (int first = 0; first < inputs.Length; first += Tile.Width)
        {
            int width = Math.Min(Tile.Width, inputs.Length - first);
            ulong mask = width == Tile.Width ? ulong.MaxValue : (1UL << width) - 1;
            states[first / Tile.Width] = mask & SampleWord(level, inputs, first, draws, ties, firstWord + (first / Tile.Width));
        }
    }

    private static ulong SampleWord(SimdLevel level, ReadOnlySpan<float> inputs, int first, in RandomStream draws, in RandomStream ties, int word) =>
        level switch
        {
            SimdLevel.Vector512 => SampleWord<Vector512<float>, Vector512<int>, Simd512>(inputs, first, draws, ties, word),
            SimdLevel.Vector256 => SampleWord<Vector256<float>, Vector256<int>, Simd256>(inputs, first, draws, ties, word),
            SimdLevel.Vector128 => SampleWord<Vector128<float>, Vector128<int>, Simd128>(inputs, first, draws, ties, word),
            _ => SampleWord<float, int, ScalarSimd>(inputs, first, draws, ties, word),
        };

    private static ulong SampleWord<TFloat, TInt, TOps>(
        ReadOnlySpan<float> inputs, int first, in RandomStream draws, in RandomStream ties, int word)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* x = stackalloc float[Tile.Width];
        ushort* bits = stackalloc ushort[ShortDraws.Length];
        LoadTile(inputs, first, x);
        ShortDraws.Fill<TFloat, TInt, TOps>(draws, 1, word, bits);
        return BernoulliTile.Sample<TFloat, TInt, TOps>(x, bits, ties, word);
    }

    private static int LoadTile(ReadOnlySpan<float> inputs, int first, float* x)
    {
        int width = Math.Min(Tile.Width, inputs.Length - first);
        Span<float> tile = new(x, Tile.Width);
        inputs.Slice(first, width).CopyTo(tile);
        tile[width..].Clear();
        return width;
    }
}
