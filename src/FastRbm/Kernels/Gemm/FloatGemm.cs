using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>Products of matrices of floats: C = A B and C = C + A B, A [M, K], B [K, N], either stored as it is or transposed.</summary>
/// <remarks>
/// <para>Every element of C is one chain over ascending k, acc = fma(A[i, k], B[k, j], acc), from 0 or from C[i, j]. So the bits
/// of an element depend on its row of A and its column of B alone: not on the level, the blocking, the other rows and columns,
/// or the number of threads. (Which NaN comes out is left open; that one does is not.)</para>
/// <para>To split the work over threads, give each a slice: rows of C with the same rows of A (columns, if A is stored
/// transposed), or columns of C with the same columns of B, and a workspace of its own.</para>
/// <para>C must lie apart from A and B. Without accumulation C is never read. Reads A and B inside their bounds only, writes
/// the elements of C only. Allocates nothing.</para>
/// </remarks>
internal static unsafe class FloatGemm
{
    /// <summary>C = A B.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="layout">How A and B are stored.</param>
    /// <param name="workspace">Scratch memory that no other thread uses at the same time.</param>
    /// <param name="a">A, M x K or, transposed, K x M. With K = 0 the product is zero.</param>
    /// <param name="b">B, K x N or, transposed, N x K.</param>
    /// <param name="c">C, M x N; with M = 0 or N = 0 nothing happens. Written, not read.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A or B.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void Multiply(SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, Span2D<float> c) =>
        Multiply(level, layout, workspace, a, b, accumulate: false, c);

    /// <summary>C = C + A B.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="layout">How A and B are stored.</param>
    /// <param name="workspace">Scratch memory that no other thread uses at the same time.</param>
    /// <param name="a">A, M x K or, transposed, K x M. With K = 0 nothing happens.</param>
    /// <param name="b">B, K x N or, transposed, N x K.</param>
    /// <param name="c">C, M x N; with M = 0 or N = 0 nothing happens. Read and written.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A or B.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void MultiplyAdd(SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, Span2D<float> c) =>
        Multiply(level, layout, workspace, a, b, accumulate: true, c);

    private static void Multiply(SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, bool accumulate, Span2D<float> c)
    {
        if (level is not (SimdLevel.Scalar or SimdLevel.Vector128 or SimdLevel.Vector256 or SimdLevel.Vector512))
        {
            Throw.OutOfRange(nameof(level), "a SIMD level", level);
        }

        if (c.IsEmpty)
        {
            return;
        }

        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        if (a.IsEmpty && b.IsEmpty)
        {
            // An empty view may have lost its other dimension, so K = 0 is all that can be said of it.
            if (!accumulate)
            {
                c.Clear();
            }

            return;
        }

        int depth = transposedA ? a.Height : a.Width;
        CheckShape(nameof(a), transposedA, a.Height, a.Width, c.Height, depth);
        CheckShape(nameof(b), transposedB, b.Height, b.Width, depth, c.Width);
        CheckApart(nameof(a), a, c);
        CheckApart(nameof(b), b, c);

        fixed (float* pointerA = a, pointerB = b, pointerC = c)
        {
            Problem problem = new()
            {
                Rows = c.Height,
                Columns = c.Width,
                Depth = depth,
                A = pointerA,
                StrideA = Stride(a),
                IsTransposedA = transposedA,
                B = pointerB,
                StrideB = Stride(b),
                IsTransposedB = transposedB,
                C = pointerC,
                StrideC = Stride(c),
                Accumulate = accumulate,
                BlockOfA = workspace.DangerousGetBlockOfA(),
                BlockOfB = workspace.DangerousGetBlockOfB(),
            };

            if (problem.Rows == 1 && !transposedB)
            {
                MultiplyOneRow(level, in problem);
            }
            else
            {
                MultiplyBlocks(level, in problem);
            }

            GC.KeepAlive(workspace);
        }
    }

    private static void MultiplyBlocks(SimdLevel level, in Problem problem)
    {
        switch (level)
        {
            case SimdLevel.Scalar:
                GemmLoops.Run<float, int, ScalarSimd>(in problem);
                break;
            case SimdLevel.Vector128:
                GemmLoops.Run<Vector128<float>, Vector128<int>, Simd128>(in problem);
                break;
            case SimdLevel.Vector256:
                GemmLoops.Run<Vector256<float>, Vector256<int>, Simd256>(in problem);
                break;
            default:
                GemmLoops.Run<Vector512<float>, Vector512<int>, Simd512>(in problem);
                break;
        }
    }

    // The columns that don't fill a vector fall through to the narrower widths: the same bits, and no temporary row.
    private static void MultiplyOneRow(SimdLevel level, in Problem problem)
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

    // A view of one row doesn't need its stride, and a view of several shows it by the address of its second row.
    private static nint Stride(ReadOnlySpan2D<float> view) =>
        view.Height < 2 ? view.Width : Unsafe.ByteOffset(in view.DangerousGetReferenceAt(0, 0), in view.DangerousGetReferenceAt(1, 0)) / sizeof(float);

    private static void CheckShape(string name, bool transposed, int height, int width, int expectedHeight, int expectedWidth)
    {
        if (transposed)
        {
            (expectedHeight, expectedWidth) = (expectedWidth, expectedHeight);
        }

        if (height != expectedHeight || width != expectedWidth)
        {
            Throw.Argument(name, $"{expectedHeight} x {expectedWidth}", $"{height} x {width}");
        }
    }

    private static void CheckApart(string name, ReadOnlySpan2D<float> source, Span2D<float> destination)
    {
        ref readonly float sourceEnd = ref source.DangerousGetReferenceAt(source.Height - 1, source.Width - 1);
        ref readonly float destinationEnd = ref destination.DangerousGetReferenceAt(destination.Height - 1, destination.Width - 1);
        bool apart = Unsafe.IsAddressLessThan(in sourceEnd, in destination.DangerousGetReference())
            || Unsafe.IsAddressLessThan(in destinationEnd, in source.DangerousGetReference());
        if (!apart)
        {
            Throw.Argument(name, "memory apart from that of the product", "an overlap");
        }
    }
}
