namespace FastRbm.Reference;

/// <summary>Parallel tempering of a tiny machine as operations on distributions over the product of its levels.</summary>
/// <remarks>
/// Level k has p_k(v,h) ~ exp((1 - beta_k) a0.v + beta_k (a.v + b.h + v'Wh)), which is the machine with beta_k W, beta_k b and
/// beta_k a + (1 - beta_k) a0. A sweep is h ~ p_k(h|v) at every level, swaps of the pairs (v,h) of levels (k, k+1) for
/// k = parity, parity + 2..., and v ~ p_k(v|h) at every level. The number of a product state is sum_k joint_k S^k with S joint states
/// a level; that of visible states sum_k v_k (2^V)^k.
/// </remarks>
public sealed class ReferenceTempering
{
    private readonly double[] _betas;
    private readonly ReferenceRbm[] _levels;
    private readonly double[] _energies;

    /// <summary>Makes the levels.</summary>
    /// <param name="model">The machine at beta 1.</param>
    /// <param name="betas">The inverse temperatures, hottest first.</param>
    /// <param name="baseVisibleBias">a0.</param>
    public ReferenceTempering(ReferenceRbm model, double[] betas, double[] baseVisibleBias)
    {
        Model = model;
        _betas = (double[])betas.Clone();
        _levels = Array.ConvertAll(betas, beta => Tempered(model, beta, baseVisibleBias));
        LevelStates = BinaryStates.Count(model.Visible + model.Hidden);
        VisibleStates = BinaryStates.Count(model.Visible);
        _energies = new double[LevelStates];
        for (int state = 0; state < LevelStates; state++)
        {
            bool[] visible = BinaryStates.FromMask(state % VisibleStates, model.Visible);
            double field = 0;
            for (int i = 0; i < model.Visible; i++)
            {
                field += visible[i] ? baseVisibleBias[i] : 0;
            }

            _energies[state] = field + model.Energy(visible, BinaryStates.FromMask(state / VisibleStates, model.Hidden));
        }
    }

    /// <summary>The machine at beta 1.</summary>
    public ReferenceRbm Model { get; }

    /// <summary>The number of levels.</summary>
    public int Levels => _levels.Length;

    /// <summary>Joint states of one level, numbered by <see cref="ReferenceRbm.JointIndex"/>.</summary>
    public int LevelStates { get; }

    /// <summary>Visible states of one level.</summary>
    public int VisibleStates { get; }

    /// <summary>Product states of all levels.</summary>
    public int States => Power(LevelStates, Levels);

    /// <summary>The machine whose distribution is that of a level.</summary>
    public ReferenceRbm Level(int level) => _levels[level];

    /// <summary>U = E(v,h) + a0.v of a joint state.</summary>
    public double Energy(int jointState) => _energies[jointState];

    /// <summary>prod_k p_k(v_k,h_k) of every product state.</summary>
    public double[] Probabilities()
    {
        double[][] levels = Array.ConvertAll(_levels, JointProbabilities);
        double[] product = new double[States];
        for (int state = 0; state < product.Length; state++)
        {
            product[state] = 1;
            for (int level = 0; level < Levels; level++)
            {
                product[state] *= levels[level][At(state, level)];
            }
        }

        return product;
    }

    /// <summary>The joint state that one level has in a product state.</summary>
    public int At(int state, int level) => state / Power(LevelStates, level) % LevelStates;

    /// <summary>The number of the visible states of all levels of a product state.</summary>
    public int VisibleOf(int state)
    {
        int visible = 0;
        for (int level = 0; level < Levels; level++)
        {
            visible += At(state, level) % VisibleStates * Power(VisibleStates, level);
        }

        return visible;
    }

    /// <summary>The distribution after one sweep.</summary>
    /// <param name="distribution">A probability for each product state.</param>
    /// <param name="parity">0 when pairs (0,1), (2,3)... are proposed, 1 for (1,2), (3,4)...</param>
    public double[] Sweep(double[] distribution, int parity)
    {
        double[] current = distribution;
        for (int level = 0; level < Levels; level++)
        {
            current = DrawHidden(current, level);
        }

        for (int pair = parity; pair + 1 < Levels; pair += 2)
        {
            current = Swap(current, pair);
        }

        for (int level = 0; level < Levels; level++)
        {
            current = DrawVisible(current, level);
        }

        return current;
    }

