namespace FastRbm.Reference;

/// <summary>A Hopfield network by its definition: states are arrays of -1 and 1 (or 0 and 1), sums are loops.</summary>
public sealed class ReferenceHopfield(double[,] weights, double[] thresholds, bool isBinary)
{
    /// <summary>The number of units.</summary>
    public int Units => thresholds.Length;

    /// <summary>w_ij.</summary>
    public double[,] Weights => weights;

    /// <summary>1/N sum x_i x_j without the diagonal.</summary>
    public static double[,] Hebb(int[][] patterns)
    {
        int units = patterns[0].Length;
        double[,] weights = new double[units, units];
        for (int i = 0; i < units; i++)
        {
            for (int j = 0; j < units; j++)
            {
                weights[i, j] = i == j ? 0 : patterns.Sum(pattern => pattern[i] * pattern[j]) / (double)units;
            }
        }

        return weights;
    }

    /// <summary>Storkey's rule, with every local field summed anew.</summary>
    public static double[,] Storkey(int[][] patterns)
    {
        int units = patterns[0].Length;
        double[,] weights = new double[units, units];
        foreach (int[] x in patterns)
        {
            double[,] next = new double[units, units];
            for (int i = 0; i < units; i++)
            {
                for (int j = 0; j < units; j++)
                {
                    next[i, j] = i == j ? 0 : weights[i, j] + (((x[i] * x[j]) - (x[i] * Local(j, i)) - (Local(i, j) * x[j])) / units);
                }
            }

            weights = next;

            double Local(int i, int j)
            {
                double sum = 0;
                for (int k = 0; k < units; k++)
                {
                    sum += k == i || k == j ? 0 : weights[i, k] * x[k];
                }

                return sum;
            }
        }

        return weights;
    }

    /// <summary>X C^-1 X' / N without the diagonal, by Gauss and Jordan's method.</summary>
    public static double[,] PseudoInverse(int[][] patterns)
    {
        int count = patterns.Length;
        int units = patterns[0].Length;
        double[,] work = new double[count, 2 * count];
        for (int p = 0; p < count; p++)
        {
            for (int q = 0; q < count; q++)
            {
                work[p, q] = patterns[p].Zip(patterns[q], static (a, b) => a * b).Sum() / (double)units;
            }

            work[p, count + p] = 1;
        }

        for (int p = 0; p < count; p++)
        {
            int best = Enumerable.Range(p, count - p).MaxBy(row => Math.Abs(work[row, p]));
            for (int column = 0; column < 2 * count; column++)
            {
                (work[p, column], work[best, column]) = (work[best, column], work[p, column]);
            }

            double pivot = work[p, p];
            for (int column = 0; column < 2 * count; column++)
            {
                work[p, column] /= pivot;
            }

            for (int row = 0; row < count; row++)
            {
                double factor = row == p ? 0 : work[row, p];
                for (int column = 0; column < 2 * count; column++)
                {
                    work[row, column] -= factor * work[p, column];
                }
            }
        }

        double[,] weights = new double[units, units];
        for (int i = 0; i < units; i++)
        {
            for (int j = 0; j < units; j++)
            {
                for (int p = 0; p < count; p++)
                {
                    for (int q = 0; q < count; q++)
                    {
                        weights[i, j] += i == j ? 0 : patterns[p][i] * work[p, count + q] * patterns[q][j] / units;
                    }
                }
            }
        }

        return weights;
    }

    /// <summary>h_i.</summary>
    public double Input(int[] state, int i)
    {
        double sum = -thresholds[i];
        for (int j = 0; j < Units; j++)
        {
            sum += weights[i, j] * state[j];
        }

        return sum;
    }

    /// <summary>-1/2 x'Wx + theta'x.</summary>
    public double Energy(int[] state)
    {
        double energy = 0;
        for (int i = 0; i < Units; i++)
        {
            energy += thresholds[i] * state[i];
            for (int j = 0; j < Units; j++)
            {
                energy -= weights[i, j] * state[i] * state[j] / 2;
            }
        }

        return energy;
    }

    /// <summary>What a unit becomes: it keeps its state on a tie.</summary>
    public int Updated(int[] state, int i)
    {
        double input = Input(state, i);
        return input > 0 ? 1 : input < 0 ? (isBinary ? 0 : -1) : state[i];
    }

    /// <summary>Unit by unit until nothing changes, in place.</summary>
    /// <param name="state">The probe.</param>
    /// <param name="order">The order of a sweep.</param>
    /// <param name="mostSweeps">The limit.</param>
    /// <param name="flipped">Told after each flip.</param>
    /// <returns>Sweeps with flips, flips, and whether it settled.</returns>
    public (int Sweeps, long Flips, bool Settled) Asynchronous(int[] state, Func<int, int[]> order, int mostSweeps, Action? flipped = null)
    {
        long flips = 0;
        for (int sweep = 0; sweep < mostSweeps; sweep++)
        {
            long before = flips;
            foreach (int i in order(sweep))
            {
                int next = Updated(state, i);
                if (next != state[i])
                {
                    state[i] = next;
                    flips++;
                    flipped?.Invoke();
                }
            }

            if (flips == before)
            {
                return (sweep, flips, true);
            }
        }

        return (mostSweeps, flips, Enumerable.Range(0, Units).All(i => Updated(state, i) == state[i]));
    }

    /// <summary>All units at once until a state comes back, in place.</summary>
    /// <param name="state">The probe.</param>
    /// <param name="mostSweeps">The limit.</param>
    /// <returns>Sweeps with flips, and the period: 1, 2 or 0 at the limit.</returns>
    public (int Sweeps, int Period) Synchronous(int[] state, int mostSweeps)
    {
        int[]? before = null;
        for (int sweep = 0; ; sweep++)
        {
            int[] next = [.. Enumerable.Range(0, Units).Select(i => Updated(state, i))];
            if (next.SequenceEqual(state))
            {
                return (sweep, 1);
            }

            if (sweep == mostSweeps)
            {
                return (sweep, 0);
            }

            bool back = before is not null && next.SequenceEqual(before);
            before = [.. state];
            next.CopyTo(state, 0);
            if (back)
            {
                return (sweep + 1, 2);
            }
        }
    }
}
