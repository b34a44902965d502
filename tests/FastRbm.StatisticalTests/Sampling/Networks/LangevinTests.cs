using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Sampling.Networks;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling.Networks;

/// <summary>Langevin chains of networks of one and two inputs against quadrature.</summary>
public sealed class LangevinTests
{
    private const int Chains = 20_000;
    private const int Factor = 20;

    public static TheoryData<string> Mistakes() => ["variance for deviation", "uphill", "stale gradient", "symmetric proposals", "never rejects", "bound ignored"];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public void Adjusted_chains_that_start_exact_stay_exact_and_are_reversible(int dimensions, bool conditional)
    {
        (EnergyNetwork model, ReferenceDensity density, _, _) = Case(dimensions, conditional ? 1 : -1);
        using LangevinChains chains = new(model, Chains, new LangevinOptions { Algorithm = LangevinAlgorithm.Metropolis, StepSize = StepSize(dimensions) }, seed: 5);
        SplitMix64 random = new(31);
        double[][] starts = new double[Chains][];
        for (int chain = 0; chain < Chains; chain++)
        {
            starts[chain] = density.Draw(random.NextDoubles(3));
            for (int i = 0; i < dimensions; i++)
            {
                chains.States[chain, i] = (float)starts[chain][i];
            }

            if (conditional)
            {
                chains.SetLabel(chain, 1);
            }
        }

        chains.Run(2);
        double least = Audit(density, starts, chain => [.. chains.States.Row(chain).ToArray().Select(static v => (double)v)]);
        Assert.InRange(least, Budget.PerCheck, 1);
        Assert.InRange(chains.AcceptanceRate, 0.1, 0.95);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_of_the_adjusted_chain_are_caught(string mistake) =>
        Assert.InRange(AuditOf(mistake), 0, Budget.Caught);

    [Fact]
    public void The_chain_without_mistakes_passes_the_same_audit() => Assert.InRange(AuditOf(string.Empty), Budget.PerCheck, 1);

    [Fact]
    public void Unadjusted_chains_have_a_bias_that_large_steps_show_and_small_steps_lose()
    {
        (EnergyNetwork model, ReferenceDensity density, _, _) = Case(2, -1);
        Assert.True(Divergence(model, density, new LangevinOptions { StepSize = 0.3 }, 200, 1) > 0.05);
        Assert.True(Divergence(model, density, new LangevinOptions { StepSize = 0.3, Algorithm = LangevinAlgorithm.Metropolis }, 200, 1) < 0.02);
    }

    [Fact]
    public void Adjusted_chains_from_noise_reach_the_density_of_quadrature()
    {
        // With 400 cells, a sample of 160,000 from the density itself would be at 399 / 320,000 = 0.0012 nats.
        (EnergyNetwork model, ReferenceDensity density, _, _) = Case(2, -1);
        double divergence = Divergence(model, density, new LangevinOptions { Algorithm = LangevinAlgorithm.Metropolis, StepSize = 0.1 }, 120, 8);
        TestContext.Current.SendDiagnosticMessage($"KL {divergence:F5}");
        Assert.InRange(divergence, 0, 0.005);
    }

    // KL of the frequencies of coarse cells from their masses.
    private static double Divergence(EnergyNetwork model, ReferenceDensity density, LangevinOptions options, int warmUp, int visits)
    {
        using LangevinChains chains = new(model, Chains, options, seed: 77);
        double[] masses = density.CoarseMasses(10);
        long[] counts = new long[masses.Length];
        for (int visit = 0; visit < visits; visit++)
        {
            chains.Run(visit == 0 ? warmUp : 20);
            for (int chain = 0; chain < Chains; chain++)
            {
                counts[density.CoarseCell([chains.States[chain, 0], chains.States[chain, 1]], 10)]++;
            }
        }

        double total = (double)Chains * visits;
        return counts.Zip(masses, (count, mass) => count == 0 ? 0 : count / total * Math.Log(count / total / mass)).Sum();
    }

    private static double AuditOf(string mistake)
    {
        (_, ReferenceDensity density, ReferenceNetwork network, _) = Case(1, -1);
        SplitMix64 random = new(17);
        double[][] starts = [.. Enumerable.Range(0, Chains).Select(_ => density.Draw(random.NextDoubles(3)))];
        return Audit(density, starts, chain =>
        {
            ReferenceLangevin langevin = new(network.Energy, network.EnergyGradient, StepSize(1), 2, mistake);
            double[] x = starts[chain];
            for (int step = 0; step < 4; step++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
                x = langevin.Metropolis(x, [radius * Math.Cos(2 * Math.PI * random.NextDouble())], random.NextDouble());
            }

            return x;
        });
    }

    /// <summary>The least p-value: of the states after the steps, and of pairs of before and after, which of a reversible chain are as likely both ways.</summary>
    private static double Audit(ReferenceDensity density, double[][] starts, Func<int, double[]> after)
    {
        double[] masses = density.CoarseMasses(Factor);
        long[] counts = new long[masses.Length];
        long[,] pairs = new long[masses.Length, masses.Length];
        long outside = 0;
        for (int chain = 0; chain < starts.Length; chain++)
        {
            double[] x = after(chain);
            outside += x.Any(value => Math.Abs(value) > density.Bound) ? 1 : 0;
            int cell = density.CoarseCell(x, Factor);
            counts[cell]++;
            pairs[density.CoarseCell(starts[chain], Factor), cell]++;
        }

        double least = outside > 0 ? 0 : GTest.Of(counts, masses).PValue;
        double statistic = 0;
        int degrees = 0;
        for (int i = 0; i < masses.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double sum = pairs[i, j] + pairs[j, i];
                if (sum >= 20)
                {
                    statistic += (pairs[i, j] - pairs[j, i]) * (double)(pairs[i, j] - pairs[j, i]) / sum;
                    degrees++;
                }
            }
        }

        return Math.Min(least, GTest.ChiSquareUpperTail(statistic, degrees));
    }

    private static double StepSize(int dimensions) => dimensions == 1 ? 1.2 : 0.25;

    // A network with several wells in the box from -2 to 2.
    private static (EnergyNetwork Model, ReferenceDensity Density, ReferenceNetwork Reference, int Label) Case(int dimensions, int label)
    {
        Network network = Network.Random([dimensions, 10, 3], UnitFunction.Tanh, 8);
        foreach (DenseLayer layer in network.Layers)
        {
            for (int i = 0; i < layer.Inputs; i++)
            {
                foreach (ref float weight in layer.Weights.GetRowSpan(i))
                {
                    weight *= layer == network.Layers[0] ? 2.5f : 3;
                }
            }

            new SplitMix64(3).NextFloats(layer.Outputs, -1, 1).CopyTo(layer.Bias);
        }

        EnergyNetwork model = new(network, new EnergyNetworkOptions { Bound = 2, DataScale = 1, DataOffset = 0 });
        ReferenceNetwork reference = new(network.Layers.Select(static layer =>
        {
            double[,] weights = new double[layer.Inputs, layer.Outputs];
            for (int i = 0; i < layer.Inputs; i++)
            {
                for (int j = 0; j < layer.Outputs; j++)
                {
                    weights[i, j] = layer.Weights[i, j];
                }
            }

            return (weights, layer.Bias.ToArray().Select(static b => (double)b).ToArray(), layer.Function.ToString());
        }));
        return (model, new ReferenceDensity(label < 0 ? reference.Energy : x => -reference.Outputs(x)[label], dimensions, 2, 200), reference, label);
    }
}
