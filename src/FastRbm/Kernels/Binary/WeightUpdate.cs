using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// One pass over the weights: statistics, centring, the step rule, the new weight, its fixed-point copy, its transpose and the
/// norms that the overflow bound needs. <see cref="BiasUpdate"/> comes after it.
/// </summary>
/// <remarks>
/// The work is cut into 64 x 64 tiles, numbered hidden tile x VisibleTiles + visible tile; each is written by one thread alone.
/// </remarks>
internal static unsafe class WeightUpdate
{
    /// <summary>The largest float below 2^31: values at or beyond it are set to it, and break the overflow bound.</summary>
    public const float Limit = 2147483520f;

    /// <summary>Lanes that a sum along a row of a tile is kept in, at every width.</summary>
    private const int ShiftLanes = 16;

    /// <summary>The scratch that one thread needs, in integers: pattern tables of both phases.</summary>
    /// <param name="positiveRows">Rows of the positive phase.</param>
    /// <param name="negativeRows">Rows of the negative phase.</param>
    public static long ScratchLength(int positiveRows, int negativeRows) =>
        PatternTables.Length(positiveRows) + PatternTables.Length(negativeRows);

    /// <summary>Updates tiles first to end - 1.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="copy">The fixed-point copy: panels and norms of these tiles are written at its present scale.</param>
    /// <param name="arguments">Parameters, velocities, statistics and rates.</param>
    /// <param name="first">The first tile.</param>
    /// <param name="end">One past the last tile.</param>
    /// <param name="scratch">This thread's scratch; null when there are no velocities.</param>
    public static void Run(SimdLevel level, FixedPointWeights copy, in WeightUpdateArguments arguments, int first, int end, int* scratch)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Choose<Vector512<float>, Vector512<int>, Simd512>(copy, arguments, first, end, scratch);
                break;
            case SimdLevel.Vector256:
                Choose<Vector256<float>, Vector256<int>, Simd256>(copy, arguments, first, end, scratch);
                break;
            case SimdLevel.Vector128:
                Choose<Vector128<float>, Vector128<int>, Simd128>(copy, arguments, first, end, scratch);
                break;
            default:
                Choose<float, int, ScalarSimd>(copy, arguments, first, end, scratch);
                break;
        }
    }

    private static void Choose<TFloat, TInt, TOps>(FixedPointWeights copy, in WeightUpdateArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (arguments.Plain)
        {
            Run<TFloat, TInt, TOps, StepRules.Plain<TFloat, TInt, TOps>>(copy, arguments, first, end, scratch);
        }
        else if (arguments.WeightSquares == null)
        {
            Run<TFloat, TInt, TOps, StepRules.Momentum<TFloat, TInt, TOps>>(copy, arguments, first, end, scratch);
        }
        else
        {
            Run<TFloat, TInt, TOps, StepRules.Adam<TFloat, TInt, TOps>>(copy, arguments, first, end, scratch);
        }
    }

    private static void Run<TFloat, TInt, TOps, TRule>(FixedPointWeights copy, in WeightUpdateArguments arguments, int first, int end, int* scratch)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRule : struct, IStepRule<TFloat, TInt, TOps>
    {
        int* spare = stackalloc int[Tile.Width * Tile.Width];
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

            if (!copy.HasHiddenPanels && (hiddenTile == copy.HiddenTiles - 1 || visibleTile == copy.VisibleTiles - 1))
            {
                // Where a tile isn't full, its padding must be zero.
                new Span<int>(spare, Tile.Width * Tile.Width).Clear();
            }

            if (arguments.WeightVelocity == null)
            {
                QuantiseTile<TFloat, TInt, TOps>(copy, arguments, hiddenTile, visibleTile, spare);
            }
            else
            {
                MoveTile<TFloat, TInt, TOps, TRule>(copy, arguments, hiddenTile, visibleTile, positiveTables, negativeTables, spare);
            }

            if (copy.HasVisiblePanels)
            {
                int* panel = copy.HasHiddenPanels ? copy.HiddenPanels + (((nint)tile) * Tile.Width * Tile.Width) : spare;
                TileTranspose.Run(panel, copy.VisiblePanels + ((((nint)visibleTile * copy.HiddenTiles) + hiddenTile) * Tile.Width * Tile.Width));
            }
        }
    }

    private static void Tables<TFloat, TInt, TOps>(in BinaryMoments moments, int hiddenTile, int* tables)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt> =>
        PatternTables.Build<TFloat, TInt, TOps>(moments.Means + ((nint)hiddenTile * moments.MeanRows * Tile.Width), moments.Rows, tables);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void QuantiseTile<TFloat, TInt, TOps>(FixedPointWeights copy, in WeightUpdateArguments arguments, int hiddenTile, int visibleTile, int* spare)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        Place place = new(copy, arguments, hiddenTile, visibleTile, spare);
        int* columnNorms = stackalloc int[Tile.Width];
        new Span<int>(columnNorms, Tile.Width).Clear();
        for (int unit = place.FirstUnit; unit < place.EndUnit; unit++)
        {
            float* weights = arguments.Weights + ((nint)unit * arguments.WeightStride) + place.FirstColumn;
            int* target = place.Panel + ((nint)unit * Tile.Width);
            TInt norm = TOps.Create(0);
            for (int column = 0; column < place.Columns; column += TOps.Width)
            {
                norm = TOps.Add(norm, Quantise<TFloat, TInt, TOps>(TOps.Load(weights + column), copy.Scale, target + column, columnNorms + column));
            }

            place.VisibleNorms[unit] = (uint)TOps.Sum(norm);
        }

        new ReadOnlySpan<uint>(columnNorms, Tile.Width).CopyTo(new Span<uint>(place.HiddenNorms, Tile.Width));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MoveTile<TFloat, TInt, TOps, TRule>(
        FixedPointWeights copy, in WeightUpdateArguments arguments, int hiddenTile, int visibleTile, int* positiveTables, int* negativeTables, int* spare)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRule : struct, IStepRule<TFloat, TInt, TOps>
    {
        Place place = new(copy, arguments, hiddenTile, visibleTile, spare);
        int* zeros = stackalloc int[Tile.Width];
        int* step = stackalloc int[Tile.Width];
        int* columnNorms = stackalloc int[Tile.Width];
        float* columnShifts = stackalloc float[Tile.Width];
        float* columnSquares = stackalloc float[Tile.Width];
        float* rowShift = stackalloc float[ShiftLanes];
        new Span<int>(zeros, Tile.Width).Clear();
        new Span<int>(columnNorms, Tile.Width).Clear();
        new Span<float>(columnShifts, Tile.Width).Clear();
        new Span<float>(columnSquares, Tile.Width).Clear();
        bool equal = arguments.PositiveDense == null && arguments.PositiveRate == arguments.NegativeRate;
        bool centred = arguments.HiddenOffsets != null;
        bool masked = arguments.Mask != null;
        bool observed = arguments.HiddenSquares != null || arguments.WeightAverage != null;
        float* hiddenOffsets = arguments.HiddenOffsets + place.FirstColumn;
        float* hiddenShiftOffsets = arguments.HiddenShiftOffsets + place.FirstColumn;
        float* hiddenGradient = arguments.HiddenGradient + place.FirstColumn;
        for (int unit = place.FirstUnit; unit < place.EndUnit; unit++)
        {
            nint offset = ((nint)unit * arguments.WeightStride) + place.FirstColumn;
            int* target = place.Panel + ((nint)unit * Tile.Width);
            if (equal)
            {
                Difference<TFloat, TInt, TOps>(arguments, unit, positiveTables, negativeTables, zeros, step);
            }
            else
            {
                UnequalStep<TFloat, TInt, TOps>(arguments, unit, place.FirstColumn, place.Columns, positiveTables, negativeTables, zeros, step);
            }

            TFloat visibleOffset = TOps.Create(centred ? arguments.VisibleOffsets[unit] : 0);
            TFloat shiftOffset = TOps.Create(centred ? arguments.VisibleShiftOffsets[unit] : 0);
            TFloat minusGradient = TOps.Create(centred ? -arguments.VisibleGradient[unit] : 0);
            TFloat rate = TOps.Create(arguments.PositiveRate);
            TInt norm = TOps.Create(0);
            float* weights = arguments.Weights + offset;
            float* velocities = arguments.WeightVelocity + offset;
            float* squares = arguments.WeightSquares + offset;
            for (int lane = 0; lane < ShiftLanes; lane += TOps.Width)
            {
                // Columns a multiple of 16 apart share a lane, whatever the width.
                TFloat shift = TOps.Create(0f);
                for (int column = lane; column < place.Columns; column += ShiftLanes)
                {
                    TFloat gradient = equal ? TOps.Multiply(TOps.ToFloat(TOps.Load(step + column)), rate) : TOps.Load((float*)step + column);
                    if (centred)
                    {
                        TFloat taken = TOps.Multiply(TOps.Load(hiddenGradient + column), visibleOffset);
                        gradient = TOps.FusedMultiplyAdd(TOps.Load(hiddenOffsets + column), minusGradient, TOps.Subtract(gradient, taken));
                    }

                    TFloat weight = TOps.Load(weights + column);
                    TFloat decay = Decay<TFloat, TInt, TOps>(arguments, weight, place.FirstColumn + column);
                    TFloat moved = TRule.Change(arguments, gradient, decay, velocities + column, squares + column);
                    if (masked)
                    {
                        moved = TOps.Multiply(moved, TOps.Load(arguments.Mask + offset + column));
                    }

                    weight = TOps.Add(weight, moved);
                    TOps.Store(weight, weights + column);
                    norm = TOps.Add(norm, Quantise<TFloat, TInt, TOps>(weight, copy.Scale, target + column, columnNorms + column));
                    if (centred)
                    {
                        TOps.Store(TOps.FusedMultiplyAdd(moved, shiftOffset, TOps.Load(columnShifts + column)), columnShifts + column);
                        shift = TOps.FusedMultiplyAdd(moved, TOps.Load(hiddenShiftOffsets + column), shift);
                    }

                    if (observed)
                    {
                        Observe<TFloat, TInt, TOps>(arguments, weight, offset + column, columnSquares + column);
                    }
                }

                TOps.Store(shift, rowShift + lane);
            }

            place.VisibleNorms[unit] = (uint)TOps.Sum(norm);
            if (centred)
            {
                arguments.VisibleShifts[((nint)hiddenTile * copy.VisibleTiles * Tile.Width) + unit] = Total(rowShift);
            }
        }

        new ReadOnlySpan<uint>(columnNorms, Tile.Width).CopyTo(new Span<uint>(place.HiddenNorms, Tile.Width));
        nint hidden = (((nint)visibleTile * copy.HiddenTiles) + hiddenTile) * Tile.Width;
        if (centred)
        {
            new ReadOnlySpan<float>(columnShifts, Tile.Width).CopyTo(new Span<float>(arguments.HiddenShifts + hidden, Tile.Width));
        }

        if (arguments.HiddenSquares != null)
        {
            new ReadOnlySpan<float>(columnSquares, Tile.Width).CopyTo(new Span<float>(arguments.HiddenSquares + hidden, Tile.Width));
        }
    }

    /// <summary>Squares and running means of new weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Observe<TFloat, TInt, TOps>(in WeightUpdateArguments arguments, TFloat weight, nint offset, float* columnSquares)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TOps.Store(TOps.FusedMultiplyAdd(weight, weight, TOps.Load(columnSquares)), columnSquares);
        if (arguments.WeightAverage != null)
        {
            TFloat mean = TOps.Load(arguments.WeightAverage + offset);
            mean = TOps.FusedMultiplyAdd(TOps.Subtract(weight, mean), TOps.Create(arguments.AverageRate), mean);
            TOps.Store(mean, arguments.WeightAverage + offset);
        }
    }

    /// <summary>(L2 + HiddenDecay) w + L1 sign(w).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Decay<TFloat, TInt, TOps>(in WeightUpdateArguments arguments, TFloat weight, int column)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat share = TOps.Create(arguments.L2);
        if (arguments.HiddenDecay != null)
        {
            share = TOps.Add(share, TOps.Load(arguments.HiddenDecay + column));
        }

        TFloat decay = TOps.Multiply(weight, share);
        if (arguments.L1 != 0)
        {
            TFloat zero = TOps.Create(0f);
            TFloat down = TOps.Select(TOps.LessThan(zero, weight), TOps.Create(arguments.L1), zero);
            TFloat up = TOps.Select(TOps.LessThan(weight, zero), TOps.Create(arguments.L1), zero);
            decay = TOps.Subtract(TOps.Add(decay, down), up);
        }

        return decay;
    }

    /// <summary>The sum of 16 lanes in one order at every width: four by four, then two by two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Total(float* lanes)
    {
        Vector128<float> sum = (Vector128.Load(lanes) + Vector128.Load(lanes + 4)) + (Vector128.Load(lanes + 8) + Vector128.Load(lanes + 12));
        return (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }

    /// <summary>The difference of equally weighted statistics, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Difference<TFloat, TInt, TOps>(
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

    /// <summary>The gradient as floats, of phases of unequal weight or of dense positive statistics.</summary>
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

        if (arguments.Negative.Rows > 0)
        {
            Sum<TFloat, TInt, TOps>(arguments.Negative, unit, negativeTables, zeros, step);
        }
        else
        {
            new Span<int>(step, Tile.Width).Clear();
        }

        TFloat denseRate = TOps.Create(arguments.PositiveDenseRate * (arguments.DenseScales == null ? 1 : arguments.DenseScales[unit]));
        for (int column = 0; column < columns; column += TOps.Width)
        {
            TFloat taken = TOps.Multiply(TOps.ToFloat(TOps.Load(step + column)), TOps.Create(arguments.NegativeRate));
            TFloat given = dense != null
                ? TOps.Multiply(TOps.Load(dense + column), denseRate)
                : TOps.Multiply(TOps.ToFloat(TOps.Load(positive + column)), TOps.Create(arguments.PositiveRate));
            TOps.Store(TOps.Subtract(given, taken), (float*)step + column);
        }
    }

    /// <summary>target = round(parameters * scale); returns |target| >> 6 and adds it by column to the norms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Quantise<TFloat, TInt, TOps>(TFloat parameter, float scale, int* target, int* columnNorms)
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

    /// <summary>Where a tile lies.</summary>
    private readonly ref struct Place(FixedPointWeights copy, in WeightUpdateArguments arguments, int hiddenTile, int visibleTile, int* spare)
    {
        public readonly int FirstUnit = visibleTile * Tile.Width;
        public readonly int EndUnit = Math.Min((visibleTile + 1) * Tile.Width, copy.Visible);
        public readonly int FirstColumn = hiddenTile * Tile.Width;
        public readonly int Columns = Math.Min(Tile.Width, arguments.WeightStride - (hiddenTile * Tile.Width));
        public readonly int* Panel = copy.HasHiddenPanels
            ? copy.HiddenPanels + ((nint)hiddenTile * copy.VisibleTiles * Tile.Width * Tile.Width)
            : spare - ((nint)visibleTile * Tile.Width * Tile.Width);
        public readonly uint* VisibleNorms = copy.VisibleNorms + ((nint)hiddenTile * copy.VisibleTiles * Tile.Width);
        public readonly uint* HiddenNorms = copy.HiddenNorms + ((((nint)visibleTile * copy.HiddenTiles) + hiddenTile) * Tile.Width);
    }
}
