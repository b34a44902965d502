using System.Globalization;
using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Gemm;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Float products: the shapes of RBMs, squares, matrix times vector; all layouts of some.</summary>
public class Gemm : Suite
{
    private readonly GemmWorkspace _workspace = new();
    private GemmLayout _layout;
    private Matrix _a = null!;
    private Matrix _b = null!;
    private Matrix _c = null!;

    /// <summary>Rows x depth x columns and the layout.</summary>
    [ParamsSource(nameof(Products))]
    public string Product { get; set; } = string.Empty;

    /// <summary>All products.</summary>
    public static IEnumerable<string> Products
    {
        get
        {
            foreach (int batch in (int[])[64, 100, 512])
            {
                foreach (int hidden in (int[])[256, 500, 1024])
                {
                    yield return $"{batch}x784x{hidden} NN";
                    yield return $"{batch}x{hidden}x784 NT";
                    yield return $"784x{batch}x{hidden} TN";
                }
            }

            foreach (int side in (int[])[512, 1024, 1536, 2048])
            {
                yield return $"{side}x{side}x{side} NN";
            }

            foreach (GemmLayout layout in Enum.GetValues<GemmLayout>())
            {
                yield return $"1x784x500 {layout}";
                if (layout != GemmLayout.NN)
                {
                    yield return $"1024x1024x1024 {layout}";
                }
            }

            yield return "784x500x1 NN";
        }
    }

    /// <summary>Makes the matrices.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        (int rows, int depth, int columns, _layout) = Parse(Product);
        bool transposedA = _layout is GemmLayout.TN or GemmLayout.TT;
        bool transposedB = _layout is GemmLayout.NT or GemmLayout.TT;
        _a = transposedA ? Workload.Mixed(depth, rows) : Workload.Mixed(rows, depth);
        _b = transposedB ? Workload.Mixed(columns, depth) : Workload.Mixed(depth, columns);
        _c = new Matrix(rows, columns);
    }

    /// <summary>C = A B.</summary>
    [Benchmark]
    public void Multiply() => FloatGemm.Multiply(SimdSelection.Current, _layout, _workspace, _a.AsSpan2D(), _b.AsSpan2D(), _c.AsSpan2D());

    /// <inheritdoc/>
    public override Work WorkOf(string method)
    {
        (int rows, int depth, int columns, _) = Parse(Product);
        return Work.Product(2.0 * rows * depth * columns / 1e9, replaced: false);
    }

    private static (int Rows, int Depth, int Columns, GemmLayout Layout) Parse(string product)
    {
        string[] parts = product.Split('x', ' ');
        int Number(int part) => int.Parse(parts[part], CultureInfo.InvariantCulture);
        return (Number(0), Number(1), Number(2), Enum.Parse<GemmLayout>(parts[3]));
    }
}
