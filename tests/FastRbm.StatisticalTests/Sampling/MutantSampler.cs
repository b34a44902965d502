using FastRbm.Random;
using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A plain sampler in doubles with one mistake, or none.</summary>
internal sealed class MutantSampler(ReferenceRbm model, Mistake mistake, ulong seed) : IStepSampler
{
    private const double ShortScale = 4096;

    public void Step(int[] visible, int[] hidden, long step)
    {
        for (int chain = 0; chain < visible.Length; chain++)
        {
            int stale = hidden[chain];
            hidden[chain] = Sample(HiddenInputs(visible[chain]), StreamPurpose.HiddenSample, step, chain, toHidden: true);
            int source = mistake == Mistake.StaleHidden ? stale : hidden[chain];
            int next = Sample(VisibleInputs(source), StreamPurpose.VisibleSample, step, chain, toHidden: false);
            visible[chain] = mistake == Mistake.UnitNeverSampled ? (next & ~1) | (visible[chain] & 1) : next;
        }
    }

    private double[] HiddenInputs(int state)
    {
        double[] inputs = new double[model.Hidden];
        for (int j = 0; j < inputs.Length; j++)
        {
            double input = model.HiddenBias[mistake == Mistake.BiasOfNextUnit ? (j + 1) % model.Hidden : j];
            for (int i = 0; i < model.Visible; i++)
            {
                input += (state >> i & 1) != 0 ? model.Weight(i, j) : 0;
            }

            inputs[j] = Change(input);
        }

        return inputs;
    }

    private double[] VisibleInputs(int state)
    {
        double[] inputs = new double[model.Visible];
        for (int i = 0; i < inputs.Length; i++)
        {
            double input = mistake == Mistake.VisibleBiasForgotten ? 0 : model.VisibleBias[i];
            for (int j = 0; j < model.Hidden; j++)
            {
                int unit = mistake == Mistake.WeightsSwapped && i < 2 ? 1 - i : i;
                input += (state >> j & 1) != 0 ? model.Weight(unit, j) : 0;
            }

            inputs[i] = Change(input);
        }

        return inputs;
    }

    private double Change(double input) => mistake switch
    {
        Mistake.InputsScaled => 1.05 * input,
        Mistake.SixteenBitOverflow => unchecked((short)(long)Math.Round(input * ShortScale)) / ShortScale,
        _ => input,
    };

    private int Sample(double[] inputs, StreamPurpose purpose, long step, int chain, bool toHidden)
    {
        RandomStream stream = new(
            seed,
            mistake == Mistake.HalfStepsShareDraws ? StreamPurpose.HiddenSample : purpose,
            mistake == Mistake.StepsShareDraws ? 0 : step,
            mistake == Mistake.ChainsShareDraws ? chain / 2 : chain);
        int state = 0;
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            double uniform = stream.Uniform(mistake == Mistake.UnitsShareDraws ? 0 : unit);
            if (mistake == Mistake.EightBitUniforms)
            {
                uniform = Math.Floor(uniform * 256) / 256;
            }

            bool on = uniform < ReferenceMath.Sigmoid(inputs[unit]);
            if (toHidden && mistake == Mistake.HiddenModeInsteadOfSample)
            {
                on = inputs[unit] > 0;
            }

            bool inverted = unit == 0 && mistake == (toHidden ? Mistake.HiddenUnitInverted : Mistake.VisibleUnitInverted);
            state |= (on ^ inverted ? 1 : 0) << unit;
        }

        return state;
    }
}
