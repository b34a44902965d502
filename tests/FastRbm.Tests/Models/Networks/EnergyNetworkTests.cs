using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Networks;

public sealed class EnergyNetworkTests
{
    [Fact]
    public void Energies_and_probabilities_are_those_of_the_reference()
    {
        EnergyNetwork model = new(NetworkCases.Make(2, UnitFunction.Softplus, 9, 12, 4), new EnergyNetworkOptions { Bound = 3, Confinement = 0.3, DataScale = 1.5, DataOffset = -0.5 });
        ReferenceNetwork reference = NetworkCases.Reference(model.Network);
        SplitMix64 random = new(6);
        TestRows rows = new(Enumerable.Range(0, 130).Select(_ => random.NextFloats(9, -1, 2)));
        double[] densities = new double[129];
        model.LogDensities(rows, 1, densities);
        Matrix probabilities = new(129, 4);
        model.LogProbabilities(rows, 1, probabilities);
        NetworkWorkspace workspace = new(model.Network, 1);
        for (int row = 0; row < 129; row++)
        {
            double[] x = [.. rows[row + 1].Select(static v => (1.5 * v) - 0.5)];
            double confinement = 0.15 * x.Sum(static value => value * value);
            Assert.Equal(-reference.Energy(x) - confinement, densities[row], 2e-5);
            double[] p = reference.Probabilities(x);
            model.CopyState(rows, row + 1, workspace.Inputs.Row(0));
            double[] energy = new double[1];
            for (int y = 0; y < 4; y++)
            {
                Assert.Equal(Math.Log(p[y]), probabilities[row, y], 2e-5);
                model.Energies(workspace, 1, energy, y);
                Assert.Equal(confinement - reference.Outputs(x)[y], energy[0], 2e-5);
            }
        }

        float[] values = new float[9];
        model.ToData(workspace.Inputs.Row(0), values);
        Assert.All(values.Zip(rows[129]), static pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_gradient_of_the_exact_log_likelihood_is_that_of_energies_at_data_and_under_the_model(int dimensions)
    {
        // By quadrature: d/dw of mean(-E(x)) - log Z against -dE(data) + <dE>, for a weight of each layer.
        EnergyNetwork model = Small(dimensions);
        ReferenceNetwork reference = NetworkCases.Reference(model.Network);
        double[] data = dimensions == 1 ? [0.7] : [0.7, -0.2];
        double LogLikelihood()
        {
            ReferenceDensity density = new(reference.Energy, dimensions, 2, 80);
            return -reference.Energy(data) - density.LogPartition;
        }

        ReferenceDensity exact = new(reference.Energy, dimensions, 2, 80);
        for (int l = 0; l < 2; l++)
        {
            double[,] weights = reference.Layers[l].Weights;
            double Slope(double[] x) => reference.ParameterGradient(x, [.. reference.Probabilities(x).Select(static p => -p)])[l].Weights[0, 1];
            double expected = -Slope(data) + exact.Mean(Slope);
            weights[0, 1] += 1e-5;
            double up = LogLikelihood();
            weights[0, 1] -= 2e-5;
            double down = LogLikelihood();
            weights[0, 1] += 1e-5;
            Assert.Equal((up - down) / 2e-5, expected, 1e-7);
        }
    }

    [Fact]
    public void Models_without_a_distribution_and_data_out_of_bound_are_refused()
    {
        Network network = NetworkCases.Make(2, UnitFunction.Swish, 3, 4, 2);
        Assert.Throws<ArgumentException>(() => new EnergyNetwork(network, new EnergyNetworkOptions { Bound = double.PositiveInfinity }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnergyNetwork(network, new EnergyNetworkOptions { Bound = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnergyNetwork(network, new EnergyNetworkOptions { DataScale = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EnergyNetwork(NetworkCases.Make(2, UnitFunction.Swish, 3, 1), new EnergyNetworkOptions()));
        Assert.Contains("relu in layer 0", Assert.Throws<ArgumentException>(() => new EnergyNetwork(NetworkCases.Make(2, UnitFunction.Relu, 3, 4, 2), new EnergyNetworkOptions())).Message, StringComparison.Ordinal);
        EnergyNetwork model = new(network, new EnergyNetworkOptions());
        ArgumentException outside = Assert.Throws<ArgumentException>(() => model.CheckRows(new TestRows(new float[][] { [0, 1, 0.5f], [0, 1.01f, 0] })));
        Assert.Contains("row 1, column 1", outside.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.CheckRows(new TestRows(new float[][] { [0, 1, float.NaN] })));
        Assert.Throws<ArgumentException>(() => model.CheckRows(new TestRows(new float[][] { [0, 1] })));
    }

    internal static EnergyNetwork Small(int dimensions)
    {
        Network network = NetworkCases.Make(21, UnitFunction.Tanh, dimensions, 8, 3);
        foreach (ref float weight in network.Layers[1].WeightMatrix.Row(0))
        {
            weight *= 3;
        }

        return new EnergyNetwork(network, new EnergyNetworkOptions { Bound = 2, DataScale = 1, DataOffset = 0 });
    }
}
