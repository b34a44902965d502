namespace FastRbm.Kernels.Gemm;

/// <summary>How the right factor lies in memory.</summary>
internal enum FormOfB
{
    /// <summary>Row by row.</summary>
    Plain,

    /// <summary>Column by column.</summary>
    Transposed,

    /// <summary>In the panels of a <see cref="PackedMatrix"/>.</summary>
    Packed,
}
