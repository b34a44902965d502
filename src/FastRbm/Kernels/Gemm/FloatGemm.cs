using System.Runtime.CompilerServices;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>
/// Products of matrices of floats: C = A B, C = C + A B and C = f(A B + bias), A [M, K], B [K, N], either stored as it is or
/// transposed, or B packed.
/// </summary>
/// <remarks>
/// <para>Every element of C is one chain over ascending k, acc = fma(A[i, k], B[k, j], acc), from 0 or from C[i, j]; then bias[j]
/// is added and f applied. So the bits of an element depend on its row of A, its column of B and its bias alone: not on the level,
/// the blocking, the packing, the other rows and columns, or the number of threads. (Which NaN comes out is left open; that one does
/// is not.)</para>
/// <para>A workspace with a team runs large products on all of its members. To split the work by hand, give each thread a slice,
/// rows of C with the same rows of A (columns, if A is stored transposed), or columns of C with the same columns of B, and a workspace
/// of its own.</para>
/// <para>C must lie apart from A, B and bias. Without accumulation C is never read. Reads A and B inside their bounds only, writes
/// the elements of C only. Allocates nothing.</para>
/// </remarks>
internal static class FloatGemm
{
    /// <summary>C = A B.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="layout">How A and B are stored.</param>
    /// <param name="workspace">Scratch memory that no other product uses at the same time.</param>
    /// <param name="a">A, M x K or, transposed, K x M. With K = 0 the product is zero.</param>
    /// <param name="b">B, K x N or, transposed, N x K.</param>
    /// <param name="c">C, M x N; with M = 0 or N = 0 nothing happens. Written, not read.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A or B.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void Multiply(SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, Span2D<float> c) =>
        Run<Epilogues.None>(level, layout, workspace, a, b, packed: null, bias: default, accumulate: false, c);

    /// <summary>C = C + A B.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="layout">How A and B are stored.</param>
    /// <param name="workspace">Scratch memory that no other product uses at the same time.</param>
    /// <param name="a">A, M x K or, transposed, K x M. With K = 0 nothing happens.</param>
    /// <param name="b">B, K x N or, transposed, N x K.</param>
    /// <param name="c">C, M x N; with M = 0 or N = 0 nothing happens. Read and written.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A or B.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void MultiplyAdd(SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, Span2D<float> c) =>
        Run<Epilogues.None>(level, layout, workspace, a, b, packed: null, bias: default, accumulate: true, c);

