using FastRbm.Reference;
using FastRbm.Sampling;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary><see cref="ConditionalChains"/> under audit.</summary>
internal sealed class ConditionalChainsSampler(ReferenceRbm model, ulong seed) : IConditionalSampler, IDisposable
{
    private readonly ConditionalChains _chains = new(AuditModels.Engine(model), ConditionalAudit.Chains, seed, threads: 2);

    public void Step(IReadOnlyList<ReferenceEvidence> evidence, int[] visible, int[] hidden, long step)
    {
        for (int chain = 0; chain < visible.Length; chain++)
        {
            _chains.Release(chain);
            ulong values = Mask(evidence[chain].Values);
            _chains.Observe(chain, [Mask(evidence[chain].Seen)], [values], evidence[chain].FlipRate);
            _chains.Clamp(chain, [Mask(evidence[chain].Clamped)], [values]);
            _chains.Start(chain, [(ulong)visible[chain]]);
        }

        _chains.Run(1);
        ProductionSampler.Unpack(_chains.Visible, visible);
        ProductionSampler.Unpack(_chains.Hidden, hidden);
    }

    public void Dispose() => _chains.Dispose();

    private static ulong Mask(bool[] units) => (ulong)BinaryStates.ToMask(units);
}
