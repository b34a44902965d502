using System.Globalization;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Benchmarks.Suites.Running;

/// <summary>The measured FMA peak of one core, at 256 bits and at the levels of the jobs.</summary>
internal sealed class Peaks
{
    private readonly Dictionary<SimdLevel, double> _peaks = [];

    /// <summary>None, when nothing is measured.</summary>
    public static Peaks Unknown { get; } = new();

    /// <summary>The peak at 256 bits, in GFLOP/s, or at the widest that the machine has.</summary>
    public double Common => _peaks.TryGetValue(SimdLevel.Vector256, out double peak) ? peak : double.NaN;

    /// <summary>All peaks as text.</summary>
    public string Text => string.Join(", ", _peaks.OrderBy(static pair => pair.Key).Select(
        static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:F1}")));

    /// <summary>The peak at a level, in GFLOP/s.</summary>
    /// <param name="level">The level.</param>
    public double this[SimdLevel level] => _peaks.GetValueOrDefault(level, double.NaN);

    /// <summary>Measures, in a fraction of a second.</summary>
    /// <param name="levels">The levels of the jobs.</param>
    public static Peaks Measure(IEnumerable<SimdLevel> levels)
    {
        Peaks peaks = new();
        foreach (SimdLevel level in levels.Concat(Vector256.IsHardwareAccelerated ? (SimdLevel[])[SimdLevel.Vector256] : []).Distinct())
        {
            peaks._peaks[level] = Roofline.Peak(level);
        }

        return peaks;
    }
}
