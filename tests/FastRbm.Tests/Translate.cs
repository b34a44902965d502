using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;

namespace FastRbm.Tests;

/// <summary>Between the types of the reference and those of the library.</summary>
internal static class Translate
{
    public static RbmParameters Parameters(ReferenceRbm model)
    {
        double[] weights = new double[model.Visible * model.Hidden];
        for (int i = 0; i < model.Visible; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                weights[(i * model.Hidden) + j] = model.Weight(i, j);
            }
        }

        return new RbmParameters(weights, model.VisibleBias.ToArray(), model.HiddenBias.ToArray());
    }

    public static Rbm Engine(ReferenceRbm model) => new(Parameters(model));

    public static ReferenceRbm Reference(Rbm rbm)
    {
        double[,] weights = new double[rbm.Visible.Count, rbm.Hidden.Count];
        for (int i = 0; i < rbm.Visible.Count; i++)
        {
            for (int j = 0; j < rbm.Hidden.Count; j++)
            {
                weights[i, j] = rbm.Weights[i, j];
            }
        }

        return new ReferenceRbm(weights, ToDoubles(rbm.Visible.Bias), ToDoubles(rbm.Hidden.Bias));
    }

    public static BitMatrix Bits(IReadOnlyList<bool[]> rows)
    {
        BitMatrix bits = new(rows.Count, rows[0].Length);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Length; column++)
            {
                bits[row, column] = rows[row][column];
            }
        }

        return bits;
    }

    public static bool[] Row(BitMatrix bits, int row) => [.. Enumerable.Range(0, bits.Columns).Select(column => bits[row, column])];

    public static double[] ToDoubles(ReadOnlySpan<float> values)
    {
        double[] doubles = new double[values.Length];
        for (int i = 0; i < doubles.Length; i++)
        {
            doubles[i] = values[i];
        }

        return doubles;
    }
}