    /// <summary>The distribution after levels pair and pair + 1 proposed to swap.</summary>
    public double[] Swap(double[] distribution, int pair)
    {
        double[] next = new double[distribution.Length];
        for (int state = 0; state < distribution.Length; state++)
        {
            int low = At(state, pair);
            int high = At(state, pair + 1);
            int swapped = state + ((high - low) * Power(LevelStates, pair)) + ((low - high) * Power(LevelStates, pair + 1));
            double accepted = SwapProbability(pair, low, high);
            next[swapped] += accepted * distribution[state];
            next[state] += (1 - accepted) * distribution[state];
        }

        return next;
    }

    /// <summary>min(1, exp((beta_k - beta_(k+1)) (U_k - U_(k+1)))).</summary>
    public double SwapProbability(int pair, int low, int high) =>
        Math.Min(1, Math.Exp((_betas[pair] - _betas[pair + 1]) * (_energies[low] - _energies[high])));

    /// <summary>The matrix of one sweep: row = product state before, column = after.</summary>
    public double[,] Transitions(int parity)
    {
        double[,] matrix = new double[States, States];
        for (int state = 0; state < States; state++)
        {
            double[] start = new double[States];
            start[state] = 1;
            double[] end = Sweep(start, parity);
            for (int next = 0; next < States; next++)
            {
                matrix[state, next] = end[next];
            }
        }

        return matrix;
    }

    /// <summary>The probability of the visible states of all levels.</summary>
    public double[] VisibleProbabilities() => Marginal(Probabilities());

    /// <summary>The matrix of one sweep for the visible states of all levels, which is all that a sweep reads.</summary>
    public double[,] VisibleTransitions(int parity)
    {
        int count = Power(VisibleStates, Levels);
        double[,] matrix = new double[count, count];
        for (int visible = 0; visible < count; visible++)
        {
            int state = 0;
            for (int level = 0; level < Levels; level++)
            {
                state += visible / Power(VisibleStates, level) % VisibleStates * Power(LevelStates, level);
            }

            double[] start = new double[States];
            start[state] = 1;
            double[] end = Marginal(Sweep(start, parity));
            for (int next = 0; next < count; next++)
            {
                matrix[visible, next] = end[next];
            }
        }

        return matrix;
    }

    private static ReferenceRbm Tempered(ReferenceRbm model, double beta, double[] baseVisibleBias)
    {
        double[,] weights = model.CopyWeights();
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                weights[i, j] *= beta;
            }
        }

        double[] visibleBias = new double[model.Visible];
        for (int i = 0; i < visibleBias.Length; i++)
        {
            visibleBias[i] = (beta * model.VisibleBias[i]) + ((1 - beta) * baseVisibleBias[i]);
        }

        return new ReferenceRbm(weights, visibleBias, Array.ConvertAll(model.HiddenBias.ToArray(), bias => beta * bias));
    }

    private double[] JointProbabilities(ReferenceRbm level)
    {
        double[,] joint = level.JointProbabilities();
        double[] table = new double[LevelStates];
        for (int state = 0; state < LevelStates; state++)
        {
            table[state] = joint[state % VisibleStates, state / VisibleStates];
        }

        return table;
    }

    private double[] DrawHidden(double[] distribution, int level)
    {
        double[,] conditional = _levels[level].HiddenConditionals();
        double[] next = new double[distribution.Length];
        int place = Power(LevelStates, level);
        for (int state = 0; state < distribution.Length; state++)
        {
            int joint = At(state, level);
            int visible = joint % VisibleStates;
            for (int hidden = 0; hidden < conditional.GetLength(1); hidden++)
            {
                next[state + ((Model.JointIndex(visible, hidden) - joint) * place)] += distribution[state] * conditional[visible, hidden];
            }
        }

        return next;
    }

    private double[] DrawVisible(double[] distribution, int level)
    {
        double[,] conditional = _levels[level].VisibleConditionals();
        double[] next = new double[distribution.Length];
        int place = Power(LevelStates, level);
        for (int state = 0; state < distribution.Length; state++)
        {
            int joint = At(state, level);
            int hidden = joint / VisibleStates;
            for (int visible = 0; visible < VisibleStates; visible++)
            {
                next[state + ((Model.JointIndex(visible, hidden) - joint) * place)] += distribution[state] * conditional[hidden, visible];
            }
        }

        return next;
    }

    private double[] Marginal(double[] distribution)
    {
        double[] visible = new double[Power(VisibleStates, Levels)];
        for (int state = 0; state < distribution.Length; state++)
        {
            visible[VisibleOf(state)] += distribution[state];
        }

        return visible;
    }

    private static int Power(int value, int exponent)
    {
        int power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power = checked(power * value);
        }

        return power;
    }
}
