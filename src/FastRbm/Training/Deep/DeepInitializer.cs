using FastRbm.Models;
using FastRbm.Models.Deep;

namespace FastRbm.Training.Deep;

/// <summary>Starting values of deep machines.</summary>
public static class DeepInitializer
{
    /// <summary>Makes a deep Boltzmann machine with W ~ N(0, deviation^2), hidden biases 0 and visible biases from the data.</summary>
    /// <param name="rows">The training data.</param>
    /// <param name="hidden">Units of the hidden layers, upwards, at least two.</param>
    /// <param name="seed">The seed: layer l takes the normal numbers of seed + l.</param>
    /// <param name="deviation">The standard deviation of the weights: 0 to 10.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">Fewer than two hidden layers, no rows, or values that are missing.</exception>
    public static DeepBoltzmannMachine Normal(IVisibleRows rows, IReadOnlyList<int> hidden, ulong seed, double deviation = RbmInitializer.DefaultDeviation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(hidden);
        PartialRows.RequireComplete(rows, nameof(rows));
        DeepBoltzmannMachine machine = new([rows.Columns, .. hidden]);
        for (int layer = 0; layer < hidden.Count; layer++)
        {
            // The data's means for the lowest layer; for the others only weights are taken.
            IVisibleRows below = layer == 0 ? rows : new ZeroRows(machine.Layers[layer]);
            Rbm start = RbmInitializer.Normal(below, machine.Layers[layer + 1], seed + (ulong)layer, deviation);
            machine.SetWeights(layer, start.WeightMatrix);
            if (layer == 0)
            {
                machine.SetBias(0, start.Visible.Bias);
            }
        }

        return machine;
    }

    /// <summary>
    /// Makes a deep Boltzmann machine whose lowest layers are a trained RBM, with W ~ N(0, 0.01^2) between the others: p(v) is at first nearly that of
    /// the RBM, and so is its likelihood.
    /// </summary>
    /// <param name="lowest">A binary RBM.</param>
    /// <param name="hidden">Units of the hidden layers, upwards, at least two; the first is the RBM's.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">Units that aren't binary, or another number of hidden units.</exception>
    public static DeepBoltzmannMachine From(Rbm lowest, IReadOnlyList<int> hidden, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(lowest);
        ArgumentNullException.ThrowIfNull(hidden);
        lowest.RequireBinary(nameof(lowest));
        DeepBoltzmannMachine machine = Normal(new ZeroRows(lowest.Visible.Count), hidden, seed);
        Errors.Throw.IfLengthDiffers(lowest.Hidden.Count, hidden[0], "hidden units of the first layer");
        machine.SetWeights(0, lowest.WeightMatrix);
        machine.SetBias(0, lowest.Visible.Bias);
        machine.SetBias(1, lowest.Hidden.Bias);
        return machine;
    }

    private sealed class ZeroRows(int columns) : IVisibleRows
    {
        public int Rows => 1;

        public int Columns => columns;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination.Clear();

        public void CopyMeans(int row, Span<float> destination) => destination.Clear();
    }
}
