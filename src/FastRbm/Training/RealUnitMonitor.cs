using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>The figures of an epoch of an RBM with units of any kinds. Without pseudo-likelihoods, which only binary units have here.</summary>
/// <remarks>Allocates once.</remarks>
internal sealed class RealUnitMonitor : IEpochMonitor
{
    private readonly Rbm _rbm;
    private readonly ulong _seed;
    private readonly RbmWorkspace _workspace;
    private readonly Matrix _training;
    private readonly Matrix? _validation;
    private readonly Matrix _hidden;
    private readonly Matrix _means;
    private readonly double[] _free;

    /// <summary>Takes rows for measuring.</summary>
    public RealUnitMonitor(Rbm rbm, IVisibleRows training, IVisibleRows? validation, TrainingOptions options)
    {
        _rbm = rbm;
        _seed = options.Seed;
        _workspace = new RbmWorkspace(rbm);
        _training = Spread(training, options.MonitorRows);
        _validation = validation is null ? null : Spread(validation, options.MonitorRows);
        _hidden = new Matrix(_training.Rows, rbm.Hidden.Count);
        _means = new Matrix(_training.Rows, rbm.Visible.Count);
        _free = new double[Math.Max(_training.Rows, _validation?.Rows ?? 0)];
    }

    /// <inheritdoc/>
    public TrainingFigures Measure(int epoch, double logPartition, FilledRows? filled)
    {
        double training = MeanFreeEnergy(_training);
        double gap = _validation is null ? double.NaN : MeanFreeEnergy(_validation) - training;
        double likelihood = -training - logPartition;
        return new TrainingFigures(ReconstructionError(epoch), double.NaN, gap, likelihood, likelihood - gap, logPartition);
    }

    private double MeanFreeEnergy(Matrix rows)
    {
        Span<double> free = _free.AsSpan(0, rows.Rows);
        _rbm.FreeEnergy(rows, _workspace, free);
        double sum = 0;
        foreach (double value in free)
        {
            sum += value;
        }

        return sum / rows.Rows;
    }

    private double ReconstructionError(int epoch)
    {
        _rbm.HiddenInputs(_training, _workspace, _hidden);
        RandomStream draws = new(_seed, StreamPurpose.Monitor, epoch, 0);
        RandomStream ties = new(_seed, StreamPurpose.MonitorTie, epoch, 0);
        for (int row = 0; row < _hidden.Rows; row++)
        {
            _rbm.Hidden.Sample(_hidden.Row(row), 0, draws.ForChain(row), ties.ForChain(row), _hidden.Row(row));
        }

        _rbm.VisibleInputs(_hidden, _workspace, _means);
        double sum = 0;
        for (int row = 0; row < _means.Rows; row++)
        {
            Span<float> means = _means.Row(row);
            ReadOnlySpan<float> states = _training.Row(row);
            _rbm.Visible.Mean(means, Rbm.Total(states), means);
            for (int unit = 0; unit < means.Length; unit++)
            {
                double difference = (double)states[unit] - means[unit];
                sum += difference * difference;
            }
        }

        return sum / _training.Rows / _training.Columns;
    }

    private static Matrix Spread(IVisibleRows source, int most)
    {
        int count = Math.Min(most, source.Rows);
        Matrix rows = new(count, source.Columns);
        SpreadRows spread = new(source.Rows);
        for (int row = 0; row < count; row++)
        {
            source.CopyMeans(spread[row], rows.Row(row));
        }

        return rows;
    }
}
