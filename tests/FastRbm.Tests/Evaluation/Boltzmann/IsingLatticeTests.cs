using FastRbm.Evaluation.Boltzmann;
using FastRbm.Models.Boltzmann;

namespace FastRbm.Tests.Evaluation.Boltzmann;

public sealed class IsingLatticeTests
{
    [Theory]
    [InlineData(3, 3, 0.1)]
    [InlineData(3, 4, 0.3)]
    [InlineData(4, 3, 0.44068679)]
    [InlineData(4, 4, 0.25)]
    [InlineData(4, 4, 0.7)]
    [InlineData(5, 3, 1.5)]
    public void A_torus_is_what_all_states_give(int height, int width, double beta)
    {
        // Parameters are floats: the same float of the formula and of the sum over states.
        beta = (float)beta;
        BoltzmannMachine machine = IsingLattice.Machine(height, width, beta);
        BoltzmannMoments moments = BoltzmannEnumeration.Moments(machine);
        double energy = 0;
        for (int edge = 0; edge < machine.Graph.Edges; edge++)
        {
            (int i, int j) = machine.Graph.Edge(edge);
            energy -= moments.Pairs[i, j];
        }

        Assert.Equal(moments.LogPartitionFunction, IsingLattice.LogPartitionFunction(height, width, beta), 1e-11);
        Assert.Equal(energy / (height * width), IsingLattice.Energy(height, width, beta), 1e-11);
    }

    [Theory]
    [InlineData(1e-8)]
    [InlineData(1e-4)]
    [InlineData(0.2)]
    [InlineData(0.39)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Energies_are_slopes_and_large_tori_are_endless(double beta)
    {
        double step = Math.Min(beta / 4, 1e-4);
        double slope = (IsingLattice.LogPartitionFunction(20, 24, beta + step) - IsingLattice.LogPartitionFunction(20, 24, beta - step)) / (2 * step);
        Assert.Equal(-slope / 480, IsingLattice.Energy(20, 24, beta), 1e-5);
        Assert.Equal(IsingLattice.EndlessEnergy(beta), IsingLattice.Energy(400, 400, beta), 1e-7);
    }

    [Fact]
    public void Known_values()
    {
        // At the transition u = -sqrt 2 (Onsager); beta 0 is independent spins; cold is two states.
        Assert.Equal(-Math.Sqrt(2), IsingLattice.EndlessEnergy(IsingLattice.CriticalBeta), 1e-7);
        Assert.Equal(0, IsingLattice.EndlessEnergy(0));
        Assert.Equal(0, IsingLattice.Energy(32, 32, 0), 1e-15);
        Assert.Equal(1024 * Math.Log(2), IsingLattice.LogPartitionFunction(32, 32, 0), 1e-9);
        Assert.Equal(-2, IsingLattice.Energy(32, 32, 50), 1e-12);
        Assert.Equal(Math.Log(2) + (2 * 1024 * 10), IsingLattice.LogPartitionFunction(32, 32, 10), 1e-8);

        Assert.Equal(0, IsingLattice.EndlessMagnetisation(0.44));
        Assert.Equal(Math.Pow(1 - Math.Pow(Math.Sinh(1.2), -4), 0.125), IsingLattice.EndlessMagnetisation(0.6), 1e-14);
        Assert.Equal(1, IsingLattice.EndlessMagnetisation(100));

        // A torus is warmer than its own transition by an amount that falls as 1 / side.
        double gap16 = IsingLattice.Energy(16, 16, IsingLattice.CriticalBeta) + Math.Sqrt(2);
        double gap64 = IsingLattice.Energy(64, 64, IsingLattice.CriticalBeta) + Math.Sqrt(2);
        Assert.Equal(4, gap16 / gap64, 0.05);
        Assert.Throws<ArgumentOutOfRangeException>(static () => IsingLattice.EndlessEnergy(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(static () => IsingLattice.Energy(2, 5, 0.3));
    }
}
