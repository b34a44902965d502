namespace FastRbm.Reference;

/// <summary>A deep belief network of a few binary units by the book: the topmost RBM's distribution of its visible layer, and sigmoid layers below it, by enumeration.</summary>
/// <param name="machines">The machines, the lowest first.</param>
public sealed class ReferenceBelief(IReadOnlyList<ReferenceRbm> machines)
{
    /// <summary>The distribution of a layer below the topmost: 0 for the visible one.</summary>
    public double[] Probabilities(int layer)
    {
        if (layer == machines.Count - 1)
        {
            return machines[^1].VisibleProbabilities();
        }

        double[] above = Probabilities(layer + 1);
        double[] p = new double[1 << machines[layer].Visible];
        for (int h = 0; h < above.Length; h++)
        {
            for (int v = 0; v < p.Length; v++)
            {
                p[v] += above[h] * Down(layer, v, h);
            }
        }

        return p;
    }

    /// <summary>p(layer = v | the layer above = h).</summary>
    public double Down(int layer, int v, int h) => Product(machines[layer].MeanVisible(BinaryStates.FromMask(h, machines[layer].Hidden)), v);

    /// <summary>q(the layer above = h | layer = v).</summary>
    public double Up(int layer, int v, int h) => Product(machines[layer].MeanHidden(BinaryStates.FromMask(v, machines[layer].Visible)), h);

    /// <summary>The variational bound on log p(v), of two machines: over all states of the layer between them.</summary>
    public double Bound(int v)
    {
        double[] prior = machines[1].VisibleProbabilities();
        double sum = 0;
        for (int h = 0; h < prior.Length; h++)
        {
            double q = Up(0, v, h);
            sum += q * (Math.Log(Down(0, v, h)) + Math.Log(prior[h]) - Math.Log(q));
        }

        return sum;
    }

    private static double Product(double[] means, int state)
    {
        double p = 1;
        for (int unit = 0; unit < means.Length; unit++)
        {
            p *= ((state >> unit) & 1) == 1 ? means[unit] : 1 - means[unit];
        }

        return p;
    }
}
