using FastRbm.Kernels.Elementary;

namespace FastRbm.Models;

/// <summary>Changes of parameters that leave p(v) alone: other numbers for the same distribution.</summary>
/// <remarks>Up to the rounding of floats. Stateless; not while the model is in use.</remarks>
public static class Gauge
{
    /// <summary>
    /// Makes weights and biases of every group of categories sum to zero: what is common to all categories of a group is no property of any, and
    /// goes to the other layer's biases.
    /// </summary>
    /// <remarks>
    /// With exactly one v_k = 1 in a group, W_kj = W'_kj + m_j gives v'W h = v'W' h + m.h. Groups may lie in both layers and in parts of mixed ones.
    /// Source: the zero-sum gauge of Potts models, e.g. Tubiana, Cocco, Monasson (2019), "Learning protein constitutive motifs from sequence data".
    /// </remarks>
    /// <param name="rbm">The model, changed.</param>
    public static void ZeroSum(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        rbm.Edit((weights, visibleBias, hiddenBias) =>
        {
            foreach ((int first, int count) in Groups(rbm.Visible))
            {
                for (int j = 0; j < hiddenBias.Length; j++)
                {
                    double mean = 0;
                    for (int i = first; i < first + count; i++)
                    {
                        mean += (double)weights[i, j] / count;
                    }

                    for (int i = first; i < first + count; i++)
                    {
                        weights[i, j] = (float)(weights[i, j] - mean);
                    }

                    hiddenBias[j] = (float)(hiddenBias[j] + mean);
                }

                Centre(visibleBias.Slice(first, count));
            }

            foreach ((int first, int count) in Groups(rbm.Hidden))
            {
                for (int i = 0; i < visibleBias.Length; i++)
                {
                    Span<float> row = weights.GetRowSpan(i).Slice(first, count);
                    visibleBias[i] = (float)(visibleBias[i] + Centre(row));
                }

                Centre(hiddenBias.Slice(first, count));
            }
        });
    }

    /// <summary>Gives hidden units of real kinds a precision of 1: h = h' / sqrt(exp(l)) with weights and fields that follow.</summary>
    /// <remarks>A density of h changes by a factor that no v depends on. Other kinds stay as they are.</remarks>
    /// <param name="rbm">The model, changed.</param>
    public static void UnitPrecisions(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        int row = rbm.Hidden.Kind switch
        {
            UnitKind.Gaussian or UnitKind.Relu => 1,
            UnitKind.DoubleRelu or UnitKind.SpikeAndSlab => 2,
            _ => -1,
        };
        if (row < 0)
        {
            return;
        }

        double[] scales = new double[rbm.Hidden.Count];
        Span<float> logPrecisions = rbm.Hidden.MutableParameter(row);
        Span<float> thresholds = rbm.Hidden.Kind == UnitKind.DoubleRelu ? rbm.Hidden.MutableParameter(1) : default;
        for (int j = 0; j < scales.Length; j++)
        {
            scales[j] = DoubleMath.Exp(-0.5 * logPrecisions[j]);
            if (!thresholds.IsEmpty)
            {
                thresholds[j] = (float)(thresholds[j] * scales[j]);
            }
        }

        logPrecisions.Clear();
        rbm.Edit((weights, _, hiddenBias) =>
        {
            for (int j = 0; j < scales.Length; j++)
            {
                hiddenBias[j] = (float)(hiddenBias[j] * scales[j]);
                for (int i = 0; i < weights.Height; i++)
                {
                    weights[i, j] = (float)(weights[i, j] * scales[j]);
                }
            }
        });
    }

    private static List<(int First, int Count)> Groups(UnitLayer layer)
    {
        List<(int First, int Count)> groups = [];
        int first = 0;
        foreach (UnitLayer part in layer is MixedLayer mixed ? mixed.Parts : [layer])
        {
            if (part is PottsLayer potts)
            {
                int start = first;
                foreach (int count in potts.Categories)
                {
                    groups.Add((start, count));
                    start += count;
                }
            }

            first += part.Count;
        }

        return groups;
    }

    /// <summary>Takes the mean from all values.</summary>
    /// <returns>The mean.</returns>
    private static double Centre(Span<float> values)
    {
        double mean = 0;
        foreach (float value in values)
        {
            mean += (double)value / values.Length;
        }

        foreach (ref float value in values)
        {
            value = (float)(value - mean);
        }

        return mean;
    }
}
