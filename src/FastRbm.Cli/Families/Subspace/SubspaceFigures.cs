using FastRbm.Cli.Output;
using FastRbm.Memory;
using FastRbm.Models.Subspace;

namespace FastRbm.Cli.Families.Subspace;

/// <summary>Figures of a subspace RBM's parameters and of its gates on data.</summary>
internal static class SubspaceFigures
{
    /// <summary>Adds norms, biases, and how alike the filters of a gate are, next to how alike those of different gates are.</summary>
    public static void Add(SubspaceRbm model, FigureTable table)
    {
        double[] norms = Norms(model);
        table.Add("filter_norm_mean", norms.Average());
        table.Add("filter_norm_smallest", norms.Min());
        table.Add("filter_norm_largest", norms.Max());
        AddBias("visible_bias", model.VisibleBias, table);
        AddBias("gate_bias", model.GateBias, table);
        AddBias("subspace_bias", model.SubspaceBias, table);
        (double within, double between) = Similarities(model);
        table.Add("similarity_within_gates", model.Subspaces > 1 ? within : null);
        table.Add("similarity_between_gates", model.Gates > 1 ? between : null);
    }

    /// <summary>Adds how often gates are on.</summary>
    public static void AddActivity(Matrix means, FigureTable table)
    {
        double[] activity = Activity(means);
        table.Add("gate_activity_mean", activity.Average());
        table.Add("gate_activity_smallest", activity.Min());
        table.Add("gate_activity_largest", activity.Max());
        table.Add("gates_on_in_less_than_1_percent", activity.Count(static share => share < 0.01));
        table.Add("gates_on_in_more_than_99_percent", activity.Count(static share => share > 0.99));
    }

    /// <summary>The mean of p(h = 1 | x) of each gate.</summary>
    public static double[] Activity(Matrix means)
    {
        double[] activity = new double[means.Columns];
        for (int row = 0; row < means.Rows; row++)
        {
            ReadOnlySpan<float> values = means.Row(row);
            for (int gate = 0; gate < activity.Length; gate++)
            {
                activity[gate] += values[gate] / (double)means.Rows;
            }
        }

        return activity;
    }

    /// <summary>The mean absolute cosine of filters of the same gate, and of filter k of gates side by side.</summary>
    public static (double Within, double Between) Similarities(SubspaceRbm model)
    {
        double[] norms = Norms(model);
        double within = 0;
        double between = 0;
        int pairsWithin = 0;
        int pairsBetween = 0;
        for (int gate = 0; gate < model.Gates; gate++)
        {
            for (int k = 0; k < model.Subspaces; k++)
            {
                int column = model.Column(gate, k);
                for (int other = k + 1; other < model.Subspaces; other++)
                {
                    within += Cosine(column, model.Column(gate, other));
                    pairsWithin++;
                }

                if (model.Gates > 1)
                {
                    between += Cosine(column, model.Column((gate + 1) % model.Gates, k));
                    pairsBetween++;
                }
            }
        }

        return (within / Math.Max(1, pairsWithin), between / Math.Max(1, pairsBetween));

        double Cosine(int a, int b)
        {
            double product = 0;
            for (int i = 0; i < model.Visible; i++)
            {
                product += (double)model.Weights[i, a] * model.Weights[i, b];
            }

            double size = norms[a] * norms[b];
            return size > 0 ? Math.Abs(product) / size : 0;
        }
    }

    private static void AddBias(string name, ReadOnlySpan<float> bias, FigureTable table)
    {
        double sum = 0;
        double least = double.PositiveInfinity;
        double greatest = double.NegativeInfinity;
        foreach (float value in bias)
        {
            sum += value;
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        table.Add($"{name}_mean", sum / bias.Length);
        table.Add($"{name}_smallest", least);
        table.Add($"{name}_largest", greatest);
    }

    private static double[] Norms(SubspaceRbm model)
    {
        double[] norms = new double[model.Gates * model.Subspaces];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int column = 0; column < norms.Length; column++)
            {
                norms[column] += (double)model.Weights[i, column] * model.Weights[i, column];
            }
        }

        return Array.ConvertAll(norms, Math.Sqrt);
    }
}
