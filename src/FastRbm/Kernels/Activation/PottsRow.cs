using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Means and samples of a row of one-hot groups from float inputs.</summary>
/// <remarks>
/// <code>
///   weight of column k of a group of n = round(exp(I_k - largest I) 2^b), b = the most that keeps n 2^b below 2^31
///   chosen: the first column whose weights up to it sum to more than (draw x total) / 2^32
///   draw of group 64t + 16r + l = draw number 64t + 4l + r of the stream: word number 16r + l of its <see cref="PhiloxTile"/> t
/// </code>
/// Weights and sums are integers, so the choice doesn't depend on their order. Small groups lie side by side in the lanes, sixteen at a
/// time, however wide a vector is; of large groups the columns do. Float sums of means have the order of the one or the other, by the
/// size of the group alone.
/// </remarks>
internal static unsafe class PottsRow
{
    // Groups of one tile of draws.
    private const int TileGroups = PhiloxTile.Length;

    // Groups of up to so many columns are always chosen from side by side.
    private const int SmallColumns = 31;

    // Columns whose means fit into a buffer on the stack.
    private const int BufferColumns = 2048;

    /// <summary>means = softmax of the inputs, group by group: within 4 ULP and the rounding of I_k - largest I.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="inputs">One input a column.</param>
    /// <param name="starts">The first column of each group, and the number of columns.</param>
    /// <param name="means">One mean a column, written; may be the inputs.</param>
    public static void Means(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, Span<float> means)
    {
        Throw.IfLengthDiffers(inputs.Length, starts[^1], nameof(inputs));
        Throw.IfLengthDiffers(means.Length, inputs.Length, nameof(means));
        fixed (float* x = inputs, y = means)
        {
            fixed (int* first = starts)
            {
                Means(level, x, first, starts.Length - 1, y);
            }
        }
    }

    /// <summary>fixedMeans[tile][row][64] = round(softmax * scale) for one row; units past the end get 0.</summary>
    public static void FixedMeans(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, float scale, int* means, int rows, int row)
    {
        Throw.IfLengthDiffers(inputs.Length, starts[^1], nameof(inputs));
        float* buffer = stackalloc float[BufferColumns];
        int groups = starts.Length - 1;
        fixed (float* x = inputs)
        {
            fixed (int* first = starts)
            {
                for (int group = 0; group < groups;)
                {
                    int end = group + 1;
                    while (end < groups && first[end + 1] - first[group] <= BufferColumns)
                    {
                        end++;
                    }

                    int columns = first[end] - first[group];
                    if (columns <= BufferColumns)
                    {
                        Means(level, x, first + group, end - group, buffer - first[group]);
                        Round(level, buffer, columns, scale, means, rows, row, first[group]);
                    }
                    else
                    {
                        LargeFixedMeans(level, x + first[group], columns, scale, means, rows, row, first[group], buffer);
                    }

                    group = end;
                }
            }
        }

        int last = inputs.Length % Tile.Width;
        if (last > 0)
        {
            int* tile = means + ((((nint)(inputs.Length / Tile.Width) * rows) + row) * Tile.Width);
            new Span<int>(tile + last, Tile.Width - last).Clear();
        }
    }

    /// <summary>states = a one-hot draw of each group.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="inputs">One input a column.</param>
    /// <param name="starts">The first column of each group, and the number of columns.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="states">One state a column, written; may be the inputs.</param>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, in RandomStream draws, Span<float> states)
    {
        Throw.IfLengthDiffers(inputs.Length, starts[^1], nameof(inputs));
        Throw.IfLengthDiffers(states.Length, inputs.Length, nameof(states));
        int* chosen = stackalloc int[TileGroups + PottsLanes.Groups];
        int groups = starts.Length - 1;
        fixed (float* x = inputs)
        {
            fixed (int* first = starts)
            {
                for (int group = 0; group < groups; group += TileGroups)
                {
                    int count = Math.Min(TileGroups, groups - group);
                    Choose(level, x, first + group, count, draws, group / TileGroups, chosen);
                    states[first[group]..first[group + count]].Clear();
                    for (int i = 0; i < count; i++)
                    {
                        states[chosen[i]] = 1f;
                    }
                }
            }
        }
    }

    /// <summary>The same as packed bits: pad bits are zero.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<int> starts, in RandomStream draws, Span<ulong> states)
    {
        Throw.IfLengthDiffers(inputs.Length, starts[^1], nameof(inputs));
        int* chosen = stackalloc int[TileGroups + PottsLanes.Groups];
        int groups = starts.Length - 1;
        states[..((inputs.Length + 63) / 64)].Clear();
        fixed (float* x = inputs)
        {
            fixed (int* first = starts)
            {
                for (int group = 0; group < groups; group += TileGroups)
                {
                    int count = Math.Min(TileGroups, groups - group);
                    Choose(level, x, first + group, count, draws, group / TileGroups, chosen);

                    // Columns ascend: a word is complete when the next one begins.
                    int word = chosen[0] >> 6;
                    ulong bits = states[word];
                    for (int i = 0; i < count; i++)
                    {
                        if (chosen[i] >> 6 != word)
                        {
                            states[word] = bits;
                            word = chosen[i] >> 6;
                            bits = 0;
                        }

                        bits |= 1UL << (chosen[i] & 63);
                    }

                    states[word] = bits;
                }
            }
        }
    }

