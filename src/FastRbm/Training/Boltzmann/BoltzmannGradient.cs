namespace FastRbm.Training.Boltzmann;

/// <summary>dL/dJ of each edge and dL/db of each unit, a row of data.</summary>
internal sealed class BoltzmannGradient(int edges, int units)
{
    public double[] Couplings { get; } = new double[edges];

    public double[] Biases { get; } = new double[units];
}
