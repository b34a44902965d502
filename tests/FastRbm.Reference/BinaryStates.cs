namespace FastRbm.Reference;

/// <summary>States of binary units as bool[], and their numbers: bit i of a mask is unit i.</summary>
public static class BinaryStates
{
    /// <summary>The most units whose states are enumerated or tabulated.</summary>
    public const int MaximumUnits = 24;

    /// <summary>2^units, the number of states.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 0 or more than <see cref="MaximumUnits"/> units.</exception>
    public static int Count(int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(units, MaximumUnits);
        return 1 << units;
    }

    /// <summary>The state whose unit i is bit i of the mask.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mask has a bit beyond the last unit.</exception>
    public static bool[] FromMask(int mask, int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mask);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mask, Count(units));
        bool[] state = new bool[units];
        for (int i = 0; i < units; i++)
        {
            state[i] = (mask >> i & 1) == 1;
        }

        return state;
    }

    /// <summary>The number of a state: the sum of 2^i over its active units.</summary>
    public static int ToMask(bool[] state)
    {
        _ = Count(state.Length);
        int mask = 0;
        for (int i = 0; i < state.Length; i++)
        {
            mask |= state[i] ? 1 << i : 0;
        }

        return mask;
    }

    /// <summary>Every state, in the order of the masks.</summary>
    public static bool[][] All(int units)
    {
        bool[][] states = new bool[Count(units)][];
        for (int mask = 0; mask < states.Length; mask++)
        {
            states[mask] = FromMask(mask, units);
        }

        return states;
    }

    /// <summary>0.0 for off, 1.0 for on.</summary>
    public static double[] ToDoubles(bool[] state)
    {
        double[] values = new double[state.Length];
        for (int i = 0; i < state.Length; i++)
        {
            values[i] = state[i] ? 1 : 0;
        }

        return values;
    }

    /// <summary>0.0 for off, 1.0 for on, row by row.</summary>
    public static double[][] ToDoubles(IReadOnlyList<bool[]> rows)
    {
        double[][] values = new double[rows.Count][];
        for (int r = 0; r < values.Length; r++)
        {
            values[r] = ToDoubles(rows[r]);
        }

        return values;
    }
}
