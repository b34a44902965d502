using System.Runtime.CompilerServices;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>Small one-hot groups, sixteen side by side: column k of group g lies in row k, lane g of a buffer.</summary>
internal static unsafe class PottsLanes
{
    /// <summary>The most groups of one call.</summary>
    public const int Groups = 16;

    /// <summary>The most columns of a group.</summary>
    public const int MaxColumns = 64;

    /// <summary>Chooses a column of each group.</summary>
    /// <param name="inputs">The row's inputs.</param>
    /// <param name="starts">The first column of each group of the tile, and the end.</param>
    /// <param name="group">The first group.</param>
    /// <param name="end">The first group that isn't chosen from, at most <see cref="Groups"/> later.</param>
    /// <param name="words">The tile's draws, one a group; read up to 16 past the last.</param>
    /// <param name="chosen">The columns: of group i in place i, written; up to 16 past the last too.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Choose<TFloat, TInt, TOps>(float* inputs, int* starts, int group, int end, int* words, int* chosen)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* rows = stackalloc float[Groups * MaxColumns];
        float* scales = stackalloc float[Groups];
        int* first = stackalloc int[Groups];
        int columns = starts[group + 1] - starts[group];
        if (AreEqual<TFloat, TInt, TOps>(starts, group, end))
        {
            LoadEqual(inputs + starts[group], columns, rows);
            TFloat scale = TOps.Create(PottsGroup.Scale(columns));
            for (int lane = 0; lane < Groups; lane += TOps.Width)
            {
                TInt column = Choose<TFloat, TInt, TOps>(rows + lane, columns, scale, TOps.Load(words + group + lane), TOps.Load(starts + group + lane));
                TOps.Store(column, chosen + group + lane);
            }

            return;
        }

        columns = Load(inputs, starts, group, end, rows);
        for (int lane = 0; lane < Groups; lane++)
        {
            int own = Math.Min(group + lane, end - 1);
            scales[lane] = PottsGroup.Scale(starts[own + 1] - starts[own]);
            first[lane] = starts[own];
        }

