using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Training;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>CD-k and PCD-k over float rows.</summary>
/// <param name="job">The job.</param>
/// <param name="create">Makes a model from parameters that it takes over.</param>
internal sealed class FloatTraining(TrainingJob job, Func<float[], FloatRbm> create) : IContestant
{
    private readonly bool _persistent = job.Algorithm == TrainingAlgorithm.PersistentContrastiveDivergence;
    private readonly float[][] _dataMeans = FloatRbm.Rows(job.Batch, job.Model.Hidden.Count);
    private readonly float[][] _chains = FloatRbm.Rows(job.Batch, job.Model.Visible.Count);
    private readonly float[][] _chainHidden = FloatRbm.Rows(job.Batch, job.Model.Hidden.Count);
    private readonly float[][] _chainMeans = FloatRbm.Rows(job.Batch, job.Model.Hidden.Count);
    private readonly Xoshiro[] _random = [.. Enumerable.Range(0, job.Batch).Select(static row => new Xoshiro((uint)row))];
    private FloatRbm _rbm = create(RawFile.Parameters(job.Model));

    /// <inheritdoc/>
    public void Begin()
    {
        _rbm = create(RawFile.Parameters(job.Model));
        if (!_persistent)
        {
            return;
        }

        for (int row = 0; row < job.Batch; row++)
        {
            job.Rows.CopyMeans(row, _chains[row]);
            _rbm.MeanHidden(_chains[row], _chainMeans[row]);
            FloatRbm.Draw(_chainMeans[row], _random[row], _chainHidden[row]);
        }
    }

    /// <inheritdoc/>
    public Timing Run(int first, int count)
    {
        int[] order = job.Orders[first / job.UpdatesOfAnEpoch];
        int start = first % job.UpdatesOfAnEpoch * job.Batch;
        float[][] rows = FloatRbm.Rows(count * job.Batch, job.Model.Visible.Count);
        for (int row = 0; row < rows.Length; row++)
        {
            job.Rows.CopyMeans(order[start + row], rows[row]);
        }

        float[][][] batches = [.. rows.Chunk(job.Batch)];
        return Timing.Of(count, update => Update(batches[update]));
    }

    /// <inheritdoc/>
    public Outcome Finish() => new(_rbm.Parameters, States: null);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Update(float[][] data)
    {
        _rbm.ForEachRow(data.Length, row =>
        {
            _rbm.MeanHidden(data[row], _dataMeans[row]);
            if (!_persistent)
            {
                FloatRbm.Draw(_dataMeans[row], _random[row], _chainHidden[row]);
            }

            for (int sweep = 0; sweep < job.Sweeps; sweep++)
            {
                _rbm.MeanVisible(_chainHidden[row], _chains[row]);
                FloatRbm.Draw(_chains[row], _random[row], _chains[row]);
                _rbm.MeanHidden(_chains[row], _chainMeans[row]);
                if (_persistent || sweep < job.Sweeps - 1)
                {
                    FloatRbm.Draw(_chainMeans[row], _random[row], _chainHidden[row]);
                }
            }
        });
        _rbm.Update(data, _dataMeans, _chains, _chainMeans, (float)(job.Rate / job.Batch));
    }
}
