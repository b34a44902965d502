using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Tests.Kernels.Gemm;

public sealed class EpilogueTests
{
    private static readonly GemmWorkspace _workspace = new();

    private delegate void Pass(SimdLevel level, ReadOnlySpan<float> x, Span<float> y);

    public static TheoryData<string> Functions => ["identity", "sigmoid", "softplus"];

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_product_with_bias_and_function_has_the_bits_of_three_passes(string function)
    {
        foreach (SimdLevel level in Levels.All)
        {
            foreach (GemmLayout layout in Enum.GetValues<GemmLayout>())
            {
                foreach (int rows in new[] { 1, 2, 6, 13, 16, 31, 64 })
                {
                    foreach (int columns in new[] { 1, 7, 16, 17, 33, 53 })
                    {
                        Check(function, level, layout, rows, 9, columns);
                    }
                }

                Check(function, level, layout, 16, GemmWorkspace.BlockDepth + 5, 45);
                Check(function, level, layout, 13, GemmWorkspace.BlockDepth + 5, 45);
            }
        }
    }

    [Fact]
    public void With_no_terms_what_is_left_is_the_function_of_the_bias()
    {
        foreach (SimdLevel level in Levels.All)
        {
            float[,] c = new float[3, 21];
            float[] bias = [.. Enumerable.Range(0, 21).Select(j => (j - 10) * 0.37f)];
            float[] expected = new float[21];
            ElementaryKernels.Sigmoid(level, bias, expected);
            FloatGemm.MultiplyBias<Epilogues.Sigmoid>(level, GemmLayout.NN, _workspace, new float[3, 0], new float[0, 21], bias, c);
            for (int i = 0; i < 3; i++)
            {
                FloatGemmTests.AssertSameBits(expected, System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref c[i, 0], 21), $"{level}, row {i}");
            }
        }
    }

    [Fact]
    public void A_bias_of_another_length_or_in_the_memory_of_the_product_is_refused()
    {
        Matrix a = new(4, 6);
        Matrix b = new(6, 8);
        Matrix c = new(4, 8);
        SimdLevel level = SimdSelection.Current;
        ArgumentException length = Assert.Throws<ArgumentException>(() =>
            FloatGemm.MultiplyBias<Epilogues.Identity>(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), new float[7], c.AsSpan2D()));
        Assert.Contains("bias: expected a length of 8, found 7", length.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
            FloatGemm.MultiplyBias<Epilogues.Identity>(level, GemmLayout.NN, _workspace, a.AsSpan2D(), b.AsSpan2D(), c.Row(2), c.AsSpan2D()));
    }

    private static void Check(string function, SimdLevel level, GemmLayout layout, int rows, int depth, int columns)
    {
        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        Matrix a = FloatGemmTests.Fill(transposedA ? new Matrix(depth, rows) : new Matrix(rows, depth), 1);
        Matrix b = FloatGemmTests.Fill(transposedB ? new Matrix(columns, depth) : new Matrix(depth, columns), 2);
        float[] bias = FloatGemmTests.Fill(new Matrix(1, columns), 3).Row(0).ToArray();
        Matrix expected = new(rows, columns);
        FloatGemm.Multiply(level, layout, _workspace, a.AsSpan2D(), b.AsSpan2D(), expected.AsSpan2D());
        for (int i = 0; i < rows; i++)
        {
            Span<float> row = expected.Row(i);
            for (int j = 0; j < columns; j++)
            {
                row[j] += bias[j];
            }

            Then(function)(level, row, row);
        }

        string what = $"{function}, {level}, {layout}, {rows} x {depth} x {columns}";
        Matrix found = new(rows, columns);
        found.AsSpan2D().Fill(float.NaN);
        Run(function, level, layout, a, b, null, bias, found);
        AssertSame(expected, found, what);
        if (!transposedA)
        {
            PackedMatrix packed = new(depth, columns);
            packed.Pack(transposedB, b.AsSpan2D());
            found.AsSpan2D().Fill(float.NaN);
            Run(function, level, layout, a, b, packed, bias, found);
            AssertSame(expected, found, $"{what}, packed");
        }
    }

    private static void Run(string function, SimdLevel level, GemmLayout layout, Matrix a, Matrix b, PackedMatrix? packed, float[] bias, Matrix c)
    {
        switch (function)
        {
            case "identity": Run<Epilogues.Identity>(level, layout, a, b, packed, bias, c); break;
            case "sigmoid": Run<Epilogues.Sigmoid>(level, layout, a, b, packed, bias, c); break;
            default: Run<Epilogues.Softplus>(level, layout, a, b, packed, bias, c); break;
        }
    }

    private static void Run<TFunction>(SimdLevel level, GemmLayout layout, Matrix a, Matrix b, PackedMatrix? packed, float[] bias, Matrix c)
        where TFunction : struct, IEpilogue
    {
        if (packed is null)
        {
            FloatGemm.MultiplyBias<TFunction>(level, layout, _workspace, a.AsSpan2D(), b.AsSpan2D(), bias, c.AsSpan2D());
        }
        else
        {
            FloatGemm.MultiplyBias<TFunction>(level, _workspace, a.AsSpan2D(), packed, bias, c.AsSpan2D());
        }
    }

    private static Pass Then(string function) => function switch
    {
        "identity" => (level, x, y) => x.CopyTo(y),
        "sigmoid" => ElementaryKernels.Sigmoid,
        _ => ElementaryKernels.Softplus,
    };

    private static void AssertSame(Matrix expected, Matrix found, string what)
    {
        for (int i = 0; i < expected.Rows; i++)
        {
            FloatGemmTests.AssertSameBits(expected.Row(i), found.Row(i), $"{what}, row {i}");
        }
    }
}
