using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>The ways to compute a product, and which one runs. All give the same bits.</summary>
internal static unsafe class GemmPaths
{
    /// <summary>Runs a product by the first of an ordered list of ways whose reason holds.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="problem">Checked, with at least one row and column.</param>
    public static void Run<TEpilogue>(SimdLevel level, in Problem problem)
        where TEpilogue : struct, IEpilogue
    {
        int width = level == SimdLevel.Scalar ? 1 : (int)level / 32;
        if (problem.Depth == 0)
        {
            NoTerms<TEpilogue>(level, in problem);
        }
        else if (problem.Rows == 1 && problem.FormOfB == FormOfB.Plain)
        {
            // Nothing is used twice.
            OneRow(level, in problem);
            Finish<TEpilogue>(level, in problem);
        }
        else if (problem.FormOfB == FormOfB.Transposed && IsBetterTurned(in problem, width))
        {
            Blocks<TEpilogue>(level, Turned(in problem));
        }
        else
        {
            Blocks<TEpilogue>(level, in problem);
        }
    }

    // Packing a transposed B costs about as much as half a vector of rows. So with few rows, if they nearly fill their vectors,
    // C' = B' A' is better: its left factor, B', is read where it is, and C is small enough to be written transposed, as long as
    // its rows don't share their places in the first-level cache.
    private static bool IsBetterTurned(in Problem problem, int width)
    {
        nint rest = ((problem.Rows + width - 1) / width * width) - problem.Rows;
        return width > 1 && problem.Rows <= 12 * width && 2 * rest < width && problem.StrideC % (2 * GemmLoops.ConflictStride) != 0;
    }

    private static Problem Turned(in Problem problem) => new()
    {
        Rows = problem.Columns,
        Columns = problem.Rows,
        Depth = problem.Depth,
        A = problem.B,
        RowOfA = problem.StrideB,
        StepOfA = 1,
        B = problem.A,
        StrideB = problem.RowOfA == 1 ? problem.StepOfA : problem.RowOfA,
        FormOfB = problem.RowOfA == 1 ? FormOfB.Plain : FormOfB.Transposed,
        C = problem.C,
        StrideC = problem.StrideC,
        IsTransposedC = true,
        Accumulate = problem.Accumulate,
        Bias = problem.Bias,
        BlockOfA = problem.BlockOfA,
        BlockOfB = problem.BlockOfB,
    };

    private static void NoTerms<TEpilogue>(SimdLevel level, in Problem problem)
        where TEpilogue : struct, IEpilogue
    {
        for (nint i = 0; i < problem.Rows && !problem.Accumulate; i++)
        {
            new Span<float>(problem.C + (i * problem.StrideC), (int)problem.Columns).Clear();
        }

        Finish<TEpilogue>(level, in problem);
    }

    private static void Blocks<TEpilogue>(SimdLevel level, in Problem problem)
        where TEpilogue : struct, IEpilogue
    {
        switch (level)
        {
            case SimdLevel.Scalar:
                GemmLoops.Run<float, int, ScalarSimd, TEpilogue>(in problem);
                break;
            case SimdLevel.Vector128:
                GemmLoops.Run<Vector128<float>, Vector128<int>, Simd128, TEpilogue>(in problem);
                break;
            case SimdLevel.Vector256:
                GemmLoops.Run<Vector256<float>, Vector256<int>, Simd256, TEpilogue>(in problem);
                break;
            default:
                GemmLoops.Run<Vector512<float>, Vector512<int>, Simd512, TEpilogue>(in problem);
                break;
        }
    }

    // The columns that don't fill a vector fall through to the narrower widths: the same bits, and no temporary row.
    private static void OneRow(SimdLevel level, in Problem problem)
    {
        nint j = 0;
        if (level >= SimdLevel.Vector512)
        {
            j += RowKernel.Run<Vector512<float>, Vector512<int>, Simd512>(in problem, j);
        }

        if (level >= SimdLevel.Vector256)
        {
            j += RowKernel.Run<Vector256<float>, Vector256<int>, Simd256>(in problem, j);
        }

        if (level >= SimdLevel.Vector128)
        {
            j += RowKernel.Run<Vector128<float>, Vector128<int>, Simd128>(in problem, j);
        }

        RowKernel.Run<float, int, ScalarSimd>(in problem, j);
    }

    private static void Finish<TEpilogue>(SimdLevel level, in Problem problem)
        where TEpilogue : struct, IEpilogue
    {
        if (!TEpilogue.IsOn)
        {
            return;
        }

        nint j = 0;
        if (level >= SimdLevel.Vector512)
        {
            j = Finish<Vector512<float>, Vector512<int>, Simd512, TEpilogue>(in problem, j);
        }

        if (level >= SimdLevel.Vector256)
        {
            j = Finish<Vector256<float>, Vector256<int>, Simd256, TEpilogue>(in problem, j);
        }

        if (level >= SimdLevel.Vector128)
        {
            j = Finish<Vector128<float>, Vector128<int>, Simd128, TEpilogue>(in problem, j);
        }

        Finish<float, int, ScalarSimd, TEpilogue>(in problem, j);
    }

    private static nint Finish<TFloat, TInt, TOps, TEpilogue>(in Problem problem, nint first)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TEpilogue : struct, IEpilogue
    {
        nint columns = (problem.Columns - first) / TOps.Width * TOps.Width;
        Epilogue.Run<TFloat, TInt, TOps, TEpilogue>(problem.C + first, problem.StrideC, problem.Rows, columns, problem.Bias + first, byRow: false);
        return first + columns;
    }
}
