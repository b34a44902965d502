using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Models.Networks;
using FastRbm.Random;
using FastRbm.Reference;
using FastRbm.Sampling.Networks;
using FastRbm.Tests.Models.Networks;

namespace FastRbm.Tests.Sampling.Networks;

public sealed class LangevinChainsTests
{
    private const ulong Seed = 12;

    [Theory]
    [InlineData(LangevinAlgorithm.Unadjusted, 2.0, 0.0, -1)]
    [InlineData(LangevinAlgorithm.Unadjusted, double.PositiveInfinity, 0.7, 1)]
    [InlineData(LangevinAlgorithm.Metropolis, 1.0, 0.0, -1)]
    [InlineData(LangevinAlgorithm.Metropolis, 1.2, 0.5, 2)]
    public void Steps_are_those_of_the_reference_with_the_same_noise(LangevinAlgorithm algorithm, double bound, double confinement, int label)
    {
        // Accepting or not is the same in floats unless a draw falls within rounding errors of the ratio: the seed avoids that.
        EnergyNetwork model = new(NetworkCases.Make(4, UnitFunction.Swish, 5, 7, 3), new EnergyNetworkOptions { Bound = bound, Confinement = confinement });
        ReferenceNetwork reference = NetworkCases.Reference(model.Network);
        double Energy(double[] x) => (0.5 * confinement * x.Sum(static v => v * v)) + (label < 0 ? reference.Energy(x) : -reference.Outputs(x)[label]);
        double[] Gradient(double[] x)
        {
            double[] network = label < 0 ? reference.EnergyGradient(x) : reference.InputGradient(x, [.. Enumerable.Range(0, 3).Select(y => y == label ? -1.0 : 0)]);
            return [.. network.Select((g, i) => g + (confinement * x[i]))];
        }

        LangevinOptions options = new() { Algorithm = algorithm, StepSize = 0.11 };
        using LangevinChains chains = new(model, 60, options, Seed, threads: 2);
        double[][] states = [.. Enumerable.Range(0, 60).Select(chain => NetworkCases.Doubles(chains.States.Row(chain)))];
        for (int chain = 0; chain < 60 && label >= 0; chain++)
        {
            chains.SetLabel(chain, (byte)label);
        }

        chains.Run(6);
        float[] z = new float[5];
        for (int chain = 0; chain < 60; chain++)
        {
            ReferenceLangevin langevin = new(Energy, Gradient, 0.11, bound);
            double[] x = states[chain];
            for (int step = 0; step < 6; step++)
            {
                NormalRow.Fill(SimdSelection.Current, new RandomStream(Seed, StreamPurpose.LangevinNoise, step, chain), z);
                double u = new RandomStream(Seed, StreamPurpose.LangevinAcceptance, step, chain).Uniform(0);
                x = algorithm == LangevinAlgorithm.Metropolis
                    ? langevin.Metropolis(x, NetworkCases.Doubles(z), u)
                    : langevin.Unadjusted(x, Math.Sqrt(0.22), NetworkCases.Doubles(z));
            }

            Assert.All(x.Zip(NetworkCases.Doubles(chains.States.Row(chain))), static pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        }

        Assert.InRange(chains.AcceptanceRate, algorithm == LangevinAlgorithm.Metropolis ? 0.1 : 1, algorithm == LangevinAlgorithm.Metropolis ? 0.99 : 1);
    }

    [Theory]
    [InlineData(LangevinAlgorithm.Unadjusted)]
    [InlineData(LangevinAlgorithm.Metropolis)]
    public void States_are_the_same_for_any_threads_and_however_steps_are_cut(LangevinAlgorithm algorithm)
    {
        EnergyNetwork model = new(NetworkCases.Make(4, UnitFunction.Swish, 30, 20, 3), new EnergyNetworkOptions());
        float[,] States(int threads, params int[] runs)
        {
            using LangevinChains chains = new(model, 130, new LangevinOptions { Algorithm = algorithm, StepSize = 0.01 }, Seed, threads);
            chains.SetLabel(100, 2);
            foreach (int steps in runs)
            {
                chains.Run(steps);
            }

            return chains.States.AsSpan2D().ToArray();
        }

        float[,] whole = States(1, 25);
        Assert.Equal(whole, States(3, 25));
        Assert.Equal(whole, States(2, 7, 0, 18));
    }

    [Fact]
    public void Chains_that_run_away_and_bad_options_are_refused()
    {
        EnergyNetwork free = new(NetworkCases.Make(4, UnitFunction.Swish, 5, 7, 3), new EnergyNetworkOptions { Bound = double.PositiveInfinity, Confinement = 10 });
        using LangevinChains wild = new(free, 3, new LangevinOptions { StepSize = 1e3, Noise = 1 }, Seed);
        Assert.Contains("smaller step size", Assert.Throws<DivergenceException>(() => wild.Run(100)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LangevinChains(free, 3, new LangevinOptions { StepSize = 0 }, Seed));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LangevinChains(free, 3, new LangevinOptions { Noise = -1 }, Seed));
        Assert.Throws<ArgumentException>(() => new LangevinChains(free, 3, new LangevinOptions { Algorithm = LangevinAlgorithm.Metropolis, StepSize = 0.5, Noise = 0.5 }, Seed));
        Assert.Throws<ArgumentOutOfRangeException>(() => wild.SetLabel(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => wild.SetLabel(3, ClassLabels.Unlabelled));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LangevinChains(free, 0, new LangevinOptions(), Seed));
    }
}
