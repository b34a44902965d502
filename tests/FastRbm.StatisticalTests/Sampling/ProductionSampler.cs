using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary><see cref="Rbm.GibbsStep(FastRbm.Memory.BitMatrix, FastRbm.Memory.BitMatrix, RandomKey, RbmWorkspace)"/> under audit.</summary>
internal sealed class ProductionSampler(ReferenceRbm model, ulong seed) : IStepSampler
{
    private readonly Rbm _rbm = AuditModels.Engine(model);

    public void Step(int[] visible, int[] hidden, long step)
    {
        BitMatrix v = Pack(visible, model.Visible);
        BitMatrix h = Pack(hidden, model.Hidden);
        _rbm.GibbsStep(v, h, new RandomKey(seed, step), new RbmWorkspace(_rbm));
        Unpack(v, visible);
        Unpack(h, hidden);
    }

    public static BitMatrix Pack(int[] states, int units)
    {
        BitMatrix bits = new(states.Length, units);
        for (int chain = 0; chain < states.Length; chain++)
        {
            bits.Row(chain)[0] = (ulong)states[chain];
        }

        return bits;
    }

    public static void Unpack(BitMatrix bits, int[] states)
    {
        for (int chain = 0; chain < states.Length; chain++)
        {
            states[chain] = (int)bits.Row(chain)[0];
        }
    }
}
