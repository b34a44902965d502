using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Sampling;
using FastRbm.Testing;
using FastRbm.Tests.Evaluation;

namespace FastRbm.Tests.Sampling;

public sealed class ConditionalChainsTests
{
    [Fact]
    public void States_and_means_are_those_of_half_steps_with_shifted_inputs_and_held_units()
    {
        // Chains of every kind: clamped, seen through a channel, both, neither.
        Rbm rbm = Model(150, 70);
        using ConditionalChains chains = new(rbm, 12, seed: 9);
        SplitMix64 random = new(3);
        bool[][] clamped = [.. Enumerable.Range(0, 12).Select(chain => random.NextBits(150, chain % 3 == 0 ? 0 : 0.4))];
        bool[][] seen = [.. Enumerable.Range(0, 12).Select(chain => random.NextBits(150, chain < 6 ? 0 : 0.5))];
        bool[][] values = [.. Enumerable.Range(0, 12).Select(_ => random.NextBits(150, 0.5))];
        BitMatrix units = Translate.Bits(clamped);
        BitMatrix seenUnits = Translate.Bits(seen);
        BitMatrix known = Translate.Bits(values);
        for (int chain = 0; chain < 12; chain++)
        {
            chains.Observe(chain, seenUnits.Row(chain), known.Row(chain), 0.01 * (chain + 1));
            chains.Clamp(chain, units.Row(chain), known.Row(chain));
        }

        BitMatrix visible = Copy(chains.Visible);
        BitMatrix hidden = new(12, 70);
        Matrix inputs = new(12, 150);
        RbmWorkspace workspace = new(rbm);
        double[,] sums = new double[12, 150];
        chains.Run(2);
        chains.RunAndAverage(3);
        for (long sweep = 0; sweep < 5; sweep++)
        {
            rbm.SampleHidden(visible, new RandomKey(9, sweep), StreamPurpose.ChainHidden, StreamPurpose.ChainHiddenTie, workspace, hidden);
            rbm.VisibleInputs(hidden, workspace, inputs);
            for (int chain = 0; chain < 12; chain++)
            {
                float[] shifted = inputs.Row(chain).ToArray();
                for (int unit = 0; unit < 150; unit++)
                {
                    double rate = 0.01 * (chain + 1);
                    float shift = (float)DoubleMath.Log((1 - rate) / rate);
                    shifted[unit] += seen[chain][unit] && !clamped[chain][unit] ? (values[chain][unit] ? shift : -shift) : 0;
                }

                RandomStream draws = new(9, StreamPurpose.ChainVisible, sweep, chain);
                rbm.Visible.SampleBits(shifted, draws, new RandomStream(9, StreamPurpose.ChainVisibleTie, sweep, chain), visible.Row(chain));
                rbm.Visible.Mean(shifted, shifted);
                for (int unit = 0; unit < 150; unit++)
                {
                    visible[chain, unit] = clamped[chain][unit] ? values[chain][unit] : visible[chain, unit];
                    sums[chain, unit] += sweep < 2 ? 0 : shifted[unit];
                }
            }
        }

        Assert.Equal(3, chains.AveragedSweeps);
        float[] means = new float[150];
        for (int chain = 0; chain < 12; chain++)
        {
            Assert.Equal(hidden.Row(chain).ToArray(), chains.Hidden.Row(chain).ToArray());
            Assert.Equal(visible.Row(chain).ToArray(), chains.Visible.Row(chain).ToArray());
            chains.Means(chain, means);
            for (int unit = 0; unit < 150; unit++)
            {
                Assert.Equal(clamped[chain][unit] ? (values[chain][unit] ? 1 : 0) : (float)(sums[chain, unit] / 3), means[unit]);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void States_and_means_do_not_depend_on_threads_calls_or_parts(double flipRate)
    {
        Rbm rbm = Model(200, 120);
        using ConditionalChains one = Evidenced(rbm, 150, 1, 0, flipRate);
        using ConditionalChains three = Evidenced(rbm, 150, 3, 0, flipRate);
        using ConditionalChains part = Evidenced(rbm, 40, 2, 50, flipRate);
        one.Run(3);
        one.RunAndAverage(4);
        part.Run(3);
        part.RunAndAverage(4);
        three.Run(1);
        three.Run(2);
        three.RunAndAverage(1);
        three.RunAndAverage(0);
        three.RunAndAverage(3);
        Assert.Equal(7, three.Sweeps);
        for (int chain = 0; chain < 150; chain++)
        {
            Assert.Equal(State(one, chain), State(three, chain));
            if (chain is >= 50 and < 90)
            {
                Assert.Equal(State(one, chain), State(part, chain - 50));
            }
        }
    }

    [Fact]
    public void Without_evidence_chains_are_plain_ones_and_with_all_of_it_the_data()
    {
        Rbm rbm = Model(100, 60);
        using ConditionalChains chains = new(rbm, 30, seed: 4);
        using ChainSet plain = new(rbm, 30, seed: 4);
        BitMatrix everything = new(1, 100);
        everything.Row(0).Fill(ulong.MaxValue);
        BitMatrix values = Translate.Bits([new SplitMix64(1).NextBits(100, 0.5)]);
        chains.Clamp(29, everything.Row(0), values.Row(0));
        chains.RunAndAverage(5);
        plain.Run(5);
        for (int chain = 0; chain < 29; chain++)
        {
            Assert.Equal(plain.Visible.Row(chain).ToArray(), chains.Visible.Row(chain).ToArray());
        }

        Assert.Equal(values.Row(0).ToArray(), chains.Visible.Row(29).ToArray());
        float[] means = new float[100];
        chains.Means(29, means);
        Assert.Equal(Translate.Row(values, 0), means.Select(static mean => mean == 1));

        // What was known can be forgotten, and said anew.
        chains.Release(29);
        chains.Run(20);
        Assert.NotEqual(values.Row(0).ToArray(), chains.Visible.Row(29).ToArray());
        chains.ResetMeans();
        Assert.Throws<InvalidOperationException>(() => chains.Means(0, means));
    }

    [Fact]
    public void Sweeps_follow_edits_of_the_model()
    {
        Rbm rbm = Model(100, 60);
        using ConditionalChains chains = Evidenced(rbm, 20, 1, 0, 0.1);
        chains.Run(2);
        rbm.Edit(static (weights, visible, _) =>
        {
            weights[3, 4] += 3;
            visible[7] += 40;
        });
        chains.Run(1);
        Assert.All(Enumerable.Range(0, 20), chain => Assert.True(chains.Visible[chain, 7]));
    }

    [Fact]
    public void The_reference_says_that_shifted_biases_are_the_posterior_of_flipped_bits_and_that_chains_leave_it()
    {
        SplitMix64 random = new(17);
        for (int trial = 0; trial < 40; trial++)
        {
            ReferenceRbm model = ExactModels.Random(4, 3, 2.5, (ulong)trial);
            bool[] clamped = random.NextBits(4, 0.3);
            bool[] seen = random.NextBits(4, 0.6);
            bool[] values = random.NextBits(4, 0.5);
            ReferenceEvidence evidence = new(clamped, seen, values, random.NextDouble(0.01, 0.5));
            double[] posterior = model.VisibleProbabilities(evidence);
            double[,] transitions = model.VisibleTransitions(evidence);
            for (int after = 0; after < 16; after++)
            {
                double sum = Enumerable.Range(0, 16).Sum(before => posterior[before] * transitions[before, after]);
                Assert.Equal(posterior[after], sum, 1e-12);
            }

            double shift = Math.Log((1 - evidence.FlipRate) / evidence.FlipRate);
            double[] bias = [.. Enumerable.Range(0, 4).Select(i => model.VisibleBias[i] + (seen[i] && !clamped[i] ? (values[i] ? shift : -shift) : 0))];
            ReferenceRbm shifted = new(model.CopyWeights(), bias, [.. model.HiddenBias]);
            double[] byShift = shifted.VisibleProbabilities(evidence with { Seen = new bool[4] });
            for (int state = 0; state < 16; state++)
            {
                Assert.Equal(posterior[state], byShift[state], 1e-12);
            }
        }
    }

    [Theory]
    [InlineData("spin", "binary", 0)]
    [InlineData("spin", "spin", 0.2)]
    [InlineData("binary", "potts", 0.2)]
    [InlineData("potts", "binary", 0)]
    [InlineData("potts", "spin", 0)]
    public void Means_of_spins_and_categories_are_those_of_the_enumerated_posterior(string visible, string hidden, double flipRate)
    {
        // Columns 0 and 1 (one group of categories) are clamped at 1 and 0, column 2 is seen as 1 through a channel.
        Rbm rbm = new(Layer(visible), Layer(hidden));
        SplitMix64 random = new(2);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            for (int i = 0; i < 5; i++)
            {
                random.NextFloats(5, -1, 1).CopyTo(weights.GetRowSpan(i));
            }

            random.NextFloats(5, -0.5f, 0.5f).CopyTo(visibleBias);
            random.NextFloats(5, -0.5f, 0.5f).CopyTo(hiddenBias);
        });
        double[] expected = new double[5];
        double total = 0;
        float[] v = new float[5];
        float[] h = new float[5];
        ulong[] bits = new ulong[1];
        for (long state = 0; state < rbm.Visible.JointStates; state++)
        {
            rbm.Visible.JointState(state, v);
            rbm.Visible.ToBits(v, bits);
            double weight = (bits[0] & 3) != 1 ? 0 : flipRate == 0 ? 1 : (bits[0] & 4) != 0 ? 1 - flipRate : flipRate;
            for (long other = 0; weight > 0 && other < rbm.Hidden.JointStates; other++)
            {
                rbm.Hidden.JointState(other, h);
                double energy = rbm.Visible.Energy(v) + rbm.Hidden.Energy(h);
                for (int i = 0; i < 25; i++)
                {
                    energy -= v[i / 5] * rbm.Weights[i / 5, i % 5] * h[i % 5];
                }

                double p = weight * Math.Exp(-energy);
                total += p;
                for (int i = 0; i < 5; i++)
                {
                    expected[i] += p * v[i];
                }
            }
        }

        const int Count = 4000;
        using ConditionalChains chains = new(rbm, Count, seed: 3, threads: 2);
        for (int chain = 0; chain < Count; chain++)
        {
            chains.Clamp(chain, [3], [1]);
            if (flipRate > 0)
            {
                chains.Observe(chain, [4], [4], flipRate);
            }
        }

        chains.Run(30);
        chains.RunAndAverage(20);
        double[] found = new double[5];
        double[] drawn = new double[5];
        for (int chain = 0; chain < Count; chain++)
        {
            chains.Means(chain, v);
            rbm.Visible.FromBits(chains.Visible.Row(chain), h);
            Assert.Equal(1UL, chains.Visible.Row(chain)[0] & 3);
            for (int i = 0; i < 5; i++)
            {
                found[i] += v[i] / (double)Count;
                drawn[i] += h[i] / (double)Count;
            }
        }

        // Five standard errors of the draws, whose deviation is at most 1; means spread less.
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(expected[i] / total, found[i], 5 / Math.Sqrt(Count));
            Assert.Equal(expected[i] / total, drawn[i], 5 / Math.Sqrt(Count));
        }

        static UnitLayer Layer(string kind) => kind switch
        {
            "spin" => new SpinLayer(5),
            "potts" => new PottsLayer(2, 3),
            _ => new BinaryLayer(5),
        };
    }