    /// <summary>C = f(A B + bias), with the bias added to every row: the bits of three passes, in one.</summary>
    /// <typeparam name="TFunction">f: one of <see cref="Epilogues"/>.</typeparam>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="layout">How A and B are stored.</param>
    /// <param name="workspace">Scratch memory that no other product uses at the same time.</param>
    /// <param name="a">A, M x K or, transposed, K x M. With K = 0 the product is zero.</param>
    /// <param name="b">B, K x N or, transposed, N x K.</param>
    /// <param name="bias">N values.</param>
    /// <param name="c">C, M x N; with M = 0 or N = 0 nothing happens. Written, not read.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A, B or bias.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void MultiplyBias<TFunction>(
        SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, ReadOnlySpan<float> bias, Span2D<float> c)
        where TFunction : struct, IEpilogue =>
        Run<TFunction>(level, layout, workspace, a, b, packed: null, bias, accumulate: false, c);

    /// <summary>C = A B for a B that was packed before: the bits of B as it was.</summary>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="workspace">Scratch memory that no other product uses at the same time.</param>
    /// <param name="a">A, M x K.</param>
    /// <param name="b">B, K x N.</param>
    /// <param name="c">C, M x N; with M = 0 nothing happens. Written, not read.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void Multiply(SimdLevel level, GemmWorkspace workspace, ReadOnlySpan2D<float> a, PackedMatrix b, Span2D<float> c) =>
        Run<Epilogues.None>(level, GemmLayout.NN, workspace, a, b: default, b, bias: default, accumulate: false, c);

    /// <summary>C = f(A B + bias) for a B that was packed before: the bits of B as it was.</summary>
    /// <typeparam name="TFunction">f: one of <see cref="Epilogues"/>.</typeparam>
    /// <param name="level">The vector width to run at.</param>
    /// <param name="workspace">Scratch memory that no other product uses at the same time.</param>
    /// <param name="a">A, M x K.</param>
    /// <param name="b">B, K x N.</param>
    /// <param name="bias">N values.</param>
    /// <param name="c">C, M x N; with M = 0 nothing happens. Written, not read.</param>
    /// <exception cref="ArgumentException">
    /// The shapes don't fit, or the memory of C, from its first element to its last, overlaps that of A or bias.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public static void MultiplyBias<TFunction>(
        SimdLevel level, GemmWorkspace workspace, ReadOnlySpan2D<float> a, PackedMatrix b, ReadOnlySpan<float> bias, Span2D<float> c)
        where TFunction : struct, IEpilogue =>
        Run<TFunction>(level, GemmLayout.NN, workspace, a, b: default, b, bias, accumulate: false, c);

    // A view of one row doesn't need its stride, and a view of several shows it by the address of its second row.
    internal static nint Stride(ReadOnlySpan2D<float> view) =>
        view.Height < 2 ? view.Width : Unsafe.ByteOffset(in view.DangerousGetReferenceAt(0, 0), in view.DangerousGetReferenceAt(1, 0)) / sizeof(float);

    private static unsafe void Run<TEpilogue>(
        SimdLevel level, GemmLayout layout, GemmWorkspace workspace, ReadOnlySpan2D<float> a, ReadOnlySpan2D<float> b, PackedMatrix? packed, ReadOnlySpan<float> bias, bool accumulate, Span2D<float> c)
        where TEpilogue : struct, IEpilogue
    {
        if (level is not (SimdLevel.Scalar or SimdLevel.Vector128 or SimdLevel.Vector256 or SimdLevel.Vector512))
        {
            Throw.OutOfRange(nameof(level), "a SIMD level", level);
        }

        if (c.IsEmpty)
        {
            return;
        }

        if (TEpilogue.IsOn)
        {
            Throw.IfLengthDiffers(bias.Length, c.Width, nameof(bias));
            CheckApart(nameof(bias), ReadOnlySpan2D<float>.DangerousCreate(in bias[0], 1, bias.Length, 0), c);
        }

        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        int depth = packed?.Depth ?? 0;
        if (packed is not null)
        {
            CheckShape(nameof(a), transposed: false, a.Height, a.Width, c.Height, depth);
            CheckShape(nameof(b), transposed: false, packed.Depth, packed.Columns, depth, c.Width);
            CheckApart(nameof(a), a, c);
        }
        else if (!a.IsEmpty || !b.IsEmpty)
        {
            // Empty views may have lost their other dimension, so K = 0 is all that can be said of two of them.
            depth = transposedA ? a.Height : a.Width;
            CheckShape(nameof(a), transposedA, a.Height, a.Width, c.Height, depth);
            CheckShape(nameof(b), transposedB, b.Height, b.Width, depth, c.Width);
            CheckApart(nameof(a), a, c);
            CheckApart(nameof(b), b, c);
        }

        fixed (float* pointerA = a, pointerB = b, pointerC = c, pointerBias = bias)
        {
            Problem problem = new()
            {
                Rows = c.Height,
                Columns = c.Width,
                Depth = depth,
                A = pointerA,
                RowOfA = transposedA ? 1 : Stride(a),
                StepOfA = transposedA ? Stride(a) : 1,
                B = packed is null ? pointerB : packed.DangerousGetPointer(),
                StrideB = Stride(b),
                FormOfB = packed is not null ? FormOfB.Packed : transposedB ? FormOfB.Transposed : FormOfB.Plain,
                C = pointerC,
                StrideC = Stride(c),
                Accumulate = accumulate,
                Bias = pointerBias,
            };
            workspace.Run<TEpilogue>(level, in problem);
            GC.KeepAlive(packed);
        }
    }

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
