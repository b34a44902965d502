using FastRbm.Kernels.Simd;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling;
using FastRbm.Sampling.Boltzmann;
using FastRbm.Tests.Models.Boltzmann;

namespace FastRbm.Tests.Sampling.Boltzmann;

public sealed class BoltzmannTemperingTests
{
    [Theory]
    [InlineData("dense70", UnitKind.Binary)]
    [InlineData("torus12x14", UnitKind.Spin)]
    public void States_do_not_depend_on_threads_levels_or_calls(string graph, UnitKind kind)
    {
        BoltzmannMachine machine = BoltzmannModels.Random(graph, kind, 61, 0.1);
        using BoltzmannTempering expected = new(machine, 40, TemperatureLadder.Linear(5), 3);
        expected.Run(6);
        Assert.InRange(expected.Statistics.Accepted[0], 1, expected.Statistics.Proposed[0]);
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
        {
            using BoltzmannTempering other = new(machine, 40, TemperatureLadder.Linear(5), 3, 3) { Level = level };
            other.Run(2);
            other.Run(4);
            for (int chain = 0; chain < 40; chain++)
            {
                Assert.Equal(expected.States.Row(chain), other.States.Row(chain));
            }
        }
    }

    [Fact]
    public void A_ferromagnet_of_two_states_is_crossed()
    {
        // At J = 0.3 on 16 dense spins plain chains never cross; replicas do.
        BoltzmannMachine machine = new(CouplingGraph.Complete(16), UnitKind.Spin);
        machine.Edit(static (weights, _) => weights.Fill(0.15f));
        using BoltzmannTempering chains = new(machine, 50, TemperatureLadder.Linear(8), 5);
        using BoltzmannChains plain = new(machine, 50, 5);
        plain.Run(50);
        chains.Run(50);
        int crossed = 0;
        int stuck = 0;
        bool[] before = [.. Enumerable.Range(0, 50).Select(chain => chains.States.CountOn(chain) > 8)];
        bool[] plainBefore = [.. Enumerable.Range(0, 50).Select(chain => plain.States.CountOn(chain) > 8)];
        chains.Run(100);
        plain.Run(100);
        for (int chain = 0; chain < 50; chain++)
        {
            crossed += before[chain] != chains.States.CountOn(chain) > 8 ? 1 : 0;
            stuck += plainBefore[chain] != plain.States.CountOn(chain) > 8 ? 0 : 1;
        }

        Assert.InRange(crossed, 10, 40);
        Assert.Equal(50, stuck);
        Assert.True(chains.Statistics.RoundTrips > 0);
    }
}
