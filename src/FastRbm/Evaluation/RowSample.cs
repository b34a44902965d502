using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Evaluation;

/// <summary>Rows of data in a random order, each once before any comes again.</summary>
internal sealed class RowSample
{
    private readonly IVisibleRows _rows;
    private readonly int[] _order;

    /// <summary>Draws an order: Fisher and Yates's.</summary>
    /// <param name="rows">Binary rows.</param>
    /// <param name="seed">The seed.</param>
    public RowSample(IVisibleRows rows, ulong seed)
    {
        _rows = rows;
        _order = new int[rows.Rows];
        RandomStream stream = new(seed, StreamPurpose.DiagnosticRows, 0, 0);
        for (int i = 0; i < _order.Length; i++)
        {
            int other = stream.Below(i, i + 1);
            _order[i] = _order[other];
            _order[other] = i;
        }
    }

    /// <summary>Copies rows of the order.</summary>
    /// <param name="first">Where in the order to begin; past its end it begins again.</param>
    /// <param name="count">How many.</param>
    public BitMatrix Take(int first, int count)
    {
        BitMatrix taken = new(count, _rows.Columns);
        for (int i = 0; i < count; i++)
        {
            _rows.CopyBits(_order[(int)(((long)first + i) % _order.Length)], taken.Row(i));
        }

        return taken;
    }
}
