using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// One pass over the parameters: statistics, momentum, decay, the new parameter, its fixed-point copy, its transpose and the
/// norms that the overflow bound needs.
/// </summary>
/// <remarks>
/// The work is cut into 64 x 64 tiles, numbered hidden tile x VisibleTiles + visible tile; each is written by one thread alone.
/// A visible bias belongs to its tile of hidden tile 0, a hidden bias to its tile of visible tile 0.
/// </remarks>
internal static unsafe class WeightUpdate
{
    /// <summary>The largest float below 2^31: values at or beyond it are set to it, and break the overflow bound.</summary>
    public const float Limit = 2147483520f;

    /// <summary>The scratch that one thread needs, in integers: pattern tables of both phases.</summary>
    /// <param name="positiveRows">Rows of the positive phase.</param>
    /// <param name="negativeRows">Rows of the negative phase.</param>
    public static long ScratchLength(int positiveRows, int negativeRows) =>
        PatternTables.Length(positiveRows) + PatternTables.Length(negativeRows);

    /// <summary>Updates tiles first to end - 1.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="copy">The fixed-point copy: panels, biases and norms of these tiles are written at its present scale.</param>
    /// <param name="arguments">Parameters, velocities, statistics and rates.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">One past the last tile.</param>
    /// <param name="scratch">This thread's scratch; null when there are no velocities.</param>
    public static void Run(SimdLevel level, FixedPointWeights copy, in WeightUpdateArguments arguments, int first, int end, int* scratch)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>(copy, arguments, first, end, scratch);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>(copy, arguments, first, end, scratch);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>(copy, arguments, first, end, scratch);
                break;
            default:
                Run<float, int, ScalarSimd>(copy, arguments, first, end, scratch);
                break;
        }
    }

    private static void Run<TFloat, TInt, TOps>(FixedPointWeights copy, in WeightUpdateArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int tabled = -1;
        int* negativeTables = scratch;
        int* positiveTables = scratch + PatternTables.Length(arguments.Negative.Rows);
        for (int tile = first; tile < end; tile++)
        {
            int hiddenTile = tile / copy.VisibleTiles;
            int visibleTile = tile % copy.VisibleTiles;
            if (hiddenTile != tabled && arguments.WeightVelocity != null)
            {
                Tables<TFloat, TInt, TOps>(arguments.Positive, hiddenTile, positiveTables);
                Tables<TFloat, TInt, TOps>(arguments.Negative, hiddenTile, negativeTables);
                tabled = hiddenTile;
            }

            RunTile<TFloat, TInt, TOps>(copy, arguments, hiddenTile, visibleTile, positiveTables, negativeTables);
            if (visibleTile == 0)
            {
                HiddenBias<TFloat, TInt, TOps>(copy, arguments, hiddenTile, positiveTables, negativeTables);
            }

            if (hiddenTile == 0)
            {
                VisibleBias<TFloat, TInt, TOps>(copy, arguments, visibleTile);
            }
        }
    }

    private static void Tables<TFloat, TInt, TOps>(in BinaryMoments moments, int hiddenTile, int* tables)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> =>
        PatternTables.Build<TFloat, TInt, TOps>(moments.Means + ((nint)hiddenTile * moments.MeanRows * Tile.Width), moments.Rows, tables);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTile<TFloat, TInt, TOps>(
        FixedPointWeights copy, in WeightUpdateArguments arguments, int hiddenTile, int visibleTile, int* positiveTables, int* negativeTables)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* zeros = stackalloc int[Tile.Width];
        int* step = stackalloc int[Tile.Width];
        int* columnNorms = stackalloc int[Tile.Width];
        new Span<int>(zeros, Tile.Width).Clear();
        new Span<int>(columnNorms, Tile.Width).Clear();
        int firstUnit = visibleTile * Tile.Width;
        int endUnit = Math.Min(firstUnit + Tile.Width, copy.Visible);
        int firstColumn = hiddenTile * Tile.Width;
        int columns = Math.Min(Tile.Width, arguments.WeightStride - firstColumn);
        int* panel = copy.HiddenPanels + ((nint)hiddenTile * copy.VisibleTiles * Tile.Width * Tile.Width);
        uint* visibleNorms = copy.VisibleNorms + ((nint)hiddenTile * copy.VisibleTiles * Tile.Width);
        bool moving = arguments.WeightVelocity != null;
        bool equal = arguments.PositiveDense == null && arguments.PositiveRate == arguments.NegativeRate;
        for (int unit = firstUnit; unit < endUnit; unit++)
        {
            nint offset = ((nint)unit * arguments.WeightStride) + firstColumn;
            int* row = panel + ((nint)unit * Tile.Width);
            if (moving)
            {
                if (equal)
                {
                    Sum<TFloat, TInt, TOps>(arguments, unit, positiveTables, negativeTables, zeros, step);
                }
                else
                {
                    UnequalStep<TFloat, TInt, TOps>(arguments, unit, firstColumn, columns, positiveTables, negativeTables, zeros, step);
                }

                visibleNorms[unit] = Move<TFloat, TInt, TOps>(
                    step, equal, arguments.PositiveRate, arguments.Weights + offset, arguments.WeightVelocity + offset,
                    arguments.Momentum, arguments.L2, arguments.L1, columns, copy.Scale, row, columnNorms);
            }
            else
            {
                visibleNorms[unit] = Quantise<TFloat, TInt, TOps>(arguments.Weights + offset, copy.Scale, columns, row, columnNorms);
            }
        }

        new ReadOnlySpan<uint>(columnNorms, Tile.Width).CopyTo(
            new Span<uint>(copy.HiddenNorms + (((nint)visibleTile * copy.HiddenTiles) + hiddenTile) * Tile.Width, Tile.Width));
        TileTranspose.Run(
            panel + ((nint)firstUnit * Tile.Width),
            copy.VisiblePanels + ((((nint)visibleTile * copy.HiddenTiles) + hiddenTile) * Tile.Width * Tile.Width));
    }

    /// <summary>The difference of equally weighted statistics, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<TFloat, TInt, TOps>(
        in WeightUpdateArguments arguments, int unit, int* positiveTables, int* negativeTables, int* zeros, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TileSum<TFloat, TInt, TOps, IntLanes<TFloat, TInt, TOps>, int>.Run(
            positiveTables, arguments.Positive.Lists + ((nint)unit * arguments.Positive.ListStride), arguments.Positive.ListCounts[unit],
            negativeTables, arguments.Negative.Lists + ((nint)unit * arguments.Negative.ListStride), arguments.Negative.ListCounts[unit],
            zeros, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sum<TFloat, TInt, TOps>(in BinaryMoments moments, int unit, int* tables, int* zeros, int* sums)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* list = moments.Lists + ((nint)unit * moments.ListStride);
        TileSum<TFloat, TInt, TOps, IntLanes<TFloat, TInt, TOps>, int>.Run(tables, list, moments.ListCounts[unit], tables, list, 0, zeros, sums);
    }

    /// <summary>The gradient step as floats, of phases of unequal weight or of a positive phase of means.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UnequalStep<TFloat, TInt, TOps>(
        in WeightUpdateArguments arguments, int unit, int firstColumn, int columns, int* positiveTables, int* negativeTables, int* zeros, int* step)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* positive = stackalloc int[Tile.Width];
        float* dense = null;
        if (arguments.PositiveDense != null)
        {
            dense = arguments.PositiveDense + ((nint)unit * arguments.WeightStride) + firstColumn;
        }
        else
        {
            Sum<TFloat, TInt, TOps>(arguments.Positive, unit, positiveTables, zeros, positive);
        }

        Sum<TFloat, TInt, TOps>(arguments.Negative, unit, negativeTables, zeros, step);
        Gradient<TFloat, TInt, TOps>(dense, arguments.PositiveDenseRate, positive, arguments.PositiveRate, step, arguments.NegativeRate, columns);
    }

    /// <summary>Replaces the negative sums by the gradient step as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient<TFloat, TInt, TOps>(
        float* dense, float denseRate, int* positive, float positiveRate, int* negative, float negativeRate, int columns)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (int column = 0; column < columns; column += TOps.Width)
        {
            TInt minus = TOps.Load(negative + column);
            TFloat step;
            if (dense != null)
            {
                TFloat taken = TOps.Multiply(TOps.ToFloat(minus), TOps.Create(negativeRate));
                step = TOps.Subtract(TOps.Multiply(TOps.Load(dense + column), TOps.Create(denseRate)), taken);
            }
            else if (positiveRate == negativeRate)
            {
                // The difference of equally weighted statistics is exact.
                step = TOps.Multiply(TOps.ToFloat(TOps.Subtract(TOps.Load(positive + column), minus)), TOps.Create(positiveRate));
            }
            else
            {
                TFloat taken = TOps.Multiply(TOps.ToFloat(minus), TOps.Create(negativeRate));
                step = TOps.Subtract(TOps.Multiply(TOps.ToFloat(TOps.Load(positive + column)), TOps.Create(positiveRate)), taken);
            }

            TOps.Store(step, (float*)negative + column);
        }
    }

    /// <summary>
    /// velocity = momentum velocity + step - decay, parameters += velocity, target = round(parameters * scale); the step is
    /// integers times <paramref name="rate"/>, or floats. Returns the sum of |target| >> 6 and adds it by column to the norms.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Move<TFloat, TInt, TOps>(
        int* step, bool integers, float rate, float* parameters, float* velocity, float momentum, float l2, float l1,
        int columns, float scale, int* target, int* columnNorms)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat zero = TOps.Create(0f);
        TInt norm = TOps.Create(0);
        for (int column = 0; column < columns; column += TOps.Width)
        {
            TFloat change = integers
                ? TOps.Multiply(TOps.ToFloat(TOps.Load(step + column)), TOps.Create(rate))
                : TOps.Load((float*)step + column);
            TFloat parameter = TOps.Load(parameters + column);
            TFloat gradient = TOps.FusedMultiplyAdd(parameter, TOps.Create(-l2), change);
            if (l1 != 0)
            {
                TFloat down = TOps.Select(TOps.LessThan(zero, parameter), TOps.Create(l1), zero);
                TFloat up = TOps.Select(TOps.LessThan(parameter, zero), TOps.Create(l1), zero);
                gradient = TOps.Add(TOps.Subtract(gradient, down), up);
            }

            TFloat moved = TOps.FusedMultiplyAdd(TOps.Load(velocity + column), TOps.Create(momentum), gradient);
            parameter = TOps.Add(parameter, moved);
            TOps.Store(moved, velocity + column);
            TOps.Store(parameter, parameters + column);
            norm = TOps.Add(norm, Quantise<TFloat, TInt, TOps>(parameter, scale, target + column, columnNorms + column));
        }

        return (uint)TOps.Sum(norm);
    }

    /// <summary>target = round(parameters * scale); returns the sum of |target| >> 6 and adds it by column to the norms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Quantise<TFloat, TInt, TOps>(float* parameters, float scale, int columns, int* target, int* columnNorms)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TInt norm = TOps.Create(0);
        for (int column = 0; column < columns; column += TOps.Width)
        {
            norm = TOps.Add(norm, Quantise<TFloat, TInt, TOps>(TOps.Load(parameters + column), scale, target + column, columnNorms + column));
        }

        return (uint)TOps.Sum(norm);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Quantise<TFloat, TInt, TOps>(TFloat parameter, float scale, int* target, int* columnNorms)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat scaled = TOps.Multiply(parameter, TOps.Create(scale));
        // Not a minimum: this comparison sends NaN to the limit at every width.
        scaled = TOps.Select(TOps.LessThan(TOps.Abs(scaled), TOps.Create(Limit)), scaled, TOps.Create(Limit));
        TInt quantised = TOps.RoundToInt(scaled);
        TOps.Store(quantised, target);
        TInt sign = TOps.ShiftRightArithmetic(quantised, 31);
        TInt magnitude = TOps.ShiftRightLogical(TOps.Subtract(TOps.Xor(quantised, sign), sign), 6);
        TOps.Store(TOps.Add(TOps.Load(columnNorms), magnitude), columnNorms);
        return magnitude;
    }

    private static void HiddenBias<TFloat, TInt, TOps>(
        FixedPointWeights copy, in WeightUpdateArguments arguments, int hiddenTile, int* positiveTables, int* negativeTables)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* positive = stackalloc int[Tile.Width];
        int* negative = stackalloc int[Tile.Width];
        int first = hiddenTile * Tile.Width;
        int columns = Math.Min(Tile.Width, arguments.WeightStride - first);
        if (arguments.WeightVelocity != null)
        {
            PatternTables.Total(positiveTables, arguments.Positive.Rows, positive);
            PatternTables.Total(negativeTables, arguments.Negative.Rows, negative);
            Gradient<TFloat, TInt, TOps>(null, 0, positive, arguments.PositiveRate, negative, arguments.NegativeRate, columns);
            Move<TFloat, TInt, TOps>(
                negative, false, 0, arguments.HiddenBias + first, arguments.HiddenBiasVelocity + first, arguments.Momentum, 0, 0, columns,
                copy.Scale, copy.HiddenBias + first, positive);
        }
        else
        {
            Quantise<TFloat, TInt, TOps>(arguments.HiddenBias + first, copy.Scale, columns, copy.HiddenBias + first, positive);
        }
    }

    private static void VisibleBias<TFloat, TInt, TOps>(FixedPointWeights copy, in WeightUpdateArguments arguments, int visibleTile)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* norms = stackalloc int[Tile.Width];
        int* negative = stackalloc int[Tile.Width];
        int first = visibleTile * Tile.Width;
        int columns = Math.Min(Tile.Width, ((copy.Visible + 15) / 16 * 16) - first);
        if (arguments.WeightVelocity != null)
        {
            new ReadOnlySpan<int>(arguments.Negative.VisibleCounts + first, Tile.Width).CopyTo(new Span<int>(negative, Tile.Width));
            Gradient<TFloat, TInt, TOps>(
                arguments.PositiveDenseVisible != null ? arguments.PositiveDenseVisible + first : null, arguments.PositiveDenseRate,
                arguments.Positive.VisibleCounts + first, arguments.PositiveVisibleRate, negative, arguments.NegativeVisibleRate, columns);
            Move<TFloat, TInt, TOps>(
                negative, false, 0, arguments.VisibleBias + first, arguments.VisibleBiasVelocity + first, arguments.Momentum, 0, 0, columns,
                copy.Scale, copy.VisibleBias + first, norms);
        }
        else
        {
            Quantise<TFloat, TInt, TOps>(arguments.VisibleBias + first, copy.Scale, columns, copy.VisibleBias + first, norms);
        }
    }
}
