using FastRbm.Data;
using FastRbm.Data.Generators;

namespace FastRbm.Cli.Demos;

/// <summary>A gate as a set of valid rows: inputs, then the output.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Rows">The truth table.</param>
internal sealed record LogicGate(string Name, BitDataset Rows)
{
    /// <summary>All gates.</summary>
    public static IReadOnlyList<LogicGate> All { get; } =
        [new("and", LogicGates.And()), new("or", LogicGates.Or()), new("xor", LogicGates.Xor()), new("not", LogicGates.Not())];

    /// <summary>Inputs and the output.</summary>
    public int Units => Rows.Columns;

    /// <summary>The output's bit in the number of a state.</summary>
    public int OutputBit => 1 << (Units - 1);

    /// <summary>The names of the visible units.</summary>
    public IReadOnlyList<string> UnitNames => Units == 2 ? ["input", "output"] : ["input 1", "input 2", "output"];

    /// <summary>The states that the truth table holds, by number; unit 0 is bit 0.</summary>
    public IReadOnlyList<int> Valid => [.. Enumerable.Range(0, Rows.Rows).Select(Number)];

    /// <summary>The distribution that is learned: every valid row alike.</summary>
    public IReadOnlyList<double> Target => [.. Enumerable.Range(0, 1 << Units).Select(state => Valid.Contains(state) ? 1.0 / Rows.Rows : 0)];

    /// <summary>The names of all states, the valid ones marked.</summary>
    public IReadOnlyList<string> StateNames => [.. Enumerable.Range(0, 1 << Units).Select(state => DemoText.Bits(state, Units) + (Valid.Contains(state) ? "*" : string.Empty))];

    /// <summary>The share of a distribution that lies on valid rows.</summary>
    public double Success(IReadOnlyList<double> distribution) => Valid.Sum(state => distribution[state]);

    /// <summary>The gate as a function: the mean over inputs of the probability of the right output, given them.</summary>
    public double FunctionSuccess(IReadOnlyList<double> distribution) =>
        Valid.Average(state => distribution[state] / (distribution[state] + distribution[state ^ OutputBit]));

    /// <summary>The same number of copies of every row.</summary>
    public BitDataset Copies(int rows)
    {
        byte[] values = new byte[rows * Units];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Rows[i / Units % Rows.Rows, i % Units] ? (byte)1 : (byte)0;
        }

        return BitDataset.FromBytes(Name, rows, Units, values);
    }

    private int Number(int row) => Enumerable.Range(0, Units).Sum(unit => Rows[row, unit] ? 1 << unit : 0);
}
