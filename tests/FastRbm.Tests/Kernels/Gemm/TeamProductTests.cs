using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Testing;
using FastRbm.Tests.Testing;
using FastRbm.Threading;

namespace FastRbm.Tests.Kernels.Gemm;

[Collection(AllocationGroup.Name)]
public sealed class TeamProductTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Any_number_of_threads_gives_the_bits_of_one(int members)
    {
        using ThreadTeam team = new(members);
        GemmWorkspace alone = new();
        GemmWorkspace together = new(team);
        foreach ((int rows, int depth, int columns) in new[] { (700, 90, 95), (95, 90, 700), (24, 2000, 90), (90, 2000, 24), (1, 3000, 1500), (2, 50, 50_000), (50_000, 50, 2) })
        {
            Assert.True((long)rows * depth * columns >= GemmWorkspace.LeastWorkForTeam, "Too small to be split.");
            foreach (GemmLayout layout in Enum.GetValues<GemmLayout>())
            {
                bool transposedA = layout is GemmLayout.TN or GemmLayout.TT;
                bool transposedB = layout is GemmLayout.NT or GemmLayout.TT;
                Matrix a = FloatGemmTests.Fill(transposedA ? new Matrix(depth, rows) : new Matrix(rows, depth), 1);
                Matrix b = FloatGemmTests.Fill(transposedB ? new Matrix(columns, depth) : new Matrix(depth, columns), 2);
                float[] bias = FloatGemmTests.Fill(new Matrix(1, columns), 3).Row(0).ToArray();
                Matrix expected = FloatGemmTests.Fill(new Matrix(rows, columns), 4);
                Matrix found = FloatGemmTests.Fill(new Matrix(rows, columns), 4);
                SimdLevel level = SimdSelection.Current;
                string what = $"{layout}, {rows} x {depth} x {columns}";

                FloatGemm.MultiplyAdd(level, layout, alone, a.AsSpan2D(), b.AsSpan2D(), expected.AsSpan2D());
                FloatGemm.MultiplyAdd(level, layout, together, a.AsSpan2D(), b.AsSpan2D(), found.AsSpan2D());
                AssertSame(expected, found, what);

                FloatGemm.MultiplyBias<Epilogues.Sigmoid>(level, layout, alone, a.AsSpan2D(), b.AsSpan2D(), bias, expected.AsSpan2D());
                FloatGemm.MultiplyBias<Epilogues.Sigmoid>(level, layout, together, a.AsSpan2D(), b.AsSpan2D(), bias, found.AsSpan2D());
                AssertSame(expected, found, $"{what}, with bias");
                if (!transposedA)
                {
                    PackedMatrix packed = new(depth, columns);
                    packed.Pack(transposedB, b.AsSpan2D());
                    found.Clear();
                    FloatGemm.MultiplyBias<Epilogues.Sigmoid>(level, together, a.AsSpan2D(), packed, bias, found.AsSpan2D());
                    AssertSame(expected, found, $"{what}, packed");
                }
            }
        }
    }

    [Fact]
    public void A_product_on_a_team_allocates_nothing()
    {
        using ThreadTeam team = new(3);
        GemmWorkspace workspace = new(team);
        Matrix a = FloatGemmTests.Fill(new Matrix(200, 200), 5);
        Matrix b = FloatGemmTests.Fill(new Matrix(200, 200), 6);
        Matrix c = new(200, 200);
        float[] bias = new float[200];
        Assert.Equal(0, AllocationGate.BytesOf(() =>
        {
            FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
            FloatGemm.MultiplyBias<Epilogues.Softplus>(SimdSelection.Current, GemmLayout.TT, workspace, a.AsSpan2D(), b.AsSpan2D(), bias, c.AsSpan2D());
        }));
    }

    [Fact]
    public void A_small_product_leaves_the_team_alone()
    {
        // A team whose threads have ended would never come back from a task.
        ThreadTeam team = new(2);
        team.Dispose();
        GemmWorkspace workspace = new(team);
        Matrix a = FloatGemmTests.Fill(new Matrix(10, 20), 7);
        Matrix b = FloatGemmTests.Fill(new Matrix(20, 30), 8);
        Matrix c = new(10, 30);
        FloatGemm.Multiply(SimdSelection.Current, GemmLayout.NN, workspace, a.AsSpan2D(), b.AsSpan2D(), c.AsSpan2D());
        Assert.NotEqual(0f, c[9, 29]);
    }

    private static void AssertSame(Matrix expected, Matrix found, string what)
    {
        for (int i = 0; i < expected.Rows; i++)
        {
            FloatGemmTests.AssertSameBits(expected.Row(i), found.Row(i), $"{what}, row {i}");
        }
    }
}
