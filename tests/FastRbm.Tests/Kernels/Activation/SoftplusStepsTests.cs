using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Activation;

public sealed unsafe class SoftplusStepsTests
{
    private const float Scale = 1f / (1 << 16);

    /// <summary>Of one unit's step where exp(-x) is no small number: 2^-20.7, four float operations and three functions within 2 ULP.</summary>
    private const double MostError = 6e-7;

    /// <summary>What the rounding of x, twice, makes of exp(-x), times x: steps so small don't count in a sum.</summary>
    private const double ErrorOfExponent = 1.2e-7;

    [Fact]
    public void A_unit_s_step_has_a_small_relative_error_however_small_it_is()
    {
        double worst = 0;
        foreach ((float from, float to) in Pairs())
        {
            foreach (double input in (double[])[1e-4, 0.01, 0.3, 0.7, 1, 2.5, 7, 20, 80, 300, 9000, 30000])
            {
                foreach (double signed in (double[])[input, -input])
                {
                    int sum = (int)Math.Round(signed / Scale);
                    double exact = Exact(from, to, (double)sum * Scale);
                    if (Math.Abs(exact) < 1e-35)
                    {
                        continue;
                    }

                    int[] sums = new int[Tile.Width];
                    sums[5] = sum;
                    foreach (bool small in IsSmall(from, to, sum) ? (bool[])[true, false] : [false])
                    {
                        double allowed = MostError + (ErrorOfExponent * Math.Max(from, to) * input);
                        worst = Math.Max(worst, Math.Abs((Step(SimdSelection.Current, sums, from, to, small) / exact) - 1) / allowed);
                    }
                }
            }
        }

        Assert.True(worst < 1, $"{worst} of what is allowed");
        Assert.True(worst > 0.1, $"{worst} of what is allowed: nothing was compared");
    }

    [Fact]
    public void Every_unit_counts_once_and_all_levels_give_the_same_bits()
    {
        SplitMix64 random = new(4);
        foreach ((float from, float to) in Pairs())
        {
            int[] sums = [.. Enumerable.Range(0, Tile.Width).Select(_ => (int)(random.NextDouble(-6, 6) / Scale))];
            double exact = sums.Sum(sum => Exact(from, to, (double)sum * Scale));
            double size = sums.Sum(sum => Math.Abs(Exact(from, to, (double)sum * Scale)));
            foreach (bool small in sums.All(sum => IsSmall(from, to, sum)) ? (bool[])[true, false] : [false])
            {
                double expected = Step(SimdLevel.Scalar, sums, from, to, small);
                Assert.True(Math.Abs(expected - exact) <= size * MostError, $"{from} to {to}: {expected}, exact {exact}");
                Assert.All(Levels.All, level => Assert.Equal(expected, Step(level, sums, from, to, small)));
            }
        }
    }

    [Fact]
    public void No_change_and_no_input_are_steps_of_zero()
    {
        int[] sums = [.. Enumerable.Range(-32, Tile.Width).Select(static unit => unit << 12)];
        foreach (bool small in (bool[])[true, false])
        {
            Assert.Equal(0, Step(SimdSelection.Current, sums, 0.5f, 0.5f, small));
            Assert.Equal(0, Step(SimdSelection.Current, new int[Tile.Width], 0.25f, 0.26f, small));
        }
    }

    [Fact]
    public void Steps_of_a_whole_ladder_add_up_to_within_a_thousandth_of_a_nat()
    {
        // 512 units with inputs as in a trained model, 14,500 steps: what would be lost if each step's error had the same sign is 6e-7 of
        // some 2,000 nats; roundings hardly ever agree so well.
        SplitMix64 random = new(9);
        AlignedBuffer<int> sums = new(8 * Tile.Width);
        foreach (ref int sum in sums.Span)
        {
            sum = (int)(random.NextDouble(-15, 8) / Scale);
        }

        float[] betas = FastRbm.Evaluation.AnnealingSchedule.Classic().Betas.ToArray();
        float* lanes = stackalloc float[SoftplusSteps.Lanes];
        double found = 0;
        for (int step = 1; step < betas.Length; step++)
        {
            new Span<float>(lanes, SoftplusSteps.Lanes).Clear();
            for (int tile = 0; tile < 8; tile++)
            {
                Add(SimdSelection.Current, sums.DangerousGetPointer() + (tile * Tile.Width), betas[step - 1], betas[step], step > 1, lanes);
            }

            found += SoftplusSteps.Total(lanes);
        }

        double exact = 0;
        foreach (int sum in sums.Span)
        {
            exact += Exact(0, 1, (double)sum * Scale);
        }

        Assert.InRange(found, exact - 1e-3, exact + 1e-3);
        Assert.True(Math.Abs(found - exact) < 2e-4, $"{found - exact} nats off");
    }

    private static IEnumerable<(float From, float To)> Pairs()
    {
        foreach (float from in (float[])[0, 1e-6f, 0.001f, 0.3f, 0.5f, 0.9f, 0.99999f])
        {
            foreach (float change in (float[])[1e-7f, 1e-5f, 1e-4f, 1e-3f, 0.02f, 0.1f, 1])
            {
                float to = Math.Min(from + change, 1);
                yield return (from, to);
                yield return (to, from);
            }
        }
    }

    private static bool IsSmall(float from, float to, int sum) => Math.Abs(to - from) * Math.Abs(sum * Scale) <= SoftplusSteps.MostOfSmallStep;

    /// <summary>softplus(to I) - softplus(from I) by the ratio of two logistic terms, which loses no digits.</summary>
    private static double Exact(float from, float to, double input)
    {
        if (to < from)
        {
            return -Exact(to, from, input);
        }

        double x = from * input;
        double d = ((double)to - from) * input;
        double grown = Math.Abs(d) < 1e-3 ? d * (1 + (d / 2 * (1 + (d / 3 * (1 + (d / 4)))))) : Math.Exp(Math.Min(d, 700)) - 1;
        return d > 700 ? DoubleMath.Softplus(x + d) - DoubleMath.Softplus(x)
            : x + d > 40 ? d + DoubleMath.Log1p(-(1 - Math.Exp(-d)) * Math.Exp(-x) / (1 + Math.Exp(-x)))
            : DoubleMath.Log1p(DoubleMath.Sigmoid(x) * grown);
    }

    private static double Step(SimdLevel level, int[] sums, float from, float to, bool small)
    {
        using GuardedBuffer<int> source = GuardedBuffer<int>.EndingAtGuard(sums);
        using GuardedBuffer<float> lanes = GuardedBuffer<float>.EndingAtGuard(SoftplusSteps.Lanes);
        lanes.Span.Clear();
        Add(level, source.Pointer, from, to, small, lanes.Pointer);
        return SoftplusSteps.Total(lanes.Pointer);
    }

    private static void Add(SimdLevel level, int* sums, float from, float to, bool small, float* lanes)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                SoftplusSteps.Add<Vector512<float>, Vector512<int>, Simd512>(sums, Scale, from, to, small, lanes);
                break;
            case SimdLevel.Vector256:
                SoftplusSteps.Add<Vector256<float>, Vector256<int>, Simd256>(sums, Scale, from, to, small, lanes);
                break;
            case SimdLevel.Vector128:
                SoftplusSteps.Add<Vector128<float>, Vector128<int>, Simd128>(sums, Scale, from, to, small, lanes);
                break;
            default:
                SoftplusSteps.Add<float, int, ScalarSimd>(sums, Scale, from, to, small, lanes);
                break;
        }
    }
}
