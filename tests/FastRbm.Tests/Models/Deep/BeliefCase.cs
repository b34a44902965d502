using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Deep;

/// <summary>A tiny deep belief network, as the library and as the reference have it.</summary>
internal sealed class BeliefCase
{
    public BeliefCase(ulong seed, params int[] layers)
    {
        SplitMix64 random = new(seed);
        Network = new DeepBeliefNetwork(layers);
        List<ReferenceRbm> references = [];
        foreach (Rbm machine in Network.Machines)
        {
            double[,] weights = new double[machine.Visible.Count, machine.Hidden.Count];
            machine.Edit((w, a, b) =>
            {
                foreach (ref float value in w)
                {
                    value = Sixteenths(random);
                }

                for (int i = 0; i < a.Length; i++)
                {
                    a[i] = Sixteenths(random);
                    for (int j = 0; j < b.Length; j++)
                    {
                        weights[i, j] = w[i, j];
                    }
                }

                for (int j = 0; j < b.Length; j++)
                {
                    b[j] = Sixteenths(random);
                }
            });
            references.Add(new ReferenceRbm(weights, DeepCase.Doubles(machine.Visible.Bias), DeepCase.Doubles(machine.Hidden.Bias)));
        }

        Reference = new ReferenceBelief(references);
    }

    public DeepBeliefNetwork Network { get; }

    public ReferenceBelief Reference { get; }

    private static float Sixteenths(SplitMix64 random) => MathF.Round((float)random.NextDouble(-1.5, 1.5) * 16) / 16;
}
