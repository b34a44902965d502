namespace FastRbm.Models.Boltzmann;

/// <summary>The parameters of a machine as those of a machine over bits, in double: for code that goes through states.</summary>
/// <remarks>-E = sum_(i&lt;j) J_ij s_i s_j + sum_i b_i s_i + shift; with spins J = 8 W and b_i = 2 b_i - 4 sum_j W_ij.</remarks>
internal sealed class BoltzmannBits(BoltzmannMachine machine)
{
    /// <summary>J, row-major.</summary>
    public double[] Couplings { get; } = new double[machine.Units * machine.Units];

    /// <summary>b.</summary>
    public double[] Biases { get; } = new double[machine.Units];

    /// <summary>-E of the state that is all 0.</summary>
    public double Shift { get; private set; }

    /// <summary>Copies the present parameters. Allocates nothing.</summary>
    public void Follow()
    {
        bool spins = machine.Kind == UnitKind.Spin;
        int units = machine.Units;
        for (int unit = 0; unit < units; unit++)
        {
            Biases[unit] = spins ? 2.0 * machine.Biases[unit] : machine.Biases[unit];
        }

        Shift = machine.FixedPoint.Shift;
        for (int i = 0; i < units; i++)
        {
            for (int edge = machine.Graph.FirstEdge(i); edge < machine.Graph.FirstEdge(i + 1); edge++)
            {
                int j = machine.Graph.SecondOf(i, edge);
                double coupling = 2.0 * machine.Weights[edge];
                Couplings[(i * units) + j] = Couplings[(j * units) + i] = spins ? 4 * coupling : coupling;
                if (spins)
                {
                    Biases[i] -= 2 * coupling;
                    Biases[j] -= 2 * coupling;
                }
            }
        }
    }
}
