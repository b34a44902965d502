namespace FastRbm.Reference;

/// <summary>Parallel trajectory tempering as a matrix over the visible states of all models at once.</summary>
/// <remarks>
/// A step: the first model's state is drawn afresh from its distribution, every other's by one Gibbs sweep, all independently; then the
/// models (0, 1), (2, 3), ... exchange states; then (1, 2), (3, 4), ... States of neighbours, v of model t and w of model t + 1, are exchanged
/// with probability min(1, exp(F_t(v) - F_t(w) + F_(t+1)(w) - F_(t+1)(v))). The number of a joint state holds model 0's mask in its lowest bits.
/// </remarks>
/// <param name="models">Models with the same number of visible units; the first one's weights are 0.</param>
public sealed class ReferenceTrajectory(IReadOnlyList<ReferenceRbm> models)
{
    private readonly int _units = models[0].Visible;

    /// <summary>The number of joint states.</summary>
    public int States => BinaryStates.Count(_units * models.Count);

    /// <summary>One model's mask in a joint state.</summary>
    public int MaskOf(int state, int model) => state >> (model * _units) & ((1 << _units) - 1);

    /// <summary>The product of the models' distributions, by joint state.</summary>
    public double[] Probabilities()
    {
        double[] product = new double[States];
        Array.Fill(product, 1);
        for (int model = 0; model < models.Count; model++)
        {
            double[] own = models[model].VisibleProbabilities();
            for (int state = 0; state < States; state++)
            {
                product[state] *= own[MaskOf(state, model)];
            }
        }

        return product;
    }

    /// <summary>The transition matrix of one step: row = state before, column = state after.</summary>
    public double[,] Transitions() => Multiply(Multiply(Sweeps(), Exchanges(0)), Exchanges(1));

    /// <summary>The sweeps of all models.</summary>
    public double[,] Sweeps()
    {
        double[,] sweeps = new double[States, States];
        for (int from = 0; from < States; from++)
        {
            for (int to = 0; to < States; to++)
            {
                sweeps[from, to] = 1;
            }
        }

        for (int model = 0; model < models.Count; model++)
        {
            double[,] own = models[model].VisibleTransitions();
            double[] fresh = models[0].VisibleProbabilities();
            for (int from = 0; from < States; from++)
            {
                for (int to = 0; to < States; to++)
                {
                    sweeps[from, to] *= model == 0 ? fresh[MaskOf(to, 0)] : own[MaskOf(from, model), MaskOf(to, model)];
                }
            }
        }

        return sweeps;
    }

    /// <summary>The exchanges of models first and first + 1, first + 2 and first + 3, ...</summary>
    public double[,] Exchanges(int first)
    {
        double[,] exchanges = new double[States, States];
        for (int from = 0; from < States; from++)
        {
            exchanges[from, from] = 1;
        }

        for (int lower = first; lower + 1 < models.Count; lower += 2)
        {
            double[,] one = new double[States, States];
            for (int from = 0; from < States; from++)
            {
                double accepted = AcceptanceOf(lower, MaskOf(from, lower), MaskOf(from, lower + 1));
                one[from, Exchanged(from, lower)] += accepted;
                one[from, from] += 1 - accepted;
            }

            exchanges = Multiply(exchanges, one);
        }

        return exchanges;
    }

    /// <summary>min(1, exp(F_t(v) - F_t(w) + F_(t+1)(w) - F_(t+1)(v))) for masks v of model t and w of model t + 1.</summary>
    public double AcceptanceOf(int lower, int v, int w)
    {
        bool[] lowerState = BinaryStates.FromMask(v, _units);
        bool[] upperState = BinaryStates.FromMask(w, _units);
        ReferenceRbm below = models[lower];
        ReferenceRbm above = models[lower + 1];
        return Math.Min(1, Math.Exp(
            below.FreeEnergy(lowerState) - below.FreeEnergy(upperState) + above.FreeEnergy(upperState) - above.FreeEnergy(lowerState)));
    }

    private int Exchanged(int state, int lower)
    {
        int v = MaskOf(state, lower);
        int w = MaskOf(state, lower + 1);
        return state ^ (v ^ w) << (lower * _units) ^ (v ^ w) << ((lower + 1) * _units);
    }

    private static double[,] Multiply(double[,] left, double[,] right)
    {
        int states = left.GetLength(0);
        double[,] product = new double[states, states];
        for (int i = 0; i < states; i++)
        {
            for (int k = 0; k < states; k++)
            {
                for (int j = 0; j < states && left[i, k] != 0; j++)
                {
                    product[i, j] += left[i, k] * right[k, j];
                }
            }
        }

        return product;
    }
}
