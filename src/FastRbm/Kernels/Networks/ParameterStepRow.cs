using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Kernels.Networks;

/// <summary>One pass over parameters, their gradients and the state of the rule, and over their running average.</summary>
/// <remarks>
/// Each parameter is a chain of IEEE operations of its own: the same bits at every level. Whole rows with their padding, which is zero and
/// stays zero: a gradient of zero moves nothing from zero. Allocates nothing.
/// </remarks>
internal static unsafe class ParameterStepRow
{
    /// <summary>Moves some rows of parameters.</summary>
    /// <typeparam name="TRule">One of <see cref="ParameterRules"/>.</typeparam>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="arguments">Rates.</param>
    /// <param name="firstRow">The first row to move.</param>
    /// <param name="endRow">The end of the rows, exclusive.</param>
    /// <param name="weights">The parameters, replaced.</param>
    /// <param name="gradients">Gradients of the loss, of the same width: row 0 is that of <paramref name="firstRow"/>.</param>
    /// <param name="first">A state of the rule for each parameter, replaced.</param>
    /// <param name="second">Another one, replaced; null for a rule with one state.</param>
    /// <param name="averages">A running average of each parameter, moved towards it; or null.</param>
    public static void Run<TRule>(
        SimdLevel level, in ParameterRuleArguments arguments, int firstRow, int endRow, Matrix weights, Matrix gradients, Matrix first, Matrix? second, Matrix? averages)
        where TRule : struct, IParameterRule
    {
        Throw.IfLengthDiffers(gradients.Columns, weights.Columns, nameof(gradients));
        Throw.IfLengthDiffers(first.Columns, weights.Columns, nameof(first));
        if (firstRow < 0 || endRow < firstRow || endRow > weights.Rows || endRow - firstRow > gradients.Rows)
        {
            Throw.OutOfRange(nameof(endRow), $"rows of {weights.Rows}, {gradients.Rows} at most", endRow);
        }

        nint offset = (nint)firstRow * weights.Stride;
        nint length = (nint)(endRow - firstRow) * weights.Stride;
        float* w = weights.DangerousGetPointer() + offset;
        float* g = gradients.DangerousGetPointer();
        float* m = first.DangerousGetPointer() + offset;
        float* v = second is null ? null : second.DangerousGetPointer() + offset;
        float* a = averages is null ? null : averages.DangerousGetPointer() + offset;
        switch (level)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512, TRule>(in arguments, w, g, m, v, a, length);
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256, TRule>(in arguments, w, g, m, v, a, length);
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128, TRule>(in arguments, w, g, m, v, a, length);
                break;
            default:
                Run<float, int, ScalarSimd, TRule>(in arguments, w, g, m, v, a, length);
                break;
        }

        GC.KeepAlive(weights);
        GC.KeepAlive(gradients);
        GC.KeepAlive(first);
        GC.KeepAlive(second);
        GC.KeepAlive(averages);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFloat, TInt, TOps, TRule>(in ParameterRuleArguments arguments, float* weights, float* gradients, float* first, float* second, float* averages, nint length)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRule : struct, IParameterRule
    {
        TFloat unused = TOps.Create(0f);
        TFloat share = TOps.Create(arguments.Average);
        for (nint i = 0; i < length; i += TOps.Width)
        {
            TFloat w = TOps.Load(weights + i);
            TFloat m = TOps.Load(first + i);
            TFloat v = second == null ? unused : TOps.Load(second + i);
            TRule.Apply<TFloat, TInt, TOps>(in arguments, ref w, TOps.Load(gradients + i), ref m, ref v);
            TOps.Store(w, weights + i);
            TOps.Store(m, first + i);
            if (second != null)
            {
                TOps.Store(v, second + i);
            }

            if (averages != null)
            {
                TFloat average = TOps.Load(averages + i);
                TOps.Store(TOps.FusedMultiplyAdd(share, TOps.Subtract(w, average), average), averages + i);
            }
        }
    }
}
