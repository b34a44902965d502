using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>
/// The sum over rows v and visible units i of c_vi (dF(v) - dF(v^i)), where v^i is v with unit i flipped, with respect to W and the hidden
/// biases, a tile of 16 hidden units at a time.
/// </summary>
/// <remarks>
/// <para>With t = sigmoid(x_j + s W_ij), s = 1 to flip on and -1 to flip off: the row's sum is G_j = sum_i c_vi (t - p_j), ascending i;
/// the gradient of W_ij is the sum of s c_vi t over the rows in the order of the unit's list, then of G_j over the rows where the unit
/// is on, ascending; that of b_j is the sum of G_j over ascending rows. t = p y / (q + p y) with y = exp(s W_ij), taken once for all
/// rows: a division instead of an exponential.</para>
/// <para>Columns are independent and every sum has one order, so that neither widths nor the split over tiles can be seen.</para>
/// </remarks>
internal static unsafe class FlipGradient
{
    /// <summary>Columns in a tile.</summary>
    public const int TileColumns = 16;

    /// <summary>Floats that a row takes in a panel.</summary>
    public const int PanelRow = 4 * TileColumns;

    /// <summary>The largest |W_ij| for which p y and q + p y are normal floats wherever it matters.</summary>
    public const float MostWeight = 40;

    private const int Off = TileColumns;
    private const int Sum = 2 * TileColumns;
    private const int Input = 3 * TileColumns;

    /// <summary>Computes some tiles.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="arguments">What to read and write.</param>
    /// <param name="firstTile">The first tile.</param>
    /// <param name="endTile">One past the last tile.</param>
    public static void Run(SimdLevel level, in FlipGradientArguments arguments, int firstTile, int endTile)
    {
        for (int tile = firstTile; tile < endTile; tile++)
        {
            switch (level)
            {
                case SimdLevel.Scalar:
                    RunTile<float, int, ScalarSimd>(in arguments, tile);
                    break;
                case SimdLevel.Vector128:
                    RunTile<Vector128<float>, Vector128<int>, Simd128>(in arguments, tile);
                    break;
                case SimdLevel.Vector256:
                    RunTile<Vector256<float>, Vector256<int>, Simd256>(in arguments, tile);
                    break;
                case SimdLevel.Vector512:
                    RunTile<Vector512<float>, Vector512<int>, Simd512>(in arguments, tile);
                    break;
                default:
                    Throw.OutOfRange(nameof(level), "a SIMD level", level);
                    break;
            }
        }
    }

    private static void RunTile<TFloat, TInt, TOps>(in FlipGradientArguments arguments, nint tile)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        for (nint part = 0; part < TileColumns; part += TOps.Width)
        {
            float* panel = arguments.Panels + (tile * arguments.PanelRows * PanelRow) + part;
            nint column = (tile * TileColumns) + part;
            for (nint row = 0; row < arguments.Rows; row++)
            {
                TOps.Store(TOps.Create(0f), panel + (row * PanelRow) + Sum);
            }

            for (nint unit = 0; unit < arguments.Units; unit++)
            {
                int* order = arguments.Order + (unit * arguments.ListStride);
                float* coefficients = arguments.Coefficients + (unit * arguments.ListStride);
                nint off = arguments.OffCounts[unit];
                TFloat w = TOps.Load(arguments.Weights + (unit * arguments.WeightStride) + column);
                TFloat minusW = TOps.Subtract(TOps.Create(0f), w);
                TFloat on;
                TFloat gone;
                if (arguments.Strong[unit] == 0)
                {
                    on = Flips<TFloat, TInt, TOps>(panel, FloatFunctions.Exp<TFloat, TInt, TOps>(w), order, coefficients, 0, off);
                    gone = Flips<TFloat, TInt, TOps>(panel, FloatFunctions.Exp<TFloat, TInt, TOps>(minusW), order, coefficients, off, arguments.Rows);
                }
                else
                {
                    on = StrongFlips<TFloat, TInt, TOps>(panel, w, order, coefficients, 0, off);
                    gone = StrongFlips<TFloat, TInt, TOps>(panel, minusW, order, coefficients, off, arguments.Rows);
                }

                TOps.Store(TOps.Subtract(on, gone), arguments.Gradient + (unit * arguments.GradientStride) + column);
            }

            AddSums<TFloat, TInt, TOps>(in arguments, panel, column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TFloat Flips<TFloat, TInt, TOps>(float* panel, TFloat y, int* order, float* coefficients, nint first, nint end)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat sum = TOps.Create(0f);
        for (nint k = first; k < end; k++)
        {
            float* row = panel + ((nint)order[k] * PanelRow);
            TFloat coefficient = TOps.Create(coefficients[k]);
            TFloat p = TOps.Load(row);
            TFloat t = TOps.Divide(TOps.Multiply(p, y), TOps.FusedMultiplyAdd(p, y, TOps.Load(row + Off)));
            TOps.Store(TOps.FusedMultiplyAdd(coefficient, TOps.Subtract(t, p), TOps.Load(row + Sum)), row + Sum);
            sum = TOps.FusedMultiplyAdd(coefficient, t, sum);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static TFloat StrongFlips<TFloat, TInt, TOps>(float* panel, TFloat w, int* order, float* coefficients, nint first, nint end)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat sum = TOps.Create(0f);
        for (nint k = first; k < end; k++)
        {
            float* row = panel + ((nint)order[k] * PanelRow);
            TFloat coefficient = TOps.Create(coefficients[k]);
            TFloat t = FloatFunctions.Sigmoid<TFloat, TInt, TOps>(TOps.Add(TOps.Load(row + Input), w));
            TOps.Store(TOps.FusedMultiplyAdd(coefficient, TOps.Subtract(t, TOps.Load(row)), TOps.Load(row + Sum)), row + Sum);
            sum = TOps.FusedMultiplyAdd(coefficient, t, sum);
        }

        return sum;
    }

    /// <summary>Adds the rows' sums to the weights of the units that are on, and to the hidden biases.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddSums<TFloat, TInt, TOps>(in FlipGradientArguments arguments, float* panel, nint column)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        nint rows = arguments.Rows;
        for (nint unit = 0; unit < arguments.Units; unit++)
        {
            int* order = arguments.Order + (unit * arguments.ListStride);
            float* gradient = arguments.Gradient + (unit * arguments.GradientStride) + column;
            TFloat sum = TOps.Load(gradient);
            for (nint k = arguments.OffCounts[unit]; k < rows; k++)
            {
                sum = TOps.Add(sum, TOps.Load(panel + ((nint)order[k] * PanelRow) + Sum));
            }

            TOps.Store(sum, gradient);
        }

        TFloat bias = TOps.Create(0f);
        for (nint row = 0; row < rows; row++)
        {
            bias = TOps.Add(bias, TOps.Load(panel + (row * PanelRow) + Sum));
        }

        TOps.Store(bias, arguments.HiddenGradient + column);
    }
}
