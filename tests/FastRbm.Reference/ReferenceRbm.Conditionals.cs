namespace FastRbm.Reference;

/// <content>Distributions given what is known of the visible units, by Bayes's rule over every state.</content>
public sealed partial class ReferenceRbm
{
    /// <summary>p(v, h | evidence) = p(v, h) p(evidence | v) / p(evidence), [mask of v, mask of h].</summary>
    public double[,] JointProbabilities(ReferenceEvidence evidence)
    {
        double[,] table = JointProbabilities();
        double total = 0;
        for (int v = 0; v < table.GetLength(0); v++)
        {
            for (int h = 0; h < table.GetLength(1); h++)
            {
                table[v, h] *= evidence.Likelihood(BinaryStates.FromMask(v, Visible));
                total += table[v, h];
            }
        }

        for (int v = 0; v < table.GetLength(0); v++)
        {
            for (int h = 0; h < table.GetLength(1); h++)
            {
                table[v, h] /= total;
            }
        }

        return table;
    }

    /// <summary>p(v | evidence) for every mask of v.</summary>
    public double[] VisibleProbabilities(ReferenceEvidence evidence)
    {
        double[,] joint = JointProbabilities(evidence);
        double[] sums = new double[joint.GetLength(0)];
        for (int v = 0; v < sums.Length; v++)
        {
            for (int h = 0; h < joint.GetLength(1); h++)
            {
                sums[v] += joint[v, h];
            }
        }

        return sums;
    }

    /// <summary>
    /// v -> h -> v' with evidence: K(v,v') = sum_h p(h|v) p(v'|h, evidence), where p(v'|h, evidence) is p(v'|h) p(evidence|v') made to sum
    /// to 1. Nothing is said of shifted biases.
    /// </summary>
    public double[,] VisibleTransitions(ReferenceEvidence evidence)
    {
        double[,] hidden = HiddenConditionals();
        double[,] visible = VisibleConditionals();
        for (int h = 0; h < visible.GetLength(0); h++)
        {
            double total = 0;
            for (int v = 0; v < visible.GetLength(1); v++)
            {
                visible[h, v] *= evidence.Likelihood(BinaryStates.FromMask(v, Visible));
                total += visible[h, v];
            }

            for (int v = 0; v < visible.GetLength(1); v++)
            {
                visible[h, v] /= total;
            }
        }

        return Product(hidden, visible);
    }

    /// <summary>-log of the sum of exp(-F(v)) over all v that agree with the known values: F of a partly observed row.</summary>
    /// <param name="known">Which values are known.</param>
    /// <param name="values">The values; unknown ones have no meaning.</param>
    public double FreeEnergy(bool[] known, bool[] values)
    {
        List<double> terms = [];
        foreach (bool[] visible in BinaryStates.All(Visible))
        {
            bool agrees = true;
            for (int i = 0; i < Visible; i++)
            {
                agrees &= !known[i] || visible[i] == values[i];
            }

            if (agrees)
            {
                terms.Add(-FreeEnergy(visible));
            }
        }

        return -ReferenceMath.LogSumExp([.. terms]);
    }
}
