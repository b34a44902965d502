using System.Text;

namespace FastRbm.Testing;

/// <summary>Rows of binary states, as drawn by <see cref="RandomModels"/>.</summary>
/// <param name="Bits">[row, column].</param>
public sealed record BitPattern(bool[,] Bits)
{
    /// <summary>The number of rows.</summary>
    public int Rows => Bits.GetLength(0);

    /// <summary>The number of units in a row.</summary>
    public int Columns => Bits.GetLength(1);

    /// <summary>A copy of one row.</summary>
    public bool[] Row(int row)
    {
        bool[] state = new bool[Columns];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = Bits[row, i];
        }

        return state;
    }

    /// <summary>A copy of all rows.</summary>
    public bool[][] ToRows() => [.. Enumerable.Range(0, Rows).Select(Row)];

    /// <summary>One bit string a row, unit 0 first.</summary>
    public override string ToString()
    {
        StringBuilder text = new($"{Rows} x {Columns}");
        foreach (bool[] row in ToRows())
        {
            text.Append(' ').AppendJoin("", row.Select(bit => bit ? '1' : '0'));
        }

        return text.ToString();
    }
}
