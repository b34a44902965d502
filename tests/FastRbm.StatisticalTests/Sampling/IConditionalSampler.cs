using FastRbm.Reference;

namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A sampler of p(v | evidence) under audit: many chains of one model, each with evidence, a step at a time.</summary>
internal interface IConditionalSampler
{
    /// <summary>One step v to h to v of every chain.</summary>
    /// <param name="evidence">What is known of each chain.</param>
    /// <param name="visible">Visible states by chain, unit i in bit i; replaced.</param>
    /// <param name="hidden">Hidden states by chain; replaced.</param>
    /// <param name="step">The number of the step.</param>
    void Step(IReadOnlyList<ReferenceEvidence> evidence, int[] visible, int[] hidden, long step);
}
