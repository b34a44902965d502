namespace FastRbm.Kernels.Gemm;

/// <summary>How the factors of a product A B are stored: first letter A, second letter B; N as it is, T transposed.</summary>
internal enum GemmLayout
{
    /// <summary>A is stored [M, K], B [K, N].</summary>
    NN,

    /// <summary>A is stored [K, M], B [K, N].</summary>
    TN,

    /// <summary>A is stored [M, K], B [N, K].</summary>
    NT,

    /// <summary>A is stored [K, M], B [N, K].</summary>
    TT,
}
