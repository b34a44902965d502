using CommunityToolkit.HighPerformance;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Gemm;

/// <summary>Factors, bias and product each lie against an inaccessible page, with NaN between their rows.</summary>
public sealed unsafe class GuardedProductTests
{
    private static readonly GemmWorkspace _workspace = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_outside_of_the_views_is_read_or_written(bool atTheEnd)
    {
        foreach (SimdLevel level in Levels.All)
        {
            foreach (GemmLayout layout in Enum.GetValues<GemmLayout>())
            {
                foreach ((int rows, int depth, int columns) in new[] { (1, 5, 19), (2, 3, 4), (7, 9, 23), (13, 4, 33), (16, 10, 47), (29, 7, 100), (64, 17, 20), (170, 6, 37) })
                {
                    foreach (int stride in new[] { 0, 512, 1024 })
                    {
                        Check(level, layout, rows, depth, columns, stride, atTheEnd);
                    }
                }
            }
        }
    }

    private static void Check(SimdLevel level, GemmLayout layout, int rows, int depth, int columns, int stride, bool atTheEnd)
    {
        bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
        using GuardedBuffer<float> memoryOfA = View(transposedA ? depth : rows, transposedA ? rows : depth, stride, atTheEnd, 1, out Span2D<float> a);
        using GuardedBuffer<float> memoryOfB = View(transposedB ? columns : depth, transposedB ? depth : columns, stride, atTheEnd, 2, out Span2D<float> b);
        using GuardedBuffer<float> memoryOfC = View(rows, columns, stride, atTheEnd, 3, out Span2D<float> c);
        using GuardedBuffer<float> memoryOfBias = View(1, columns, 0, atTheEnd, 4, out Span2D<float> bias);
        c.Fill(float.NaN);
        FloatGemm.MultiplyBias<Epilogues.Identity>(level, layout, _workspace, a, b, bias.GetRowSpan(0), c);
        AssertProduct(transposedA, a, transposedB, b, bias, c, $"{level}, {layout}, {rows} x {depth} x {columns}, stride {stride}");
        AssertMargins(memoryOfC, rows, columns, Math.Max(stride, columns));
        if (!transposedA)
        {
            PackedMatrix packed = new(depth, columns);
            packed.Pack(transposedB, b);
            c.Fill(float.NaN);
            FloatGemm.MultiplyBias<Epilogues.Identity>(level, _workspace, a, packed, bias.GetRowSpan(0), c);
            AssertProduct(transposedA, a, transposedB, b, bias, c, $"packed, {level}, {layout}, {rows} x {depth} x {columns}, stride {stride}");
            AssertMargins(memoryOfC, rows, columns, Math.Max(stride, columns));
        }

        memoryOfA.AssertCanaryIntact();
        memoryOfB.AssertCanaryIntact();
        memoryOfC.AssertCanaryIntact();
        memoryOfBias.AssertCanaryIntact();
    }

    private static GuardedBuffer<float> View(int height, int width, int stride, bool atTheEnd, uint seed, out Span2D<float> view)
    {
        int pitch = Math.Max(stride, width) - width;
        int length = (height * width) + ((height - 1) * pitch);
        GuardedBuffer<float> buffer = atTheEnd ? GuardedBuffer<float>.EndingAtGuard(length) : GuardedBuffer<float>.StartingAtGuard(length);
        Poison.Fill(buffer.Span);
        view = new Span2D<float>(buffer.Pointer, height, width, pitch);
        for (int i = 0; i < height; i++)
        {
            for (int j = 0; j < width; j++)
            {
                view[i, j] = FloatGemmTests.Value(i, j, seed);
            }
        }

        return buffer;
    }

    private static void AssertProduct(bool transposedA, Span2D<float> a, bool transposedB, Span2D<float> b, Span2D<float> bias, Span2D<float> c, string what)
    {
        int depth = transposedA ? a.Height : a.Width;
        for (int i = 0; i < c.Height; i++)
        {
            for (int j = 0; j < c.Width; j++)
            {
                float sum = 0;
                for (int k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(transposedA ? a[k, i] : a[i, k], transposedB ? b[j, k] : b[k, j], sum);
                }

                FloatGemmTests.AssertSameBits([sum + bias[0, j]], [c[i, j]], $"{what}, row {i}, column {j}");
            }
        }
    }

    private static void AssertMargins(GuardedBuffer<float> memory, int height, int width, int stride)
    {
        for (int i = 0; i + 1 < height; i++)
        {
            Poison.AssertUntouched<float>(memory.Span.Slice((i * stride) + width, stride - width));
        }
    }
}
