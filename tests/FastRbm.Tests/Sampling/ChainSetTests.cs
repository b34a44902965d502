using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Sampling;
using FastRbm.Testing;
using FastRbm.Tests.Testing;

namespace FastRbm.Tests.Sampling;

[Collection(AllocationGroup.Name)]
public sealed class ChainSetTests
{
    [Fact]
    public void States_do_not_depend_on_threads_calls_or_the_number_of_chains()
    {
        Rbm rbm = Model(200, 120);
        using ChainSet one = new(rbm, 150, seed: 9, threads: 1);
        using ChainSet three = new(rbm, 150, seed: 9, threads: 3);
        using ChainSet fewer = new(rbm, 40, seed: 9, threads: 2);
        one.Run(7);
        three.Run(3);
        three.Run(0);
        three.Run(4);
        fewer.Run(7);
        Assert.Equal(7, three.Sweeps);
        for (int chain = 0; chain < one.Chains; chain++)
        {
            Assert.Equal(one.Visible.Row(chain).ToArray(), three.Visible.Row(chain).ToArray());
            Assert.Equal(one.Hidden.Row(chain).ToArray(), three.Hidden.Row(chain).ToArray());
            if (chain < fewer.Chains)
            {
                Assert.Equal(one.Visible.Row(chain).ToArray(), fewer.Visible.Row(chain).ToArray());
            }
        }

        using ChainSet other = new(rbm, 150, seed: 10);
        other.Run(7);
        Assert.NotEqual(one.Visible.Row(0).ToArray(), other.Visible.Row(0).ToArray());
    }

    [Fact]
    public void States_are_those_of_half_steps_that_remember_nothing_also_after_edits_and_new_starts()
    {
        Rbm rbm = Model(200, 120);
        using ChainSet chains = new(rbm, 20, seed: 9);
        BitMatrix visible = Copy(chains.Visible);
        BitMatrix hidden = new(20, 120);
        long sweep = 0;
        Follow(3);
        Follow(2);
        rbm.Edit((weights, _, hiddenBias) =>
        {
            weights[7, 3] += 2;
            hiddenBias[0] -= 1;
        });
        Follow(2);
        bool[][] starts = [.. Enumerable.Range(0, 20).Select(chain => new SplitMix64((ulong)chain).NextBits(200, 0.3))];
        chains.StartFrom(new TestRows(starts));
        visible = Copy(chains.Visible);
        Follow(3);

        void Follow(int sweeps)
        {
            chains.Run(sweeps);
            RbmWorkspace workspace = new(rbm);
            for (int end = (int)sweep + sweeps; sweep < end; sweep++)
            {
                RandomKey key = new(9, sweep);
                rbm.SampleHidden(visible, key, StreamPurpose.ChainHidden, StreamPurpose.ChainHiddenTie, workspace, hidden);
                rbm.SampleVisible(hidden, key, StreamPurpose.ChainVisible, StreamPurpose.ChainVisibleTie, workspace, visible);
            }

            for (int chain = 0; chain < 20; chain++)
            {
                Assert.Equal(visible.Row(chain).ToArray(), chains.Visible.Row(chain).ToArray());
                Assert.Equal(hidden.Row(chain).ToArray(), chains.Hidden.Row(chain).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(0.3f)]
    [InlineData(4f)]
    [InlineData(1e-4f)]
    public void Sixteen_bit_chains_are_chains_of_the_rounded_model_and_no_sum_overflows(float scale)
    {
        // All weights of one hidden unit positive, of one negative: the extremes of a sum are those of all units on.
        Rbm rbm = Rbm.Binary(200, 120);
        rbm.Edit((weights, visibleBias, _) =>
        {
            SplitMix64 random = new(3);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -scale, scale).CopyTo(weights.GetRowSpan(i));
                weights[i, 0] = Math.Abs(weights[i, 0]);
                weights[i, 1] = -Math.Abs(weights[i, 1]);
                visibleBias[i] = i % 2 == 0 ? 10 * scale : 0;
            }
        });
        using ChainSet sixteen = new(rbm, 30, seed: 4, threads: 2, WeightPrecision.SixteenBits);
        float step = MathF.ScaleB(1, -sixteen.FixedPointBits);
        Assert.True(sixteen.FixedPointBits < rbm.FixedPointBits);
        Rbm rounded = Rbm.Binary(200, 120);
        rounded.Edit((weights, visibleBias, _) =>
        {
            for (int i = 0; i < weights.Height; i++)
            {
                for (int j = 0; j < weights.Width; j++)
                {
                    weights[i, j] = Rounded(rbm.Weights[i, j]);
                }

                visibleBias[i] = Rounded(rbm.Visible.Bias[i]);
            }
        });

        // As fine as can be: every sum stays within 16 bits, and with one bit more some sum would not, whose 201 roundings are half a
        // finer step each.
        Assert.InRange(GreatestSum(rounded) / step, 0, 32_768);
        Assert.True(2 * GreatestSum(rbm) / step > 32_767 - (201 / 2.0));
        using ChainSet expected = new(rounded, 30, seed: 4);
        for (int run = 0; run < 3; run++)
        {
            sixteen.Run(5);
            expected.Run(5);
            for (int chain = 0; chain < 30; chain++)
            {
                Assert.Equal(expected.Visible.Row(chain).ToArray(), sixteen.Visible.Row(chain).ToArray());
                Assert.Equal(expected.Hidden.Row(chain).ToArray(), sixteen.Hidden.Row(chain).ToArray());
            }
        }

        // Half a step up, as the integers are rounded, from the model's own finer integers.
        float Rounded(float value)
        {
            double fine = Math.ScaleB(Math.Round(Math.ScaleB(value, rbm.FixedPointBits)), -rbm.FixedPointBits);
            return (float)(Math.Floor((fine / step) + 0.5) * step);
        }
    }

    /// <summary>The largest bias + sum of positive weights, or minus the bias + sum of negative ones, of any unit.</summary>
    private static double GreatestSum(Rbm rbm)
    {
        double greatest = 0;
        for (int i = 0; i < rbm.Visible.Count; i++)
        {
            greatest = Math.Max(greatest, Greatest(rbm.Visible.Bias[i], Enumerable.Range(0, rbm.Hidden.Count).Select(j => rbm.Weights[i, j])));
        }

        for (int j = 0; j < rbm.Hidden.Count; j++)
        {
            greatest = Math.Max(greatest, Greatest(rbm.Hidden.Bias[j], Enumerable.Range(0, rbm.Visible.Count).Select(i => rbm.Weights[i, j])));
        }

        return greatest;

        static double Greatest(double bias, IEnumerable<float> weights) =>
            Math.Max(bias + weights.Sum(weight => Math.Max((double)weight, 0)), weights.Sum(weight => Math.Max(-(double)weight, 0)) - bias);
    }

    [Fact]
    public void A_model_too_large_for_sixteen_bits_is_refused()
    {
        Rbm rbm = Rbm.Binary(3, 2);
        rbm.Edit((weights, _, _) => weights[0, 0] = 70_000);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new ChainSet(rbm, 1, 1, 1, WeightPrecision.SixteenBits));
        Assert.Contains("16-bit", error.Message);
    }