        for (int lane = 0; lane < end - group; lane += TOps.Width)
        {
            TInt column = Choose<TFloat, TInt, TOps>(
                rows + lane, columns, TOps.Load(scales + lane), TOps.Load(words + group + lane), TOps.Load(first + lane));
            TOps.Store(column, chosen + group + lane);
        }
    }

    /// <summary>The softmax of each group; sums in the order of the columns.</summary>
    /// <param name="inputs">The row's inputs.</param>
    /// <param name="starts">The first column of each group, and the end.</param>
    /// <param name="group">The first group.</param>
    /// <param name="end">The first group that is left alone, at most <see cref="Groups"/> later.</param>
    /// <param name="means">The row's means, written; may be the inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Means<TFloat, TInt, TOps>(float* inputs, int* starts, int group, int end, float* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* rows = stackalloc float[Groups * MaxColumns];
        int columns = starts[group + 1] - starts[group];
        bool equal = AreEqual<TFloat, TInt, TOps>(starts, group, end);
        if (equal)
        {
            LoadEqual(inputs + starts[group], columns, rows);
        }
        else
        {
            columns = Load(inputs, starts, group, end, rows);
        }

        for (int lane = 0; lane < end - group; lane += TOps.Width)
        {
            TFloat largest = Largest<TFloat, TInt, TOps>(rows + lane, columns);
            TFloat sum = TOps.Create(0f);
            for (int k = 0; k < columns; k++)
            {
                float* place = rows + (k * Groups) + lane;
                TFloat e = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(place), largest));
                sum = TOps.Add(sum, e);
                TOps.Store(e, place);
            }

            TFloat inverse = TOps.Divide(TOps.Create(1f), sum);
            for (int k = 0; k < columns; k++)
            {
                float* place = rows + (k * Groups) + lane;
                TOps.Store(TOps.Multiply(TOps.Load(place), inverse), place);
            }
        }

        if (equal)
        {
            StoreEqual(rows, columns, means + starts[group]);
            return;
        }

        for (int own = group; own < end; own++)
        {
            float* lane = rows + (own - group);
            float* target = means + starts[own];
            int count = starts[own + 1] - starts[own];
            for (int k = 0; k < count; k++)
            {
                target[k] = lane[k * Groups];
            }
        }
    }

    // The chosen columns of a vector of groups.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Choose<TFloat, TInt, TOps>(float* rows, int columns, TFloat scale, TInt draws, TInt first)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat largest = Largest<TFloat, TInt, TOps>(rows, columns);
        TInt total = TOps.Create(0);
        for (int k = 0; k < columns; k++)
        {
            float* place = rows + (k * Groups);
            TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(place), largest));
            TInt weight = TOps.RoundToInt(TOps.Multiply(e, scale));
            total = TOps.Add(total, weight);
            TOps.Store(weight, (int*)place);
        }

        // The number of columns whose weights up to them don't exceed the threshold. Differences of numbers below 2^31: the sign is right.
        TOps.WideMultiply(draws, total, out TInt threshold, out _);
        TInt column = TOps.Add(first, TOps.Create(columns));
        for (int k = 0; k < columns; k++)
        {
            threshold = TOps.Subtract(threshold, TOps.Load((int*)(rows + (k * Groups))));
            column = TOps.Add(column, TOps.ShiftRightArithmetic(threshold, 31));
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Largest<TFloat, TInt, TOps>(float* rows, int columns)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat largest = TOps.Load(rows);
        for (int k = 1; k < columns; k++)
        {
            largest = TOps.Max(largest, TOps.Load(rows + (k * Groups)));
        }

        return largest;
    }

    // Whether the lanes are full of groups of one size: their starts are those of the first one plus multiples of its size.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreEqual<TFloat, TInt, TOps>(int* starts, int group, int end)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (end - group < Groups)
        {
            return false;
        }

        int columns = starts[group + 1] - starts[group];
        int wrong = starts[end] - starts[group] - (Groups * columns);
        for (int own = group; own < end; own += 4)
        {
            int expected = starts[group] + ((own - group) * columns);
            wrong |= starts[own] - expected;
            wrong |= starts[own + 1] - expected - columns;
            wrong |= starts[own + 2] - expected - (2 * columns);
            wrong |= starts[own + 3] - expected - (3 * columns);
        }

        return wrong == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadEqual(float* inputs, int columns, float* rows)
    {
        for (int lane = 0; lane < Groups; lane += 4)
        {
            float* column = inputs + (lane * columns);
            float* row = rows + lane;
            for (int k = 0; k < columns; k++)
            {
                row[0] = column[0];
                row[1] = column[columns];
                row[2] = column[2 * columns];
                row[3] = column[3 * columns];
                column++;
                row += Groups;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreEqual(float* rows, int columns, float* means)
    {
        for (int lane = 0; lane < Groups; lane += 4)
        {
            float* column = means + (lane * columns);
            float* row = rows + lane;
            for (int k = 0; k < columns; k++)
            {
                column[0] = row[0];
                column[columns] = row[1];
                column[2 * columns] = row[2];
                column[3 * columns] = row[3];
                column++;
                row += Groups;
            }
        }
    }

    // The inputs of the groups in the lanes; below shorter groups -infinity, in lanes without a group 0. Returns the rows in use.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Load(float* inputs, int* starts, int group, int end, float* rows)
    {
        int columns = 0;
        for (int own = group; own < end; own++)
        {
            columns = Math.Max(columns, starts[own + 1] - starts[own]);
        }

        new Span<float>(rows, columns * Groups).Fill(float.NegativeInfinity);
        for (int lane = end - group; lane < Groups; lane++)
        {
            rows[lane] = 0;
        }

        for (int own = group; own < end; own++)
        {
            float* lane = rows + (own - group);
            float* column = inputs + starts[own];
            int count = starts[own + 1] - starts[own];
            for (int k = 0; k < count; k++)
            {
                lane[k * Groups] = column[k];
            }
        }

        return columns;
    }
}
