using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Models.Networks;
using FastRbm.Reference;

namespace FastRbm.Tests.Models.Deep;

public sealed class DeepBeliefNetworkTests
{
    [Fact]
    public void The_unrolled_network_computes_the_means_of_the_pass_upwards()
    {
        BeliefCase tiny = new(51, 4, 3, 5);
        Network network = tiny.Network.ToNetwork(3);
        Assert.Equal([UnitFunction.Sigmoid, UnitFunction.Sigmoid, UnitFunction.Linear], network.Layers.Select(static layer => layer.Function));
        Assert.Equal(3, network.Outputs);
        LayerRows first = new(tiny.Network.Machines[0], new DeepCase.States([.. Enumerable.Range(0, 16)], 4));
        for (int v = 0; v < 16; v++)
        {
            float[] means = new float[3];
            first.CopyMeans(v, means);
            for (int unit = 0; unit < 3; unit++)
            {
                double expected = 0;
                for (int h = 0; h < 8; h++)
                {
                    expected += ((h >> unit) & 1) * tiny.Reference.Up(0, v, h);
                }

                Assert.Equal(expected, means[unit], (0.5 / 255) + 1e-6);
            }
        }
    }

    [Fact]
    public void A_classifier_from_zero_outputs_finds_all_classes_alike()
    {
        BeliefCase tiny = new(52, 4, 3, 5);
        tiny.Network.Classifier = tiny.Network.ToNetwork(4);
        Matrix log = new(16, 4);
        new NetworkClassifier(tiny.Network.Classifier).LogProbabilities(new DeepCase.States([.. Enumerable.Range(0, 16)], 4), 0, log);
        Assert.Equal(Math.Log(0.25), log[7, 2], 1e-6);
    }

    [Fact]
    public void The_unrolled_deep_boltzmann_machine_has_the_mean_field_means_of_its_first_layer()
    {
        DeepCase tiny = new(53, 1.5, 4, 3, 3);
        Network network = tiny.Machine.ToNetwork(2);
        Assert.Equal(7, network.Inputs);
        PosteriorRows rows = new(tiny.Machine, GreyDataset.FromBytes("grey", 1, 4, [255, 0, 255, 255]), 40);
        Assert.Equal(7, rows.Columns);
        NetworkWorkspace workspace = new(network, 1);
        rows.CopyMeans(0, workspace.Inputs.Row(0));
        network.Forward(workspace, 1);
        double[][] means = tiny.Reference.MeanField([1, 0, 1, 1], 40);
        for (int unit = 0; unit < 3; unit++)
        {
            double sum = tiny.Reference.Bias(1)[unit];
            for (int i = 0; i < 7; i++)
            {
                sum += network.Layers[0].Weights[i, unit] * workspace.Inputs[0, i];
            }

            Assert.Equal(means[1][unit], ReferenceMath.Sigmoid(sum), 0.01);
        }

        tiny.Machine.Classifier = network;
        Matrix log = new(1, 2);
        new DeepBoltzmannClassifier(tiny.Machine, 40).LogProbabilities(new DeepCase.States([0b1101], 4), 0, log);
        Assert.Equal(Math.Log(0.5), log[0, 1], 1e-6);
    }

    [Fact]
    public void What_is_no_deep_network_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new DeepBeliefNetwork([4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DeepBeliefNetwork([4, 0]));
        Assert.Throws<ArgumentException>(() => new DeepBeliefNetwork([Rbm.Binary(4, 3), Rbm.Binary(4, 3)]));
        Assert.Throws<ArgumentException>(() => new DeepBeliefNetwork([new Rbm(new GaussianLayer(4), new BinaryLayer(3))]));
        DeepBeliefNetwork network = new([4, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => network.ToNetwork(1));
        Assert.Throws<ArgumentException>(() => network.Classifier = new DeepBeliefNetwork([5, 3]).ToNetwork(2));
        Assert.Throws<ArgumentException>(() => new DeepBoltzmannClassifier(new DeepBoltzmannMachine([4, 3, 2]), 3));
        Assert.Throws<ArgumentException>(() => new LayerRows(network.Machines[0], new DeepCase.States([1], 5)));
    }
}
