using System.Runtime.Intrinsics;

namespace FastRbm.Kernels.Simd;

/// <summary>Which level runs: the first of an ordered list whose reason holds.</summary>
/// <remarks>
/// The environment variable FASTRBM_SIMD (scalar, 128, 256, 512) forces a level, also one that the machine has no
/// instructions for: the portable vector methods are then slow and give the same bits.
/// </remarks>
internal static class SimdSelection
{
    /// <summary>The environment variable that forces a level.</summary>
    public const string VariableName = "FASTRBM_SIMD";

    /// <summary>The level of this process.</summary>
    public static SimdLevel Current { get; } = Choose(Environment.GetEnvironmentVariable(VariableName));

    /// <summary>Chooses a level.</summary>
    /// <param name="forced">The value of the environment variable; null or empty when none is set.</param>
    /// <returns>The forced level, else the widest that the hardware accelerates.</returns>
    /// <exception cref="ArgumentException">The value isn't one of the four.</exception>
    public static SimdLevel Choose(string? forced) => forced switch
    {
        "scalar" => SimdLevel.Scalar,
        "128" => SimdLevel.Vector128,
        "256" => SimdLevel.Vector256,
        "512" => SimdLevel.Vector512,
        null or "" when Vector512.IsHardwareAccelerated => SimdLevel.Vector512,
        null or "" when Vector256.IsHardwareAccelerated => SimdLevel.Vector256,
        null or "" when Vector128.IsHardwareAccelerated => SimdLevel.Vector128,
        null or "" => SimdLevel.Scalar,
        _ => throw new ArgumentException($"{VariableName}: expected scalar, 128, 256 or 512, found \"{forced}\"."),
    };
}
