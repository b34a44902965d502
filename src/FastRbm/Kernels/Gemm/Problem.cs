namespace FastRbm.Kernels.Gemm;

/// <summary>A checked matrix product: dimensions, addresses, distances in floats.</summary>
internal unsafe struct Problem
{
    public nint Rows;

    public nint Columns;

    public nint Depth;

    /// <summary>A[i, k] = A[i * RowOfA + k * StepOfA]; one of the two distances is 1.</summary>
    public float* A;

    public nint RowOfA;

    public nint StepOfA;

    /// <summary>B[k, j] = B[k * StrideB + j], transposed B[j * StrideB + k], packed: see <see cref="PackedMatrix"/>.</summary>
    public float* B;

    public nint StrideB;

    public FormOfB FormOfB;

    /// <summary>C[i, j] = C[i * StrideC + j], transposed C[j * StrideC + i].</summary>
    public float* C;

    public nint StrideC;

    public bool IsTransposedC;

    /// <summary>Whether C is added to.</summary>
    public bool Accumulate;

    /// <summary>What the epilogue adds: a value a column, or a row if C is transposed. Null without epilogue.</summary>
    public float* Bias;

    /// <summary>Room for a block of A in panels.</summary>
    public float* BlockOfA;

    /// <summary>Room for a block of B in panels.</summary>
    public float* BlockOfB;
}