    private static void Choose(SimdLevel level, float* inputs, int* starts, int groups, in RandomStream draws, long tile, int* chosen)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Choose<Vector512<float>, Vector512<int>, Simd512>(inputs, starts, groups, draws, tile, chosen);
                break;
            case SimdLevel.Vector256:
                Choose<Vector256<float>, Vector256<int>, Simd256>(inputs, starts, groups, draws, tile, chosen);
                break;
            case SimdLevel.Vector128:
                Choose<Vector128<float>, Vector128<int>, Simd128>(inputs, starts, groups, draws, tile, chosen);
                break;
            default:
                Choose<float, int, ScalarSimd>(inputs, starts, groups, draws, tile, chosen);
                break;
        }
    }

    private static void Choose<TFloat, TInt, TOps>(float* inputs, int* starts, int groups, in RandomStream draws, long tile, int* chosen)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* words = stackalloc int[PhiloxTile.Length + PottsLanes.Groups];
        PhiloxTile.Fill<TFloat, TInt, TOps>(draws, tile, words);
        for (int group = 0; group < groups;)
        {
            // Either way the same choice: the lanes pay for groups of middle size when they are full.
            int end = LanesEnd(starts, group, groups, PottsLanes.MaxColumns);
            end = end - group < PottsLanes.Groups ? LanesEnd(starts, group, groups, SmallColumns) : end;
            if (end > group)
            {
                PottsLanes.Choose<TFloat, TInt, TOps>(inputs, starts, group, end, words, chosen);
                group = end;
            }
            else
            {
                chosen[group] = starts[group] + PottsGroup.Choose<TFloat, TInt, TOps>(inputs + starts[group], starts[group + 1] - starts[group], (uint)words[group]);
                group++;
            }
        }
    }

    private static void Means(SimdLevel level, float* inputs, int* starts, int groups, float* means)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Means<Vector512<float>, Vector512<int>, Simd512>(inputs, starts, groups, means);
                break;
            case SimdLevel.Vector256:
                Means<Vector256<float>, Vector256<int>, Simd256>(inputs, starts, groups, means);
                break;
            case SimdLevel.Vector128:
                Means<Vector128<float>, Vector128<int>, Simd128>(inputs, starts, groups, means);
                break;
            default:
                Means<float, int, ScalarSimd>(inputs, starts, groups, means);
                break;
        }
    }

    private static void Means<TFloat, TInt, TOps>(float* inputs, int* starts, int groups, float* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int group = 0; group < groups;)
        {
            int end = LanesEnd(starts, group, groups, PottsLanes.MaxColumns);
            if (end > group)
            {
                PottsLanes.Means<TFloat, TInt, TOps>(inputs, starts, group, end, means);
                group = end;
            }
            else
            {
                PottsGroup.Means<TFloat, TInt, TOps>(inputs + starts[group], starts[group + 1] - starts[group], means + starts[group]);
                group++;
            }
        }
    }

    // The first group that doesn't lie in the lanes beside the others.
    private static int LanesEnd(int* starts, int group, int groups, int columns)
    {
        int most = Math.Min(groups, group + PottsLanes.Groups);
        int end = group;
        while (end < most && starts[end + 1] - starts[end] <= columns)
        {
            end++;
        }

        return end;
    }

    // means = round(values * scale) for columns from first on.
    private static void Round(SimdLevel level, float* values, int count, float scale, int* means, int rows, int row, int first)
    {
        for (int column = 0; column < count;)
        {
            int place = first + column;
            int part = Math.Min(count - column, Tile.Width - (place % Tile.Width));
            int* target = means + ((((nint)(place / Tile.Width) * rows) + row) * Tile.Width) + (place % Tile.Width);
            switch (level)
            {
                case SimdLevel.Vector512:
                    PottsGroup.Round<Vector512<float>, Vector512<int>, Simd512>(values + column, part, scale, target);
                    break;
                case SimdLevel.Vector256:
                    PottsGroup.Round<Vector256<float>, Vector256<int>, Simd256>(values + column, part, scale, target);
                    break;
                case SimdLevel.Vector128:
                    PottsGroup.Round<Vector128<float>, Vector128<int>, Simd128>(values + column, part, scale, target);
                    break;
                default:
                    PottsGroup.Round<float, int, ScalarSimd>(values + column, part, scale, target);
                    break;
            }

            column += part;
        }
    }

    // A group that doesn't fit into the buffer: piece by piece, with its largest input and its sum known.
    private static void LargeFixedMeans(
        SimdLevel level, float* inputs, int count, float scale, int* means, int rows, int row, int first, float* buffer)
    {
        float largest = PottsGroup.Largest<float, int, ScalarSimd>(inputs, count);
        float sum = PottsGroup.Sum<float, int, ScalarSimd>(inputs, count, largest);
        for (int column = 0; column < count; column += BufferColumns)
        {
            int part = Math.Min(BufferColumns, count - column);
            PottsGroup.Means<float, int, ScalarSimd>(inputs + column, part, largest, sum, buffer);
            Round(level, buffer, part, scale, means, rows, row, first + column);
        }
    }
}
