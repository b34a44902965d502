using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary><see cref="TemperedChains"/> under audit.</summary>
internal sealed class TemperedChainsSampler : ITemperedSampler, IDisposable
{
    private readonly TemperedCase _audited;
    private readonly TemperedChains _chains;

    public TemperedChainsSampler(TemperedCase audited, ulong seed)
    {
        _audited = audited;
        _chains = new TemperedChains(
            AuditModels.Engine(audited.Model), TemperedAudit.Chains, new TemperatureLadder(audited.Betas), seed, threads: 2,
            Array.ConvertAll(audited.BaseVisibleBias, static bias => (float)bias));
    }

    public void Start(int[][] visible, int[][] hidden) => _chains.StartFrom(new Starts(visible, _audited.Model.Visible));

    public void Step(int[][] visible, int[][] hidden)
    {
        _chains.Run(1);
        BitMatrix v = new(TemperedAudit.Chains, _audited.Model.Visible);
        BitMatrix h = new(TemperedAudit.Chains, _audited.Model.Hidden);
        for (int level = 0; level < _audited.Levels; level++)
        {
            _chains.CopyLevel(level, v, h);
            ProductionSampler.Unpack(v, visible[level]);
            ProductionSampler.Unpack(h, hidden[level]);
        }
    }

    public void Dispose() => _chains.Dispose();

    /// <summary>Rows in the order that chains start at them: the coldest level of all chains first.</summary>
    private sealed class Starts(int[][] states, int units) : IVisibleRows
    {
        public int Rows => states.Length * TemperedAudit.Chains;

        public int Columns => units;

        public bool IsBinary => true;

        public void CopyBits(int row, Span<ulong> destination) =>
            destination[0] = (ulong)states[states.Length - 1 - (row / TemperedAudit.Chains)][row % TemperedAudit.Chains];

        public void CopyMeans(int row, Span<float> destination) => throw new NotSupportedException();
    }
}
