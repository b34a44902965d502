using System.Globalization;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Tests.Repository;

/// <summary>Runs with instructions switched off prove nothing unless the switch worked: that is asserted by its effect.</summary>
public sealed class AccelerationTests
{
    private const string Expectation = "FASTRBM_EXPECT_ACCELERATION";

    [Fact]
    public void The_widest_accelerated_vectors_are_chosen()
    {
        Assert.Equal((SimdLevel)Accelerated(), SimdSelection.Choose(forced: null));
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SimdSelection.VariableName)))
        {
            Assert.Equal((SimdLevel)Accelerated(), SimdSelection.Current);
        }
    }

    [Fact]
    public void The_acceleration_is_what_the_run_asked_for()
    {
        string? expected = Environment.GetEnvironmentVariable(Expectation);
        if (string.IsNullOrEmpty(expected))
        {
            return;
        }

        int bits = expected == "none" ? 0 : int.Parse(expected, CultureInfo.InvariantCulture);
        Assert.Equal(bits >= 128, Vector128.IsHardwareAccelerated);
        Assert.Equal(bits >= 256, Vector256.IsHardwareAccelerated);
        Assert.Equal(bits >= 512, Vector512.IsHardwareAccelerated);
        Assert.Equal((SimdLevel)bits, SimdSelection.Current);
    }

    private static int Accelerated() => Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;
}
