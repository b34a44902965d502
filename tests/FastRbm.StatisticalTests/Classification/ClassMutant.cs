using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Classification;

/// <summary>A plain sampler of (v,y) in doubles with one mistake, or none.</summary>
internal sealed class ClassMutant(ReferenceClassification model, ClassMistake mistake, ulong seed)
{
    private readonly SplitMix64 _random = new(seed);

    /// <summary>One step, (v,y) to h to (v,y), of chains in their states v * classes + y.</summary>
    public void Step(int[] states, bool held)
    {
        for (int chain = 0; chain < states.Length; chain++)
        {
            states[chain] = Step(states[chain], held);
        }
    }

    private int Step(int state, bool held)
    {
        int label = state % model.Classes;
        double[] v = ReferenceClassification.Values(state / model.Classes, model.Visible);
        int h = 0;
        for (int j = 0; j < model.Hidden; j++)
        {
            double input = HiddenBias(j) + (mistake == ClassMistake.ClassIgnoredGoingUp ? 0 : ClassWeight(mistake == ClassMistake.WeightsOfNextClass ? (label + 1) % model.Classes : label, j));
            for (int i = 0; i < model.Visible; i++)
            {
                input += v[i] * model.Parameters[(i * model.Hidden) + j];
            }

            h |= (_random.NextBool(ReferenceMath.Sigmoid(input)) ? 1 : 0) << j;
        }

        if (mistake == ClassMistake.StaleHidden)
        {
            h &= ~1;
        }

        int visible = 0;
        for (int i = 0; i < model.Visible; i++)
        {
            double input = model.Parameters[((model.Visible + model.Classes) * model.Hidden) + i];
            for (int j = 0; j < model.Hidden; j++)
            {
                input += (h >> j & 1) * model.Parameters[(i * model.Hidden) + j];
            }

            visible |= (_random.NextBool(ReferenceMath.Sigmoid(input)) ? 1 : 0) << i;
        }

        int next = held && mistake != ClassMistake.HeldClassRedrawn ? label : Draw(h);
        return (visible * model.Classes) + next;
    }

    private int Draw(int h)
    {
        double[] weights = [.. Enumerable.Range(0, model.Classes).Select(y => Math.Exp(
            (mistake == ClassMistake.ClassBiasForgotten ? 0 : model.Parameters[((model.Visible + model.Classes) * model.Hidden) + model.Visible + y])
            + Enumerable.Range(0, model.Hidden).Sum(j => (h >> j & 1) * ClassWeight(y, j))))];
        if (mistake == ClassMistake.MostLikelyClass)
        {
            return Array.IndexOf(weights, weights.Max());
        }

        if (mistake == ClassMistake.ClassesNotNormalised)
        {
            // Each class by itself, the first that comes up.
            for (int y = 0; y < weights.Length - 1; y++)
            {
                if (_random.NextBool(weights[y] / (1 + weights[y])))
                {
                    return y;
                }
            }

            return weights.Length - 1;
        }

        double sum = weights.Sum();
        return _random.NextCell([.. weights.Select(weight => weight / sum)]);
    }

    private double ClassWeight(int y, int j) => model.Parameters[((model.Visible + y) * model.Hidden) + j];

    private double HiddenBias(int j) => model.Parameters[((model.Visible + model.Classes) * model.Hidden) + model.Visible + model.Classes + j];
}
