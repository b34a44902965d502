using System.Globalization;
using FastRbm.Errors;

namespace FastRbm.Models.Deep;

/// <summary>Checks of the sizes of stacked layers.</summary>
internal static class LayerSizes
{
    /// <summary>More layers than any machine has been trained with.</summary>
    private const int Most = 64;

    /// <summary>Refuses sizes that no machine can have.</summary>
    /// <param name="layers">Units of the visible layer, then of the hidden ones, upwards.</param>
    /// <param name="leastHidden">The least number of hidden layers.</param>
    /// <returns>A copy.</returns>
    public static int[] Check(IReadOnlyList<int> layers, int leastHidden)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count - 1 < leastHidden || layers.Count > Most)
        {
            string hidden = leastHidden == 1 ? "at least one hidden layer" : $"at least {Text(leastHidden)} hidden layers";
            Throw.Argument(nameof(layers), $"a visible layer and {hidden}, at most {Text(Most)} layers in all", $"{Text(layers.Count)} layers");
        }

        for (int layer = 0; layer < layers.Count; layer++)
        {
            if (layers[layer] < 1)
            {
                Throw.OutOfRange(nameof(layers), $"at least one unit in layer {Text(layer)}", layers[layer]);
            }
        }

        return [.. layers];
    }

    /// <summary>Refuses machines of which one doesn't stand on the other.</summary>
    /// <param name="stack">Machines, the lowest first: the hidden units of each are the visible ones of the next.</param>
    /// <param name="leastHidden">The least number of machines.</param>
    /// <param name="above">Visible units of the topmost machine that aren't hidden ones of the machine below it.</param>
    /// <returns>Units of each layer.</returns>
    public static int[] Of(IReadOnlyList<Rbm> stack, int leastHidden, int above = 0)
    {
        ArgumentNullException.ThrowIfNull(stack);
        List<int> layers = [];
        for (int machine = 0; machine < stack.Count; machine++)
        {
            ArgumentNullException.ThrowIfNull(stack[machine], nameof(stack));
            int visible = stack[machine].Visible.Count - (machine == stack.Count - 1 ? above : 0);
            if (machine > 0 && visible != layers[^1])
            {
                Throw.Argument(nameof(stack), $"{Text(layers[^1])} visible units in machine {Text(machine)}, the hidden units of the one below", Text(visible));
            }

            if (machine == 0)
            {
                layers.Add(visible);
            }

            layers.Add(stack[machine].Hidden.Count);
        }

        return Check(layers, leastHidden);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
