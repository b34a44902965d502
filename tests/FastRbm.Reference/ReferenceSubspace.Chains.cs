namespace FastRbm.Reference;

/// <content>Block Gibbs sampling and gradients, by the states.</content>
public sealed partial class ReferenceSubspace
{
    /// <summary>p(h,S | x) of every h and S: [mask of h][mask of S]: gates with S summed out, then subspace units.</summary>
    public double[,] HiddenProbabilities(bool[] x)
    {
        bool[][] gates = BinaryStates.All(Gates);
        bool[][] units = BinaryStates.All(Gates * Subspaces);
        double[,] probabilities = new double[gates.Length, units.Length];
        for (int h = 0; h < gates.Length; h++)
        {
            for (int s = 0; s < units.Length; s++)
            {
                double probability = 1;
                for (int j = 0; j < Gates; j++)
                {
                    probability *= gates[h][j] ? MeanGate(x, j) : 1 - MeanGate(x, j);
                    for (int k = 0; k < Subspaces; k++)
                    {
                        double mean = MeanSubspace(x, gates[h], j, k);
                        probability *= units[s][Unit(j, k)] ? mean : 1 - mean;
                    }
                }

                probabilities[h, s] = probability;
            }
        }

        return probabilities;
    }

    /// <summary>The kernel of one sweep, x to x': sum over h and S of p(h,S | x) p(x' | h,S).</summary>
    public double[,] Transitions()
    {
        bool[][] visible = BinaryStates.All(Visible);
        bool[][] gates = BinaryStates.All(Gates);
        bool[][] units = BinaryStates.All(Gates * Subspaces);
        double[,] kernel = new double[visible.Length, visible.Length];
        for (int x = 0; x < visible.Length; x++)
        {
            double[,] hidden = HiddenProbabilities(visible[x]);
            for (int h = 0; h < gates.Length; h++)
            {
                for (int s = 0; s < units.Length; s++)
                {
                    for (int y = 0; y < visible.Length; y++)
                    {
                        double probability = hidden[h, s];
                        for (int i = 0; i < Visible; i++)
                        {
                            double mean = MeanVisible(gates[h], units[s], i);
                            probability *= visible[y][i] ? mean : 1 - mean;
                        }

                        kernel[x, y] += probability;
                    }
                }
            }
        }

        return kernel;
    }

    /// <summary>E[-dE/d(parameter) | x], in the order of <see cref="Parameters"/>: x_i p(h_j) p(s_jk | h_j = 1), x_i, p(h_j), p(h_j) p(s_jk | h_j = 1).</summary>
    public double[] Statistics(bool[] x)
    {
        List<double> values = [];
        bool[] open = [.. Enumerable.Repeat(true, Gates)];
        for (int i = 0; i < Visible; i++)
        {
            for (int j = 0; j < Gates; j++)
            {
                for (int k = 0; k < Subspaces; k++)
                {
                    values.Add(x[i] ? MeanGate(x, j) * MeanSubspace(x, open, j, k) : 0);
                }
            }
        }

        values.AddRange(BinaryStates.ToDoubles(x));
        for (int j = 0; j < Gates; j++)
        {
            values.Add(MeanGate(x, j));
        }

        for (int j = 0; j < Gates; j++)
        {
            for (int k = 0; k < Subspaces; k++)
            {
                values.Add(MeanGate(x, j) * MeanSubspace(x, open, j, k));
            }
        }

        return [.. values];
    }

    /// <summary>The mean of <see cref="Statistics"/> under a distribution over x.</summary>
    public double[] Mean(double[] probabilities)
    {
        double[] mean = new double[Parameters.Length];
        for (int x = 0; x < probabilities.Length; x++)
        {
            double[] statistics = Statistics(BinaryStates.FromMask(x, Visible));
            for (int p = 0; p < mean.Length; p++)
            {
                mean[p] += probabilities[x] * statistics[p];
            }
        }

        return mean;
    }

    /// <summary>The gradient of the mean log-likelihood of rows.</summary>
    public double[] LogLikelihoodGradient(IReadOnlyList<bool[]> rows) => Difference(Mean(DataProbabilities(rows)), Mean(VisibleProbabilities()));

    /// <summary>The expected step of CD-k: statistics of the data less those after k sweeps from them.</summary>
    public double[] ContrastiveDivergence(IReadOnlyList<bool[]> rows, int sweeps)
    {
        double[] data = DataProbabilities(rows);
        double[,] kernel = Transitions();
        double[] chain = data;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            double[] next = new double[chain.Length];
            for (int x = 0; x < chain.Length; x++)
            {
                for (int y = 0; y < chain.Length; y++)
                {
                    next[y] += chain[x] * kernel[x, y];
                }
            }

            chain = next;
        }

        return Difference(Mean(data), Mean(chain));
    }

    /// <summary>The mean log-likelihood of rows.</summary>
    public double LogLikelihood(IReadOnlyList<bool[]> rows)
    {
        double logZ = LogPartitionFunction();
        return rows.Average(x => -FreeEnergyByStates(x) - logZ);
    }

    private static double[] DataProbabilities(IReadOnlyList<bool[]> rows)
    {
        double[] probabilities = new double[BinaryStates.Count(rows[0].Length)];
        foreach (bool[] row in rows)
        {
            probabilities[BinaryStates.ToMask(row)] += 1.0 / rows.Count;
        }

        return probabilities;
    }

    private static double[] Difference(double[] a, double[] b) => [.. a.Zip(b, static (one, other) => one - other)];
}