    private static BitMatrix Copy(BitMatrix states)
    {
        BitMatrix copy = new(states.Rows, states.Columns);
        for (int row = 0; row < states.Rows; row++)
        {
            states.Row(row).CopyTo(copy.Row(row));
        }

        return copy;
    }

    [Fact]
    public void Random_starts_are_half_on_with_clean_pad_bits()
    {
        using ChainSet chains = new(Rbm.Binary(100, 5), 500, seed: 1);
        int on = Enumerable.Range(0, 500).Sum(chains.Visible.CountOn);
        Assert.InRange(on, 25_000 - 560, 25_000 + 560);
        Assert.All(Enumerable.Range(0, 500), chain => Assert.Equal(0UL, chains.Visible.Row(chain)[^1] & ~BitMatrix.LastWordMask(100)));
    }

    [Fact]
    public void Starts_from_data_repeat_the_rows()
    {
        TestRows rows = new([[true, false, true], [false, true, true]]);
        using ChainSet chains = new(Rbm.Binary(3, 2), 5, seed: 1);
        chains.StartFrom(rows);
        Assert.Equal([5UL, 6UL, 5UL, 6UL, 5UL], Enumerable.Range(0, 5).Select(chain => chains.Visible.Row(chain)[0]));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new bool[4]])));
        Assert.Throws<ArgumentException>(() => chains.StartFrom(new TestRows([new float[] { 0.5f, 0, 0 }])));
    }

    [Fact]
    public void A_sweep_allocates_nothing()
    {
        using ChainSet chains = new(Model(200, 120), 150, seed: 1, threads: 2);
        Assert.Equal(0, AllocationGate.BytesOf(() => chains.Run(3)));
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        Rbm rbm = Rbm.Binary(3, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChainSet(rbm, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ChainSet(rbm, 1, 1, threads: 0));
        using ChainSet chains = new(rbm, 1, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Run(-1));
    }

    private static Rbm Model(int visible, int hidden)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, _, _) =>
        {
            SplitMix64 random = new(3);
            for (int i = 0; i < weights.Height; i++)
            {
                random.NextFloats(weights.Width, -0.3f, 0.3f).CopyTo(weights.GetRowSpan(i));
            }
        });
        return rbm;
    }
}
