using FastRbm.Benchmarks.Comparison.Jobs;
using FastRbm.Memory;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>Gibbs chains over float rows.</summary>
/// <param name="job">The job.</param>
/// <param name="create">Makes a model from parameters.</param>
internal sealed class FloatChains(SamplingJob job, Func<float[], FloatRbm> create) : IContestant
{
    private readonly FloatRbm _rbm = create(RawFile.Parameters(job.Model));
    private readonly float[][] _visible = FloatRbm.Rows(job.Chains, job.Model.Visible.Count);
    private readonly float[][] _hidden = FloatRbm.Rows(job.Chains, job.Model.Hidden.Count);
    private readonly Xoshiro[] _random = [.. Enumerable.Range(0, job.Chains).Select(static chain => new Xoshiro((uint)chain))];

    /// <inheritdoc/>
    public void Begin()
    {
        for (int chain = 0; chain < job.Chains; chain++)
        {
            job.Starts.CopyMeans(chain % job.Starts.Rows, _visible[chain]);
        }
    }

    /// <inheritdoc/>
    public Timing Run(int first, int count) => Timing.Of(count, _ => _rbm.ForEachRow(job.Chains, Sweep));

    /// <inheritdoc/>
    public Outcome Finish()
    {
        BitMatrix states = new(job.Chains, job.Model.Visible.Count);
        for (int chain = 0; chain < states.Rows; chain++)
        {
            for (int unit = 0; unit < states.Columns; unit++)
            {
                states[chain, unit] = _visible[chain][unit] != 0;
            }
        }

        return new Outcome(Parameters: null, states);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Sweep(int chain)
    {
        float[] visible = _visible[chain];
        float[] hidden = _hidden[chain];
        _rbm.MeanHidden(visible, hidden);
        FloatRbm.Draw(hidden, _random[chain], hidden);
        _rbm.MeanVisible(hidden, visible);
        FloatRbm.Draw(visible, _random[chain], visible);
    }
}
