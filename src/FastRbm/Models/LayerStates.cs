using FastRbm.Memory;

namespace FastRbm.Models;

/// <summary>States of rows of a layer as half steps take them: packed bits where they are bits, else floats.</summary>
internal sealed class LayerStates
{
    /// <summary>Allocates for a number of rows; floats may be rows of a larger matrix.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="values">Where floats live, or null for a matrix of their own; not used for bits.</param>
    /// <param name="firstRow">The row of the matrix where they begin.</param>
    public LayerStates(UnitLayer layer, int rows, Matrix? values = null, int firstRow = 0)
    {
        Layer = layer;
        Rows = rows;
        if (layer.StatesAreBits)
        {
            Bits = new BitMatrix(rows, layer.Count);
        }
        else
        {
            Values = values ?? new Matrix(rows, layer.Count);
            FirstRow = values is null ? 0 : firstRow;
        }
    }

    /// <summary>The layer.</summary>
    public UnitLayer Layer { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The states, where they are bits.</summary>
    public BitMatrix? Bits { get; }

    /// <summary>The states, where they aren't bits: row r is row FirstRow + r.</summary>
    public Matrix? Values { get; }

    /// <summary>See <see cref="Values"/>.</summary>
    public int FirstRow { get; }

    /// <summary>Writes a row.</summary>
    public void Set(int row, ReadOnlySpan<float> states)
    {
        if (Bits is not null)
        {
            Layer.ToBits(states, Bits.Row(row));
        }
        else
        {
            states.CopyTo(Values!.Row(FirstRow + row));
        }
    }

    /// <summary>Reads a row as floats.</summary>
    public void CopyTo(int row, Span<float> states)
    {
        if (Bits is not null)
        {
            Layer.FromBits(Bits.Row(row), states);
        }
        else
        {
            Values!.Row(FirstRow + row).CopyTo(states);
        }
    }
}
