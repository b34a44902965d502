namespace FastRbm.Kernels.Simd;

/// <summary>The vector widths that every kernel exists in. All give the same bits.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1027:Mark enums with FlagsAttribute", Justification = "Widths in bits, of which one holds.")]
internal enum SimdLevel
{
    /// <summary>One number at a time: no vector instructions.</summary>
    Scalar = 0,

    /// <summary>128-bit vectors.</summary>
    Vector128 = 128,

    /// <summary>256-bit vectors.</summary>
    Vector256 = 256,

    /// <summary>512-bit vectors.</summary>
    Vector512 = 512,
}
