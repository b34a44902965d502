using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;

namespace FastRbm.Sampling;

/// <summary>What can be known of units whose states are bits.</summary>
internal static class BitEvidence
{
    /// <summary>Refuses layers whose states aren't bits.</summary>
    public static void Require(UnitLayer layer, string name)
    {
        if (!layer.StatesAreBits)
        {
            Throw.Argument(name, "units whose states are bits", layer.Name);
        }
    }

    /// <summary>Of groups of categories all columns are known or none, and one of them is 1. Other layers take anything.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="units">Which units are known.</param>
    /// <param name="values">Their values.</param>
    /// <exception cref="ArgumentException">A group is known in part, or its values aren't a category.</exception>
    public static void Check(UnitLayer layer, ReadOnlySpan<ulong> units, ReadOnlySpan<ulong> values)
    {
        if (layer is not PottsLayer potts)
        {
            return;
        }

        ReadOnlySpan<int> starts = potts.Starts;
        for (int group = 0; group + 1 < starts.Length; group++)
        {
            int known = 0;
            int ones = 0;
            for (int unit = starts[group]; unit < starts[group + 1]; unit++)
            {
                int chosen = (int)(units[unit >> 6] >> (unit & 63) & 1);
                known += chosen;
                ones += chosen & (int)(values[unit >> 6] >> (unit & 63) & 1);
            }

            if (known > 0 && (known < starts[group + 1] - starts[group] || ones != 1))
            {
                Throw.Argument(
                    nameof(units), "all columns of a group or none, and one of them 1",
                    string.Create(CultureInfo.InvariantCulture, $"{known} with {ones} of them 1 in columns {starts[group]} to {starts[group + 1] - 1}"));
            }
        }
    }
}
