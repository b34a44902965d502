using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Normal numbers for a row of units.</summary>
internal static class NormalRow
{
    /// <summary>means = inputs exp(-logPrecisions).</summary>
    public static void Means(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> logPrecisions, Span<float> means)
    {
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            means[unit] = inputs[unit] * FloatFunctions.Exp<float, int, ScalarSimd>(-logPrecisions[unit]);
        }
    }

    /// <summary>variances = exp(-logPrecisions).</summary>
    public static void Variances(SimdLevel level, ReadOnlySpan<float> logPrecisions, Span<float> variances)
    {
        for (int unit = 0; unit < variances.Length; unit++)
        {
            variances[unit] = FloatFunctions.Exp<float, int, ScalarSimd>(-logPrecisions[unit]);
        }
    }

    /// <summary>states = inputs exp(-logPrecisions) + exp(-logPrecisions / 2) times standard normal numbers.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, ReadOnlySpan<float> logPrecisions, in RandomStream draws, Span<float> states)
    {
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double radius = Math.Sqrt(-2 * DoubleMath.Log(1 - draws.Uniform(2 * unit)));
            double noise = radius * DoubleMath.SinCosTurns(draws.Uniform((2 * unit) + 1)).Cos;
            float deviation = FloatFunctions.Exp<float, int, ScalarSimd>(-0.5f * logPrecisions[unit]);
            states[unit] = MathF.FusedMultiplyAdd((float)noise, deviation, inputs[unit] * FloatFunctions.Exp<float, int, ScalarSimd>(-logPrecisions[unit]));
        }
    }
}
