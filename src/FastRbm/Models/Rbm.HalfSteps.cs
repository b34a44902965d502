using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;

namespace FastRbm.Models;

/// <content>Half steps between layers whose states are bits.</content>
public sealed partial class Rbm
{
    /// <summary>From fixed point to inputs in natural units.</summary>
    internal float InputScale(bool toHidden) => FixedPoint.InputScale(toHidden);

    /// <summary>
    /// What a half step in one direction reads; no output is asked for yet. Its inputs are log p(1) / p(0) of the target units' bits,
    /// for spins twice their inputs.
    /// </summary>
    internal unsafe HalfStepArguments HalfStepFrom(bool toHidden) => new()
    {
        Panels = toHidden ? FixedPoint.HiddenPanels : FixedPoint.VisiblePanels,
        Bias = toHidden ? FixedPoint.HiddenBias : FixedPoint.VisibleBias,
        SourceUnits = toHidden ? Visible.Count : Hidden.Count,
        TargetUnits = toHidden ? Hidden.Count : Visible.Count,
        InverseScale = FixedPoint.BitScale(toHidden),
    };

    /// <summary>Refuses a model that isn't binary on both sides.</summary>
    internal void RequireBinary(string name)
    {
        if (Visible.Kind != UnitKind.Binary || Hidden.Kind != UnitKind.Binary)
        {
            Errors.Throw.Argument(name, "binary units (RbmParameters.From makes them of spins)", $"{Visible.Name} and {Hidden.Name} units");
        }
    }

    /// <summary>Whether the target units' bits aren't drawn one by one, so that <see cref="RunHalfStep"/> needs room for inputs.</summary>
    internal bool NeedsInputs(bool toHidden) => !(toHidden ? Hidden : Visible).BitsAreIndependent;

    /// <summary>Runs rows first to end - 1 of a half step: states and fixed-point means of whatever kind the target units are.</summary>
    /// <param name="arguments">What to read and write.</param>
    /// <param name="toHidden">The direction.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">One past the last row.</param>
    /// <param name="scratch">This thread's scratch.</param>
    /// <param name="inputs">Room for the inputs of row 0 of the arrays; where <see cref="NeedsInputs"/>, else null.</param>
    /// <param name="inputStride">Floats from one row of inputs to the next.</param>
    internal unsafe void RunHalfStep(
        in HalfStepArguments arguments, bool toHidden, int first, int end, int* scratch, float* inputs, int inputStride)
    {
        if (!NeedsInputs(toHidden))
        {
            HalfStep.Run(SimdSelection.Current, arguments, first, end, scratch);
            return;
        }

        UnitLayer target = toHidden ? Hidden : Visible;
        HalfStepArguments sums = arguments;
        sums.States = null;
        sums.FixedMeans = null;
        sums.Inputs = inputs;
        sums.InputStride = inputStride;
        HalfStep.Run(SimdSelection.Current, sums, first, end, scratch);
        int words = BitMatrix.WordsFor(target.Count);
        for (int row = first; row < end; row++)
        {
            ReadOnlySpan<float> rowInputs = new(inputs + ((nint)row * inputStride), target.Count);
            if (arguments.States != null)
            {
                long chain = arguments.FirstChain + row;
                target.SampleBits(rowInputs, arguments.Draws.ForChain(chain), arguments.Ties.ForChain(chain), new Span<ulong>(arguments.States + ((nint)row * words), words));
            }

            if (arguments.FixedMeans != null)
            {
                target.FixedMeans(rowInputs, arguments.FixedMeanScale, arguments.FixedMeans, arguments.FixedMeanRows, row);
            }
        }
    }
}
