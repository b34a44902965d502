using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Benchmarks.Paths;

/// <summary>The sums of one half step from random states of which some have flipped since the step before, by any path.</summary>
internal sealed unsafe class HalfStepSums
{
    // One model for all: many would push each other out of the caches.
    private static readonly Rbm _model = Rbm.Binary(Workload.Visible, Workload.Hidden);

    private readonly BitMatrix _before;
    private readonly BitMatrix _after;
    private readonly RunningSums _sums;
    private readonly AlignedBuffer<int> _scratch;
    private bool _isAfter;

    /// <summary>Draws the states.</summary>
    public HalfStepSums(int rows, double density, double flips)
    {
        Rows = rows;
        Density = density;
        Flips = flips;
        _before = new BitMatrix(rows, Workload.Visible);
        _after = new BitMatrix(rows, Workload.Visible);
        _sums = new RunningSums(rows, Workload.Visible, Workload.Hidden);
        _scratch = new AlignedBuffer<int>(HalfStep.ScratchLength(Workload.Visible, rows));
        for (int row = 0; row < rows; row++)
        {
            RandomStream stream = new(1, StreamPurpose.DataGenerator, 0, row);
            for (int unit = 0; unit < Workload.Visible; unit++)
            {
                // As many units go on as go off: the density stays.
                bool on = stream.Uniform(2L * unit) < density;
                bool flipped = stream.Uniform((2L * unit) + 1) < flips / 2 / (on ? density : 1 - density);
                Set(_before.Row(row), unit, on);
                Set(_after.Row(row), unit, on ^ flipped);
            }
        }

        Run(HalfStepPath.ActiveUnits);
    }

    /// <summary>The paths that are compared, the one that the cost model picks first.</summary>
    public static IReadOnlyList<HalfStepPath> Paths { get; } = Enum.GetValues<HalfStepPath>();

    /// <summary>Rows of states.</summary>
    public int Rows { get; }

    /// <summary>The share of units that are on.</summary>
    public double Density { get; }

    /// <summary>The share of units that flip.</summary>
    public double Flips { get; }

    /// <summary>Sums the inputs of the other states than the last time, without sampling.</summary>
    public void Run(HalfStepPath path)
    {
        BitMatrix source = _isAfter ? _before : _after;
        _isAfter = !_isAfter;
        HalfStepArguments arguments = _model.HalfStepFrom(toHidden: true);
        arguments.Source = source.DangerousGetPointer();
        arguments.SourceWords = source.WordsPerRow;
        arguments.Path = path;
        _sums.Keep(ref arguments, hold: true);
        HalfStep.Run(SimdSelection.Current, arguments, 0, Rows, _scratch.DangerousGetPointer());
    }

    private static void Set(Span<ulong> words, int unit, bool on) => words[unit >> 6] |= (on ? 1UL : 0UL) << (unit & 63);
}
