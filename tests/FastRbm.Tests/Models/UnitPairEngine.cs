using FastRbm.Models;
using FastRbm.Testing;

namespace FastRbm.Tests.Models;

/// <summary>The engine's models of pairs of kinds of units. Statistical tests compile this file too.</summary>
internal static class UnitPairEngine
{
    /// <summary>Makes a model.</summary>
    /// <param name="pair">The kinds.</param>
    /// <param name="seed">Draws the parameters.</param>
    /// <param name="nudge">Added to the last parameter of every visible unit (its bias where that is all): for wrong models.</param>
    public static Rbm Make(UnitPairs pair, ulong seed, double nudge = 0)
    {
        (double[][] visible, double[][] hidden, double[,] weights) = pair.Parameters(seed);
        UnitLayer visibleLayer = UnitLayers.Parse(pair.Visible, visible[0].Length);
        UnitLayer hiddenLayer = UnitLayers.Parse(pair.Hidden, hidden[0].Length);
        for (int unit = 0; unit < visible[^1].Length; unit++)
        {
            // Not the same for all categories of a group, which would change nothing.
            visible[^1][unit] += nudge * (unit % 2 == 0 ? 1 : -1);
        }

        Set(visibleLayer, visible);
        Set(hiddenLayer, hidden);
        Rbm rbm = new(visibleLayer, hiddenLayer);
        rbm.Edit((target, visibleBias, hiddenBias) =>
        {
            for (int i = 0; i < visibleBias.Length; i++)
            {
                visibleBias[i] = (float)visible[0][i];
                for (int j = 0; j < hiddenBias.Length; j++)
                {
                    target[i, j] = (float)weights[i, j];
                    hiddenBias[j] = (float)hidden[0][j];
                }
            }
        });
        return rbm;
    }

    private static void Set(UnitLayer layer, double[][] parameters)
    {
        for (int row = 1; row < parameters.Length; row++)
        {
            layer.SetParameter(row, Array.ConvertAll(parameters[row], static value => (float)value));
        }
    }
}
