using FastRbm.Memory;
using FastRbm.Models.Subspace;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Subspace;

/// <summary>Small subspace RBMs, as the reference and as the library have them.</summary>
internal static class SubspaceModels
{
    /// <summary>A model of a size with parameters up to a size, which are multiples of 2^-10, so that floats and fixed point hold them exactly.</summary>
    public static ReferenceSubspace Random(int visible, int gates, int subspaces, ulong seed, double size = 1.5)
    {
        SplitMix64 random = new(seed);
        ReferenceSubspace empty = new(
            new double[visible, gates, subspaces], new double[visible], new double[gates], new double[gates, subspaces]);
        return empty.With(Array.ConvertAll(empty.Parameters, _ => Math.Round(random.NextDouble(-size, size) * 1024) / 1024));
    }

    /// <summary>The same model in the library.</summary>
    public static SubspaceRbm Engine(ReferenceSubspace reference)
    {
        SubspaceRbm model = new(reference.Visible, reference.Gates, reference.Subspaces);
        model.Edit((weights, visibleBias, subspaceBias, gateBias) =>
        {
            for (int i = 0; i < reference.Visible; i++)
            {
                visibleBias[i] = (float)reference.VisibleBias(i);
            }

            for (int j = 0; j < reference.Gates; j++)
            {
                gateBias[j] = (float)reference.GateBias(j);
                for (int k = 0; k < reference.Subspaces; k++)
                {
                    int column = model.Column(j, k);
                    subspaceBias[column] = (float)reference.SubspaceBias(j, k);
                    for (int i = 0; i < reference.Visible; i++)
                    {
                        weights[i, column] = (float)reference.Weight(i, j, k);
                    }
                }
            }
        });
        return model;
    }

    /// <summary>The parameters of a model in the order of the reference.</summary>
    public static double[] Parameters(SubspaceRbm model)
    {
        List<double> values = [];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Gates; j++)
            {
                for (int k = 0; k < model.Subspaces; k++)
                {
                    values.Add(model.Weights[i, model.Column(j, k)]);
                }
            }
        }

        values.AddRange(Translate.ToDoubles(model.VisibleBias));
        values.AddRange(Translate.ToDoubles(model.GateBias));
        for (int j = 0; j < model.Gates; j++)
        {
            for (int k = 0; k < model.Subspaces; k++)
            {
                values.Add(model.SubspaceBias[model.Column(j, k)]);
            }
        }

        return [.. values];
    }

    /// <summary>Rows of subspace units from the reference's order to the library's columns.</summary>
    public static BitMatrix Units(SubspaceRbm model, IReadOnlyList<bool[]> rows)
    {
        BitMatrix bits = new(rows.Count, model.Gates * model.Subspaces);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int unit = 0; unit < rows[row].Length; unit++)
            {
                bits[row, model.Column(unit / model.Subspaces, unit % model.Subspaces)] = rows[row][unit];
            }
        }

        return bits;
    }

    /// <summary>One row of subspace units in the reference's order.</summary>
    public static bool[] Units(SubspaceRbm model, BitMatrix bits, int row)
    {
        bool[] units = new bool[bits.Columns];
        for (int unit = 0; unit < units.Length; unit++)
        {
            units[unit] = bits[row, model.Column(unit / model.Subspaces, unit % model.Subspaces)];
        }

        return units;
    }
}
