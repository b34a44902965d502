using FastRbm.Memory;

namespace FastRbm.Kernels.Gemm;

/// <summary>The packed blocks of one running matrix product: one workspace a thread, made once and reused for every shape.</summary>
/// <remarks>
/// Its size is that of the largest blocks, 1.4 MB, and doesn't depend on the matrices, so nothing grows later.
/// </remarks>
internal sealed class GemmWorkspace
{
    /// <summary>Most k steps in a block, at every width: a panel of B of this depth stays in the first-level cache.</summary>
    public const int BlockDepth = 288;

    /// <summary>Rows of A in a block, a multiple of every tile's rows: such a block stays in the second-level cache.</summary>
    public const int BlockRows = 180;

    /// <summary>Columns of B in a block, a multiple of every tile's columns.</summary>
    public const int BlockColumns = 1024;

    private readonly AlignedBuffer<float> _a = new(BlockRows * BlockDepth);
    private readonly AlignedBuffer<float> _b = new(BlockColumns * BlockDepth);

    /// <summary>Room for a packed block of A. Keep this object alive while it is in use.</summary>
    internal unsafe float* DangerousGetBlockOfA() => _a.DangerousGetPointer();

    /// <summary>Room for a packed block of B. Keep this object alive while it is in use.</summary>
    internal unsafe float* DangerousGetBlockOfB() => _b.DangerousGetPointer();
}
