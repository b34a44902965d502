using FastRbm.Memory;

namespace FastRbm.Training.Boltzmann;

/// <summary>What is ascended: its gradient on a minibatch.</summary>
internal interface IBoltzmannObjective : IDisposable
{
    /// <summary>Chains that the next update goes on from.</summary>
    IEnumerable<(string Name, BitMatrix Values)> Chains { get; }

    /// <summary>Computes the gradient of the present parameters. Allocates nothing.</summary>
    /// <param name="rows">Rows of bits; the first <paramref name="count"/> are used.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="update">The number of the update, from 0.</param>
    /// <param name="gradient">Written.</param>
    void Gradient(BitMatrix rows, int count, long update, BoltzmannGradient gradient);

    /// <summary>Says that chains were put back.</summary>
    void Restored();
}
