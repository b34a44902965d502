using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Tests.Kernels.Gemm;

public sealed class PackedMatrixTests
{
    private static readonly GemmWorkspace _workspace = new();

    [Fact]
    public void Products_with_a_packed_factor_have_the_bits_of_the_factor_as_it_was()
    {
        foreach (int rows in new[] { 1, 2, 5, 12, 13, 29, 64 })
        {
            foreach (int columns in new[] { 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 49, 100 })
            {
                foreach (int depth in new[] { 1, 3, 40, GemmWorkspace.BlockDepth + 1 })
                {
                    Matrix a = FloatGemmTests.Fill(new Matrix(rows, depth), 1);
                    Matrix b = FloatGemmTests.Fill(new Matrix(depth, columns), 2);
                    Matrix turned = FloatGemmTests.Fill(new Matrix(columns, depth), 3);
                    PackedMatrix packed = new(depth, columns);
                    foreach (SimdLevel level in Levels.All)
                    {
                        packed.Pack(transposed: false, b.AsSpan2D());
                        AssertSame(level, GemmLayout.NN, a, b, packed);
                        packed.Pack(transposed: true, turned.AsSpan2D());
                        AssertSame(level, GemmLayout.NT, a, turned, packed);
                    }
                }
            }
        }
    }

    [Fact]
    public void One_packing_serves_all_levels_and_packing_by_parts_is_packing()
    {
        const int Depth = 21;
        const int Columns = 77;
        Matrix b = FloatGemmTests.Fill(new Matrix(Columns, Depth), 4);
        PackedMatrix whole = new(Depth, Columns);
        PackedMatrix parts = new(Depth, Columns);
        whole.Pack(transposed: true, b.AsSpan2D());
        parts.Pack(transposed: true, b.AsSpan2D(), 2, 5);
        parts.Pack(transposed: true, b.AsSpan2D(), 0, 1);
        parts.Pack(transposed: true, b.AsSpan2D(), 1, 2);
        parts.Pack(transposed: true, b.AsSpan2D(), 3, 3);
        Matrix a = FloatGemmTests.Fill(new Matrix(14, Depth), 5);
        foreach (SimdLevel level in Levels.All)
        {
            AssertSame(level, GemmLayout.NT, a, b, whole);
            AssertSame(level, GemmLayout.NT, a, b, parts);
        }
    }

    [Fact]
    public void A_packed_matrix_keeps_what_it_was_packed_from()
    {
        Matrix b = FloatGemmTests.Fill(new Matrix(9, 20), 6);
        PackedMatrix packed = new(9, 20);
        packed.Pack(transposed: false, b.AsSpan2D());
        Matrix before = new(9, 20);
        before.CopyFrom(b);
        b.Clear();
        AssertSame(SimdSelection.Current, GemmLayout.NN, FloatGemmTests.Fill(new Matrix(3, 9), 7), before, packed);
    }

    [Fact]
    public void Wrong_shapes_and_overlaps_are_refused()
    {
        PackedMatrix packed = new(6, 40);
        ArgumentException shape = Assert.Throws<ArgumentException>(() => packed.Pack(transposed: true, new Matrix(6, 40).AsSpan2D()));
        Assert.Contains("b: expected 40 x 6, found 6 x 40", shape.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Pack(transposed: false, new Matrix(6, 40).AsSpan2D(), 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => packed.Pack(transposed: false, new Matrix(6, 40).AsSpan2D(), 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedMatrix(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedMatrix(4, 0));
        Matrix a = new(5, 6);
        SimdLevel level = SimdSelection.Current;
        ArgumentException columns = Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, _workspace, a.AsSpan2D(), packed, new Matrix(5, 41).AsSpan2D()));
        Assert.Contains("b: expected 6 x 41, found 6 x 40", columns.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, _workspace, new Matrix(5, 7).AsSpan2D(), packed, new Matrix(5, 40).AsSpan2D()));
        Matrix wide = new(5, 40);
        Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, _workspace, wide.AsSpan2D()[.., ..6], packed, wide.AsSpan2D()));
        FloatGemm.Multiply(level, _workspace, a.AsSpan2D(), packed, wide.AsSpan2D());
    }

    [Fact]
    public void Packing_and_multiplying_allocate_nothing()
    {
        Matrix a = FloatGemmTests.Fill(new Matrix(20, 50), 8);
        Matrix b = FloatGemmTests.Fill(new Matrix(50, 70), 9);
        Matrix c = new(20, 70);
        PackedMatrix packed = new(50, 70);
        void Step()
        {
            packed.Pack(transposed: false, b.AsSpan2D());
            FloatGemm.Multiply(SimdSelection.Current, _workspace, a.AsSpan2D(), packed, c.AsSpan2D());
        }

        Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertSame(SimdLevel level, GemmLayout layout, Matrix a, Matrix b, PackedMatrix packed)
    {
        Matrix expected = new(a.Rows, packed.Columns);
        Matrix found = new(a.Rows, packed.Columns);
        FloatGemm.Multiply(level, layout, _workspace, a.AsSpan2D(), b.AsSpan2D(), expected.AsSpan2D());
        found.AsSpan2D().Fill(float.NaN);
        FloatGemm.Multiply(level, _workspace, a.AsSpan2D(), packed, found.AsSpan2D());
        for (int i = 0; i < a.Rows; i++)
        {
            FloatGemmTests.AssertSameBits(expected.Row(i), found.Row(i), $"{level}, {layout}, {a.Rows} x {packed.Depth} x {packed.Columns}, row {i}");
        }
    }
}
