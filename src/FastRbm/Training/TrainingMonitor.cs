using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>Measures the figures of an epoch on rows from all over the data. Allocates once.</summary>
internal sealed class TrainingMonitor : IEpochMonitor
{
    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly RbmWorkspace _workspace;
    private readonly BitMatrix _training;
    private readonly BitMatrix? _validation;
    private readonly BitMatrix _hidden;
    private readonly Matrix _means;
    private readonly double[] _free;
    private readonly double[] _flippedFree;
    private readonly BitMatrix _flipped;
    private readonly SpreadRows _spread;

    // Only where values are missing.
    private readonly BitMatrix? _observed;

    /// <summary>Takes rows for measuring.</summary>
    public TrainingMonitor(Rbm rbm, IVisibleRows training, IVisibleRows? validation, TrainingOptions options)
    {
        _rbm = rbm;
        _seed = options.Seed;
        _workspace = new RbmWorkspace(rbm);
        _training = Spread(training, options.MonitorRows);
        _spread = new SpreadRows(training.Rows);
        if (PartialRows.HasMissing(training))
        {
            _observed = new BitMatrix(_training.Rows, training.Columns);
            for (int row = 0; row < _observed.Rows; row++)
            {
                PartialRows.CopyObserved(training, _spread[row], _observed.Row(row));
            }
        }

        _validation = validation is null ? null : Spread(validation, options.MonitorRows);
        _hidden = new BitMatrix(_training.Rows, rbm.Hidden.Count);
        _means = new Matrix(_training.Rows, rbm.Visible.Count);
        _flipped = new BitMatrix(_training.Rows, rbm.Visible.Count);
        int most = Math.Max(_training.Rows, _validation?.Rows ?? 0);
        _free = new double[most];
        _flippedFree = new double[_training.Rows];
    }

    /// <inheritdoc/>
    public TrainingFigures Measure(int epoch, double logPartition, FilledRows? filled)
    {
        double trainingMean = double.NaN;
        double pseudo = double.NaN;
        if (_observed is null)
        {
            Span<double> free = _free.AsSpan(0, _training.Rows);
            _rbm.FreeEnergy(_training, _workspace, free);
            trainingMean = Mean(free);
            pseudo = _rbm.Visible.BitsAreIndependent ? PseudoLikelihood(epoch, free) : double.NaN;
        }
        else if (filled is not null)
        {
            Fill(_observed, filled);
        }

        double validationMean = double.NaN;
        if (_validation is not null)
        {
            Span<double> validation = _free.AsSpan(0, _validation.Rows);
            _rbm.FreeEnergy(_validation, _workspace, validation);
            validationMean = Mean(validation);
        }

        return new TrainingFigures(
            ReconstructionError(epoch), pseudo, validationMean - trainingMean, -trainingMean - logPartition, -validationMean - logPartition, logPartition);
    }

    private void Fill(BitMatrix observed, FilledRows filled)
    {
        for (int row = 0; row < _training.Rows; row++)
        {
            Span<ulong> bits = _training.Row(row);
            ReadOnlySpan<ulong> known = observed.Row(row);
            for (int word = 0; word < bits.Length; word++)
            {
                bits[word] &= known[word];
            }

            filled.Fill(_spread[row], bits);
        }
    }

    private double PseudoLikelihood(int epoch, ReadOnlySpan<double> free)
    {
        for (int row = 0; row < _training.Rows; row++)
        {
            _training.Row(row).CopyTo(_flipped.Row(row));
            int unit = new RandomStream(_seed, StreamPurpose.PseudoLikelihood, epoch, row).Below(0, _training.Columns);
            _flipped[row, unit] = !_flipped[row, unit];
        }

        _rbm.FreeEnergy(_flipped, _workspace, _flippedFree);
        double sum = 0;
        for (int row = 0; row < free.Length; row++)
        {
            // log p(v_i | rest) = -softplus(F(v) - F(v with unit i flipped)).
            sum -= DoubleMath.Softplus(free[row] - _flippedFree[row]);
        }

        return _training.Columns * sum / free.Length;
    }

    private double ReconstructionError(int epoch)
    {
        _rbm.SampleHidden(_training, new RandomKey(_seed, epoch), StreamPurpose.Monitor, StreamPurpose.MonitorTie, _workspace, _hidden);
        _rbm.MeanVisible(_hidden, _workspace, _means);
        bool spins = _rbm.Visible.Kind == UnitKind.Spin;
        double sum = 0;
        long count = 0;
        for (int row = 0; row < _training.Rows; row++)
        {
            ReadOnlySpan<float> means = _means.Row(row);
            ReadOnlySpan<ulong> states = _training.Row(row);
            ReadOnlySpan<ulong> known = _observed is null ? default : _observed.Row(row);
            for (int unit = 0; unit < means.Length; unit++)
            {
                if (_observed is not null && (known[unit >> 6] >> (unit & 63) & 1) == 0)
                {
                    continue;
                }

                count++;
                double state = states[unit >> 6] >> (unit & 63) & 1;
                double difference = (spins ? (2 * state) - 1 : state) - means[unit];
                sum += difference * difference;
            }
        }

        return sum / Math.Max(1, count);
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static BitMatrix Spread(IVisibleRows source, int most)
    {
        int count = Math.Min(most, source.Rows);
        BitMatrix rows = new(count, source.Columns);
        BinaryRowReader reader = new(source, Binarization.Threshold, seed: 0);
        SpreadRows spread = new(source.Rows);
        float[] scratch = new float[source.Columns];
        for (int row = 0; row < count; row++)
        {
            reader.CopyBits(spread[row], epoch: 0, scratch, rows.Row(row));
        }

        return rows;
    }
}
