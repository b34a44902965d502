namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A Gibbs sampler under audit: many chains of one model, a step at a time.</summary>
internal interface IStepSampler
{
    /// <summary>One step v to h to v of every chain.</summary>
    /// <param name="visible">Visible states by chain, unit i in bit i; replaced.</param>
    /// <param name="hidden">Hidden states by chain; replaced.</param>
    /// <param name="step">The number of the step.</param>
    void Step(int[] visible, int[] hidden, long step);
}
