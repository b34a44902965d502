namespace FastRbm.Kernels.Gemm;

/// <summary>A checked matrix product: dimensions, addresses, strides in floats.</summary>
internal readonly unsafe struct Problem
{
    public nint Rows { get; init; }

    public nint Columns { get; init; }

    public nint Depth { get; init; }

    public float* A { get; init; }

    public nint StrideA { get; init; }

    public bool IsTransposedA { get; init; }

    public float* B { get; init; }

    public nint StrideB { get; init; }

    public bool IsTransposedB { get; init; }

    public float* C { get; init; }

    public nint StrideC { get; init; }

    /// <summary>Whether C is added to.</summary>
    public bool Accumulate { get; init; }

    /// <summary>Room for BlockRows x BlockDepth floats.</summary>
    public float* BlockOfA { get; init; }

    /// <summary>Room for BlockDepth x BlockColumns floats.</summary>
    public float* BlockOfB { get; init; }
}