    [Fact]
    public void Categories_are_known_whole_or_not_at_all()
    {
        using ConditionalChains chains = new(new Rbm(new PottsLayer(2, 3), new BinaryLayer(2)), 1, seed: 1);
        chains.Clamp(0, [3], [1]);
        Assert.Contains("columns 2 to 4", Assert.Throws<ArgumentException>(() => chains.Clamp(0, [7], [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => chains.Clamp(0, [3], [3]));
        Assert.Throws<ArgumentException>(() => chains.Start(0, [1]));
        Assert.Throws<ArgumentException>(() => chains.Observe(0, [3], [1], 0.1));
        Assert.Throws<ArgumentException>(() => new ConditionalChains(new Rbm(new GaussianLayer(2), new BinaryLayer(2)), 1, seed: 1));
    }

    [Fact]
    public void Wrong_evidence_is_refused()
    {
        using ConditionalChains chains = new(Model(100, 60), 2, seed: 1);
        ulong[] two = new ulong[2];
        Assert.Throws<ArgumentException>(() => chains.Clamp(0, new ulong[1], two));
        Assert.Throws<ArgumentException>(() => chains.Clamp(0, two, new ulong[3]));
        Assert.Throws<ArgumentException>(() => chains.Start(0, new ulong[3]));
        foreach (double rate in (double[])[0, -1, 0.6, double.NaN])
        {
            Assert.Equal("flipRate", Assert.Throws<ArgumentOutOfRangeException>(() => chains.Observe(0, two, two, rate)).ParamName);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Clamp(2, two, two));
        Assert.Throws<ArgumentOutOfRangeException>(() => chains.Run(-1));
    }

    private static ConditionalChains Evidenced(Rbm rbm, int count, int threads, int first, double flipRate)
    {
        ConditionalChains chains = new(rbm, count, seed: 7, threads, first);
        for (int chain = 0; chain < count; chain++)
        {
            SplitMix64 random = new((ulong)(first + chain));
            BitMatrix evidence = Translate.Bits([random.NextBits(rbm.Visible.Count, 0.5), random.NextBits(rbm.Visible.Count, 0.3)]);
            if (flipRate > 0)
            {
                chains.Observe(chain, evidence.Row(0), evidence.Row(1), flipRate);
            }
            else
            {
                chains.Clamp(chain, evidence.Row(0), evidence.Row(1));
            }
        }

        return chains;
    }

    private static (string States, string Means) State(ConditionalChains chains, int chain)
    {
        float[] means = new float[chains.Visible.Columns];
        chains.Means(chain, means);
        return (string.Join(' ', chains.Visible.Row(chain).ToArray()), string.Join(' ', means.Select(BitConverter.SingleToInt32Bits)));
    }

    private static Rbm Model(int visible, int hidden)
    {
        Rbm rbm = Rbm.Binary(visible, hidden);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            SplitMix64 random = new(5);
            for (int i = 0; i < visible; i++)
            {
                random.NextFloats(hidden, -0.4f, 0.4f).CopyTo(weights.GetRowSpan(i));
            }

            random.NextFloats(visible, -1, 1).CopyTo(visibleBias);
            random.NextFloats(hidden, -1, 1).CopyTo(hiddenBias);
        });
        return rbm;
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
}
