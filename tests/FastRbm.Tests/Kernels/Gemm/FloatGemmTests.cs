using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Tests.Kernels.Gemm;

/// <summary>
/// Every product is compared with the naive loop acc = fma(a, b, acc) for equality of bits, over matrices that lie in larger
/// buffers full of NaN: what is read by mistake spoils the result, what is written by mistake is seen.
/// </summary>
public sealed class FloatGemmTests
{
    private static readonly SimdLevel[] _levels = Enum.GetValues<SimdLevel>();
    private static readonly GemmLayout[] _layouts = Enum.GetValues<GemmLayout>();
    private static readonly GemmWorkspace _workspace = new();
    private static readonly float _poison = BitConverter.Int32BitsToSingle(0x7FC0BEEF);

    public static TheoryData<string, string> LevelsAndLayouts
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (SimdLevel level in _levels)
            {
                foreach (GemmLayout layout in _layouts)
                {
                    data.Add(level.ToString(), layout.ToString());
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndLayouts))]
    public void Products_equal_the_naive_loop_for_every_number_of_rows_and_columns_around_the_tiles(string levelName, string layoutName)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(levelName);
        GemmLayout layout = Enum.Parse<GemmLayout>(layoutName);
        foreach (int rows in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 30, 32, 47, 64, 100 })
        {
            foreach (int columns in new[] { 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 129 })
            {
                Check(level, layout, rows, 1 + ((rows + columns) % 9), columns, padding: (rows + columns) % 4);
            }
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndLayouts))]
    public void Products_equal_the_naive_loop_for_every_depth_around_the_blocks(string levelName, string layoutName)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(levelName);
        GemmLayout layout = Enum.Parse<GemmLayout>(layoutName);
        int block = GemmWorkspace.BlockDepth;
        foreach (int depth in new[] { 1, 2, 3, 4, 5, 7, 8, 9, 63, block - 1, block, block + 1, (2 * block) - 1, (2 * block) + 1, (3 * block) + 2 })
        {
            foreach ((int rows, int columns) in new[] { (1, 37), (5, 70), (14, 33) })
            {
                Check(level, layout, rows, depth, columns, padding: 1);
            }
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndLayouts))]
    public void Products_equal_the_naive_loop_over_several_blocks_of_rows_and_columns(string levelName, string layoutName)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(levelName);
        GemmLayout layout = Enum.Parse<GemmLayout>(layoutName);
        const int Depth = 790;
        int rows = GemmWorkspace.BlockOfA / Depth;
        int columns = GemmWorkspace.BlockColumns * GemmWorkspace.BlockDepth / Depth;
        Check(level, layout, rows - 1, Depth, 35, padding: 0);
        Check(level, layout, rows + 7, Depth, 33, padding: 2);
        Check(level, layout, (2 * rows) + 25, Depth, 19, padding: 0);
        Check(level, layout, 3, Depth, columns - 33, padding: 0);
        Check(level, layout, 7, Depth, columns + 1, padding: 3);
        Check(level, layout, 2, Depth + 40, (2 * columns) + 33, padding: 1);
    }

    [Theory]
    [MemberData(nameof(LevelsAndLayouts))]
    public void Products_equal_the_naive_loop_where_strides_are_powers_of_two(string levelName, string layoutName)
    {
        // These strides are what makes factors be packed that otherwise wouldn't be.
        SimdLevel level = Enum.Parse<SimdLevel>(levelName);
        GemmLayout layout = Enum.Parse<GemmLayout>(layoutName);
        foreach (int stride in new[] { 512, 1024, 2048 })
        {
            foreach ((int rows, int columns) in new[] { (5, 37), (64, 33), (165, 50), (189, 32), (200, 16), (14, 790) })
            {
                Check(level, layout, rows, 11, columns, padding: 0, stride);
            }

            Check(level, layout, 161, 430, 83, padding: 0, stride);
        }
    }

    [Theory]
    [MemberData(nameof(LevelsAndLayouts))]
    public void Results_do_not_depend_on_how_rows_and_columns_are_split(string levelName, string layoutName)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(levelName);
        GemmLayout layout = Enum.Parse<GemmLayout>(layoutName);
        const int Rows = 37;
        const int Depth = 300;
        const int Columns = 75;
        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        Matrix a = transposedA ? Fill(new Matrix(Depth, Rows), 1) : Fill(new Matrix(Rows, Depth), 1);
        Matrix b = transposedB ? Fill(new Matrix(Columns, Depth), 2) : Fill(new Matrix(Depth, Columns), 2);
        Matrix whole = new(Rows, Columns);
        FloatGemm.Multiply(level, layout, _workspace, a.AsSpan2D(), b.AsSpan2D(), whole.AsSpan2D());

        Matrix parts = new(Rows, Columns);
        int[] rowCuts = [0, 1, 3, 9, 22, Rows];
        int[] columnCuts = [0, 2, 19, 51, Columns];
        for (int r = 0; r + 1 < rowCuts.Length; r++)
        {
            for (int c = 0; c + 1 < columnCuts.Length; c++)
            {
                int rows = rowCuts[r + 1] - rowCuts[r];
                int columns = columnCuts[c + 1] - columnCuts[c];
                ReadOnlySpan2D<float> partOfA = transposedA ? a.AsSpan2D().Slice(0, rowCuts[r], Depth, rows) : a.AsSpan2D().Slice(rowCuts[r], 0, rows, Depth);
                ReadOnlySpan2D<float> partOfB = transposedB ? b.AsSpan2D().Slice(columnCuts[c], 0, columns, Depth) : b.AsSpan2D().Slice(0, columnCuts[c], Depth, columns);
                FloatGemm.Multiply(level, layout, _workspace, partOfA, partOfB, parts.AsSpan2D().Slice(rowCuts[r], columnCuts[c], rows, columns));
            }
        }

        for (int i = 0; i < Rows; i++)
        {
            AssertSameBits(whole.Row(i), parts.Row(i), $"row {i}");
        }
    }

    [Fact]
    public void Infinities_and_NaN_reach_exactly_the_elements_that_they_belong_to()
    {
        foreach (SimdLevel level in _levels)
        {
            foreach (int rows in new[] { 1, 13 })
            {
                Matrix a = Fill(new Matrix(rows, 20), 3);
                Matrix b = Fill(new Matrix(20, 45), 4);
                b[7, 44] = float.PositiveInfinity;
                a[0, 3] = float.NaN;
                Matrix c = new(rows, 45);
                FloatGemm.Multiply(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
                for (int i = 0; i < rows; i++)
                {
                    for (int j = 0; j < 45; j++)
                    {
                        Assert.Equal(i == 0, float.IsNaN(c[i, j]));
                        Assert.Equal(i != 0 && j == 44, float.IsInfinity(c[i, j]));
                    }
                }
            }
        }
    }

    [Fact]
    public void A_product_over_no_terms_is_zero_and_adds_nothing()
    {
        Matrix c = Fill(new Matrix(3, 5), 5);
        float before = c[2, 4];
        FloatGemm.MultiplyAdd(SimdLevel.Vector256, GemmLayout.NN, _workspace, default, default, c.AsSpan2D());
        Assert.Equal(before, c[2, 4]);
        FloatGemm.Multiply(SimdLevel.Vector256, GemmLayout.NN, _workspace, new float[3, 0], new float[0, 5], c.AsSpan2D());
        Assert.Equal(0f, c[2, 4]);
        FloatGemm.Multiply(SimdLevel.Vector256, GemmLayout.NN, _workspace, new float[3, 2], default, default);
    }

    [Fact]
    public void Shapes_that_do_not_fit_and_overlapping_memory_are_refused()
    {
        Matrix a = new(4, 6);
        Matrix b = new(6, 8);
        Matrix c = new(4, 8);
        SimdLevel level = SimdSelection.Current;
        ArgumentException wrongA = Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), new Matrix(5, 8).AsSpan2D()));
        Assert.Contains("a: expected 5 x 6, found 4 x 6", wrongA.Message, StringComparison.Ordinal);
        ArgumentException wrongB = Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, GemmLayout.NT, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D()));
        Assert.Contains("b: expected 8 x 6, found 6 x 8", wrongB.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, GemmLayout.NN, _workspace, a.AsSpan2D(), new Matrix(7, 8).AsSpan2D(), c.AsSpan2D()));
        Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), b.AsSpan2D()[..4, ..]));
        Assert.Throws<ArgumentException>(() => FloatGemm.Multiply(level, GemmLayout.NN, _workspace, c.AsSpan2D()[.., ..6], b.AsSpan2D(), c.AsSpan2D()));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatGemm.Multiply((SimdLevel)1, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D()));
        Assert.Throws<ArgumentOutOfRangeException>(() => FloatGemm.Multiply((SimdLevel)1, GemmLayout.NN, _workspace, a.AsSpan2D()[..1, ..], b.AsSpan2D(), c.AsSpan2D()[..1, ..]));
        FloatGemm.Multiply(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        Matrix a = Fill(new Matrix(29, 300), 6);
        Matrix b = Fill(new Matrix(300, 50), 7);
        Matrix c = new(29, 50);
        foreach (SimdLevel level in _levels)
        {
            FloatGemm.MultiplyAdd(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
            long before = GC.GetAllocatedBytesForCurrentThread();
            FloatGemm.MultiplyAdd(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    private static void Check(SimdLevel level, GemmLayout layout, int rows, int depth, int columns, int padding, int stride = 0)
    {
        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        float[,] a = Poisoned(transposedA ? depth : rows, transposedA ? rows : depth, padding, stride, seed: 11);
        float[,] b = Poisoned(transposedB ? columns : depth, transposedB ? depth : columns, padding, stride, seed: 12);
        float[,] start = Poisoned(rows, columns, padding, stride, seed: 13);
        float[,] beforeA = (float[,])a.Clone();
        float[,] beforeB = (float[,])b.Clone();
        string what = $"{level}, {layout}, {rows} x {depth} x {columns}";
        foreach (bool accumulate in new[] { false, true })
        {
            float[,] expected = (float[,])start.Clone();
            float[,] found = (float[,])start.Clone();
            for (int i = 0; i < rows; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    float sum = accumulate ? start[i + 1, j + 1] : 0f;
                    for (int k = 0; k < depth; k++)
                    {
                        sum = MathF.FusedMultiplyAdd(transposedA ? a[k + 1, i + 1] : a[i + 1, k + 1], transposedB ? b[j + 1, k + 1] : b[k + 1, j + 1], sum);
                    }

                    expected[i + 1, j + 1] = sum;
                    if (!accumulate)
                    {
                        found[i + 1, j + 1] = float.NaN;
                    }
                }
            }

            ReadOnlySpan2D<float> viewA = new Span2D<float>(a).Slice(1, 1, transposedA ? depth : rows, transposedA ? rows : depth);
            ReadOnlySpan2D<float> viewB = new Span2D<float>(b).Slice(1, 1, transposedB ? columns : depth, transposedB ? depth : columns);
            Span2D<float> viewC = new Span2D<float>(found).Slice(1, 1, rows, columns);
            if (accumulate)
            {
                FloatGemm.MultiplyAdd(level, layout, _workspace, viewA, viewB, viewC);
            }
            else
            {
                FloatGemm.Multiply(level, layout, _workspace, viewA, viewB, viewC);
            }

            AssertSameBits(Flat(expected), Flat(found), $"{what}, accumulate {accumulate}, width with margin {found.GetLength(1)}");
        }

        AssertSameBits(Flat(beforeA), Flat(a), $"{what}, A");
        AssertSameBits(Flat(beforeB), Flat(b), $"{what}, B");
    }

    // Values from row 1, column 1 on, with a margin of NaN on all sides.
    private static float[,] Poisoned(int rows, int columns, int padding, int stride, uint seed)
    {
        float[,] values = new float[rows + 2, Math.Max(columns + 2 + padding, stride)];
        new Span2D<float>(values).Fill(_poison);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                values[i + 1, j + 1] = Value(i, j, seed);
            }
        }

        return values;
    }

    internal static Matrix Fill(Matrix matrix, uint seed)
    {
        for (int i = 0; i < matrix.Rows; i++)
        {
            for (int j = 0; j < matrix.Columns; j++)
            {
                matrix[i, j] = Value(i, j, seed);
            }
        }

        return matrix;
    }

    // Full mantissas of both signs, so that every rounding and every order of the sum shows.
    internal static float Value(int i, int j, uint seed)
    {
        uint bits = unchecked((((uint)i * 2654435761) ^ ((uint)j * 2246822519) ^ (seed * 3266489917)) * 668265263);
        bits = unchecked((bits ^ (bits >> 15)) * 2246822519);
        return ((int)(bits ^ (bits >> 13)) >> 7) * (1f / (1 << 24));
    }

    private static Span<float> Flat(float[,] values) => System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref values[0, 0], values.Length);

    internal static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string what)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(found[i]))
            {
                Assert.Fail($"{what}: element {i}: expected {expected[i]:R}, found {found[i]:R}");
            }
        }
    }
}
