using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Sampling.Subspace;

/// <summary>A plain sampler of a subspace RBM in doubles with one mistake, or none.</summary>
internal sealed class SubspaceMutant(ReferenceSubspace model, SubspaceMistake mistake, ulong seed)
{
    private readonly SplitMix64 _random = new(seed);

    /// <summary>One sweep of one chain.</summary>
    /// <param name="x">Visible states, replaced.</param>
    /// <param name="before">The visible states of the sweep before.</param>
    /// <param name="h">Gates, replaced.</param>
    /// <param name="s">Subspace units, replaced.</param>
    public void Step(bool[] x, bool[] before, bool[] h, bool[] s)
    {
        bool[] seen = mistake == SubspaceMistake.StaleVisible ? before : x;
        for (int j = 0; j < model.Gates; j++)
        {
            double input = model.GateInput(seen, j);
            if (mistake == SubspaceMistake.NoPenalty)
            {
                input += model.Subspaces * Math.Log(2);
            }

            if (mistake == SubspaceMistake.SubspacesOfAnotherDraw)
            {
                // p(h | x, S') with S' drawn as under open gates, forgotten afterwards.
                input = model.GateBias(j);
                for (int k = 0; k < model.Subspaces; k++)
                {
                    input += Draw(ReferenceMath.Sigmoid(model.SubspaceInput(x, j, k))) ? model.SubspaceInput(x, j, k) : 0;
                }
            }

            h[j] = Draw(ReferenceMath.Sigmoid(input));
            for (int k = 0; k < model.Subspaces; k++)
            {
                double own = model.SubspaceInput(x, j, k) - (mistake == SubspaceMistake.SubspaceBiasForgotten ? model.SubspaceBias(j, k) : 0);
                s[model.Unit(j, k)] = Draw(h[j] || mistake == SubspaceMistake.ClosedGatesSeeInputs ? ReferenceMath.Sigmoid(own) : 0.5);
            }
        }

        bool[] open = mistake == SubspaceMistake.GatesDoNotClose ? [.. Enumerable.Repeat(true, model.Gates)] : h;
        for (int i = 0; i < model.Visible; i++)
        {
            x[i] = Draw(model.MeanVisible(open, s, i));
        }
    }

    private bool Draw(double probability) => _random.NextDouble() < probability;
}
