namespace FastRbm.Training.Networks;

/// <summary>Losses and energies of a batch, row by row, and their sums over an epoch, by ascending rows.</summary>
internal sealed class JemTotals(int batch)
{
    /// <summary>Numbers of a checkpoint.</summary>
    public const int Counters = 7;

    private readonly double[] _losses = new double[batch];
    private readonly bool[] _errors = new bool[batch];
    private readonly double[] _dataEnergies = new double[batch];
    private readonly double[] _sampleEnergies = new double[batch];
    private readonly double[] _sums = new double[Counters];
    private double _loss;
    private double _dataEnergy;
    private double _sampleEnergy;

    /// <summary>Means over the epoch so far.</summary>
    public JemFigures Figures => new(
        _sums[2] > 0 ? _sums[0] / _sums[2] : double.NaN, _sums[6] > 0 ? (_sums[3] - _sums[4]) / _sums[5] : double.NaN, _sums[3] / _sums[5],
        _sums[6] > 0 ? _sums[4] / _sums[6] : double.NaN, _sums[2] > 0 ? _sums[1] / _sums[2] : double.NaN);

    /// <summary>The number of the last batch that is furthest out of range.</summary>
    public double Worst => double.IsFinite(_loss) && double.IsFinite(_dataEnergy) && double.IsFinite(_sampleEnergy)
        ? Math.Max(_loss, Math.Abs(_dataEnergy - _sampleEnergy))
        : double.NaN;

    /// <summary>What to change.</summary>
    public string Advice => !double.IsFinite(_sampleEnergy) && double.IsFinite(_dataEnergy)
        ? "The chains left all bounds: a smaller Langevin step size helps, or clamping."
        : _sampleEnergy < _dataEnergy
            ? "Samples lie far below the data: a smaller learning rate, a smaller Langevin step size or a larger energy penalty helps."
            : "Samples lie far above the data, so the chains don't reach low energies any more: more Langevin steps, more data noise or a smaller learning rate helps.";

    /// <summary>Notes a row of data.</summary>
    public void Data(int row, double energy, double loss, bool error)
    {
        _dataEnergies[row] = energy;
        _losses[row] = loss;
        _errors[row] = error;
    }

    /// <summary>Notes a sample.</summary>
    public void Sample(int chain, double energy) => _sampleEnergies[chain] = energy;

    /// <summary>Adds a batch.</summary>
    public void Add(int rows, bool hasSamples, bool isFirst)
    {
        if (isFirst)
        {
            _sums.AsSpan().Clear();
        }

        int labelled = 0;
        (_loss, _dataEnergy, _sampleEnergy) = (0, 0, 0);
        for (int row = 0; row < rows; row++)
        {
            if (!double.IsNaN(_losses[row]))
            {
                _loss += _losses[row];
                labelled++;
                _sums[1] += _errors[row] ? 1 : 0;
            }

            _dataEnergy += _dataEnergies[row];
            _sampleEnergy += hasSamples ? _sampleEnergies[row] : _dataEnergies[row];
        }

        _sums[0] += _loss;
        _sums[2] += labelled;
        _sums[3] += _dataEnergy;
        _sums[4] += _sampleEnergy;
        _sums[5] += rows;
        _sums[6] += hasSamples ? rows : 0;
        _loss /= Math.Max(1, labelled);
        _dataEnergy /= rows;
        _sampleEnergy /= rows;
    }

    /// <summary>Whether the last batch stayed within the limit.</summary>
    public bool InRange(double limit) => Worst <= limit;

    /// <summary>The sums.</summary>
    public double[] Save() => [.. _sums];

    /// <summary>Puts sums back.</summary>
    public void Restore(ReadOnlySpan<double> sums) => sums.CopyTo(_sums);
}
