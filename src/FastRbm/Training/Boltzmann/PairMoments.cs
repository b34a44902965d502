using System.Numerics;
using FastRbm.Kernels.Binary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;

namespace FastRbm.Training.Boltzmann;

/// <summary>Means of x_i and of x_i x_j over rows of bits: counts of bits, exact in any order.</summary>
internal sealed class PairMoments
{
    private readonly bool _spins;
    private readonly int _units;
    private readonly AlignedBuffer<ulong> _columns;
    private readonly int[] _counts;
    private int _rows;
    private int _words;

    public PairMoments(BoltzmannMachine machine, int mostRows)
    {
        _spins = machine.Kind == UnitKind.Spin;
        _units = machine.Units;
        _columns = new AlignedBuffer<ulong>((long)Tile.Count(_units) * Tile.Width * BitMatrix.WordsFor(mostRows));
        _counts = new int[_units];
    }

    /// <summary>Bits of one unit in all rows.</summary>
    public ReadOnlySpan<ulong> Column(int unit) => _columns.Span.Slice(unit * _words, _words);

    /// <summary>Takes rows.</summary>
    public void Load(BitMatrix states, int rows)
    {
        _rows = rows;
        _words = BitMatrix.WordsFor(rows);
        Span<ulong> tile = stackalloc ulong[Tile.Width];
        Span<ulong> columns = _columns.Span;
        for (int part = 0; part < _words; part++)
        {
            int first = part * Tile.Width;
            for (int word = 0; word < states.WordsPerRow; word++)
            {
                BitTranspose.Gather(states, first, Math.Min(Tile.Width, rows - first), word, tile);
                for (int unit = word * Tile.Width; unit < Math.Min(_units, (word + 1) * Tile.Width); unit++)
                {
                    columns[(unit * _words) + part] = tile[unit % Tile.Width];
                }
            }
        }

        for (int unit = 0; unit < _units; unit++)
        {
            int count = 0;
            foreach (ulong word in Column(unit))
            {
                count += BitOperations.PopCount(word);
            }

            _counts[unit] = count;
        }
    }

    /// <summary>Mean of x_i.</summary>
    public double Mean(int unit) => (_spins ? (2.0 * _counts[unit]) - _rows : _counts[unit]) / _rows;

    /// <summary>Mean of x_i x_j.</summary>
    public double Pair(int first, int second)
    {
        ReadOnlySpan<ulong> left = Column(first);
        ReadOnlySpan<ulong> right = Column(second);
        int both = 0;
        for (int word = 0; word < left.Length; word++)
        {
            both += BitOperations.PopCount(left[word] & right[word]);
        }

        return (_spins ? _rows - (2.0 * ((long)_counts[first] + _counts[second] - (2L * both))) : both) / _rows;
    }
}
