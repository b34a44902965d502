using FastRbm.Random;
using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A plain sampler of p(v | evidence) in doubles with one mistake, or none.</summary>
internal sealed class ConditionalMutant(ReferenceRbm model, ConditionalMistake mistake, ulong seed) : IConditionalSampler
{
    public void Step(IReadOnlyList<ReferenceEvidence> evidence, int[] visible, int[] hidden, long step)
    {
        for (int chain = 0; chain < visible.Length; chain++)
        {
            int other = mistake == ConditionalMistake.StaleMask ? Math.Max(0, chain - 1) : chain;
            ReferenceEvidence known = evidence[chain] with { Clamped = evidence[other].Clamped };
            bool[] state = BinaryStates.FromMask(visible[chain], model.Visible);
            bool[] before = state;
            if (mistake == ConditionalMistake.HiddenDrawnBeforeClamping)
            {
                // Clamped units count as off for the hidden ones.
                before = [.. state.Zip(known.Clamped, static (on, clamped) => on && !clamped)];
            }

            bool[] h = Draw(model.HiddenInputs(before), StreamPurpose.HiddenSample, step, chain);
            double[] inputs = model.VisibleInputs(BinaryStates.ToDoubles(h));
            double shift = Math.Log((1 - known.FlipRate) / known.FlipRate) * mistake switch
            {
                ConditionalMistake.ShiftWithWrongSign => -1,
                ConditionalMistake.ShiftForgotten => 0,
                ConditionalMistake.ShiftTwice => 2,
                _ => 1,
            };
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] += known.Seen[i] ? (known.Values[i] ? shift : -shift) : 0;
            }

            bool[] drawn = Draw(inputs, StreamPurpose.VisibleSample, step, chain);
            for (int i = 0; i < drawn.Length; i++)
            {
                bool held = known.Clamped[i] && !(mistake == ConditionalMistake.ClampedUnitDrawn && i == Array.IndexOf(known.Clamped, true));
                bool value = mistake == ConditionalMistake.ClampedUnitHasOldValue ? state[i] ^ (i == 0) : known.Values[i];
                bool stays = mistake == ConditionalMistake.FreeUnitHeld && i == 1;
                state[i] = mistake == ConditionalMistake.ChannelOnClampedUnits && known.Clamped[i]
                    ? known.Values[i] ^ (Uniform(StreamPurpose.ChainStart, step, chain, i) < known.FlipRate)
                    : held ? value : stays ? state[i] : drawn[i];
            }

            visible[chain] = BinaryStates.ToMask(state);
            hidden[chain] = BinaryStates.ToMask(h);
        }
    }

    private bool[] Draw(double[] inputs, StreamPurpose purpose, long step, int chain) =>
        [.. inputs.Select((input, unit) => Uniform(purpose, step, chain, unit) < ReferenceMath.Sigmoid(input))];

    private double Uniform(StreamPurpose purpose, long step, int chain, int unit) => new RandomStream(seed, purpose, step, chain).Uniform(unit);
}
