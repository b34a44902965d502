using FastRbm.Data;
using FastRbm.Memory;

namespace FastRbm.Cli.Demos;

/// <summary>How often values that were found for pixels are wrong.</summary>
internal sealed class RepairCounts
{
    private long _flipped;
    private long _repaired;
    private long _good;
    private long _broken;
    private long _filled;
    private long _filledWrong;
    private double _squares;

    /// <summary>The share of flipped pixels that are right again.</summary>
    public double Repaired => (double)_repaired / _flipped;

    /// <summary>The share of good pixels that are wrong now.</summary>
    public double Broken => (double)_broken / _good;

    /// <summary>The share of all pixels that were seen and are wrong.</summary>
    public double Wrong => (double)(_flipped - _repaired + _broken) / (_flipped + _good);

    /// <summary>The share of missing pixels that are wrong, on from one half.</summary>
    public double FilledWrong => (double)_filledWrong / _filled;

    /// <summary>The mean squared error of the values of missing pixels.</summary>
    public double FilledSquaredError => _squares / _filled;

    /// <summary>Counts.</summary>
    /// <param name="truth">The pixels as they are.</param>
    /// <param name="seen">As they were seen.</param>
    /// <param name="known">Which were seen: a row for all.</param>
    /// <param name="found">What was found.</param>
    public static RepairCounts Of(BitDataset truth, BitDataset seen, BitMatrix known, Matrix found)
    {
        RepairCounts counts = new();
        for (int row = 0; row < truth.Rows; row++)
        {
            for (int column = 0; column < truth.Columns; column++)
            {
                bool right = truth[row, column];
                bool isRight = (found[row, column] >= 0.5f) == right;
                if (!known[0, column])
                {
                    double difference = found[row, column] - (right ? 1.0 : 0);
                    counts._filled++;
                    counts._filledWrong += isRight ? 0 : 1;
                    counts._squares += difference * difference;
                }
                else if (seen[row, column] == right)
                {
                    counts._good++;
                    counts._broken += isRight ? 0 : 1;
                }
                else
                {
                    counts._flipped++;
                    counts._repaired += isRight ? 1 : 0;
                }
            }
        }

        return counts;
    }
}
