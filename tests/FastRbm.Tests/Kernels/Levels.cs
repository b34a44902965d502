using FastRbm.Kernels.Simd;

namespace FastRbm.Tests.Kernels;

/// <summary>The levels that every kernel is run at, whatever the hardware has.</summary>
internal static class Levels
{
    public static SimdLevel[] All { get; } = [SimdLevel.Scalar, SimdLevel.Vector128, SimdLevel.Vector256, SimdLevel.Vector512];
}
