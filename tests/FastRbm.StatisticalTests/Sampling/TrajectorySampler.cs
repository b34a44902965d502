using FastRbm.Reference;
using FastRbm.Sampling;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary><see cref="TrajectoryChains"/> under audit.</summary>
internal sealed class TrajectorySampler : ITrajectorySampler, IDisposable
{
    private readonly TrajectoryChains _chains;

    public TrajectorySampler(ReferenceRbm[] models, ulong seed)
    {
        TrajectoryLadder ladder = new(AuditModels.Engine(models[0]));
        foreach (ReferenceRbm model in models[1..])
        {
            ladder.Add(AuditModels.Engine(model));
        }

        _chains = new TrajectoryChains(ladder, TrajectoryAudit.Chains, seed, threads: 2);
    }

    public void Step(int[][] states, long step)
    {
        Assert.Equal(step, _chains.Sweeps);
        for (int model = 0; model < states.Length; model++)
        {
            for (int chain = 0; chain < states[model].Length; chain++)
            {
                _chains.VisibleOf(model).Row(chain)[0] = (ulong)states[model][chain];
            }
        }

        _chains.Run(1);
        for (int model = 0; model < states.Length; model++)
        {
            ProductionSampler.Unpack(_chains.VisibleOf(model), states[model]);
        }
    }

    public void Dispose() => _chains.Dispose();
}
