using FastRbm.Models;
using FastRbm.Reference;
using FastRbm.Sampling;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary><see cref="ChainSet"/> under audit.</summary>
internal sealed class ChainSetSampler : IStepSampler, IDisposable
{
    private readonly ReferenceRbm _model;
    private readonly ChainSet _chains;

    public ChainSetSampler(ReferenceRbm model, ulong seed)
    {
        _model = model;
        _chains = new ChainSet(AuditModels.Engine(model), SamplerAudit.Chains, seed, threads: 2);
    }

    public void Step(int[] visible, int[] hidden, long step)
    {
        Assert.Equal(step, _chains.Sweeps);
        _chains.StartFrom(new States(visible, _model.Visible));
        _chains.Run(1);
        ProductionSampler.Unpack(_chains.Visible, visible);
        ProductionSampler.Unpack(_chains.Hidden, hidden);
    }

    public void Dispose() => _chains.Dispose();

    private sealed class States(int[] states, int units) : IVisibleRows
    {
        public int Rows => states.Length;

        public int Columns => units;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = (ulong)states[row];

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();
    }
}
