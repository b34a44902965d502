namespace FastRbm.Data.Generators;

/// <summary>Truth tables as data sets: the inputs, then the output, one row for each input in counting order.</summary>
public static class LogicGates
{
    /// <summary>Output on when both inputs are on.</summary>
    /// <returns>4 binary rows of 3 columns.</returns>
    public static BitDataset And() => TwoInputs("and", (a, b) => a & b);

    /// <summary>Output on when an input is on.</summary>
    /// <returns>4 binary rows of 3 columns.</returns>
    public static BitDataset Or() => TwoInputs("or", (a, b) => a | b);

    /// <summary>Output on when exactly one input is on.</summary>
    /// <returns>4 binary rows of 3 columns.</returns>
    public static BitDataset Xor() => TwoInputs("xor", (a, b) => a ^ b);

    /// <summary>Output on when the input is off.</summary>
    /// <returns>2 binary rows of 2 columns.</returns>
    public static BitDataset Not() => BitDataset.FromBytes("not", 2, 2, [0, 1, 1, 0]);

    private static BitDataset TwoInputs(string name, Func<int, int, int> gate)
    {
        byte[] values = new byte[4 * 3];
        for (int row = 0; row < 4; row++)
        {
            int a = row >> 1;
            int b = row & 1;
            values[3 * row] = (byte)a;
            values[(3 * row) + 1] = (byte)b;
            values[(3 * row) + 2] = (byte)gate(a, b);
        }

        return BitDataset.FromBytes(name, 4, 3, values);
    }
}
