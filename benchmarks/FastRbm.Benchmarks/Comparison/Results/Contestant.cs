namespace FastRbm.Benchmarks.Comparison.Results;

/// <summary>The names of the contestants.</summary>
internal static class Contestant
{
    /// <summary>This library, by its public API.</summary>
    public const string FastRbm = "FastRbm";

    /// <summary>PyTorch on the CPU.</summary>
    public const string PyTorch = "PyTorch";

    /// <summary>NumPy.</summary>
    public const string NumPy = "NumPy";

    /// <summary>scikit-learn's BernoulliRBM.</summary>
    public const string ScikitLearn = "scikit-learn";

    /// <summary>C# with System.Numerics.Tensors.</summary>
    public const string TensorPrimitives = "TensorPrimitives";

    /// <summary>C# loops over floats.</summary>
    public const string PlainLoops = "plain C# loops";

    /// <summary>All, in the order of tables.</summary>
    public static IReadOnlyList<string> All { get; } = [FastRbm, PyTorch, NumPy, ScikitLearn, TensorPrimitives, PlainLoops];
}
