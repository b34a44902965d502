namespace FastRbm.StatisticalTests.Sampling;

/// <summary>A sampler of several models with exchanges, under audit: many chains, a step at a time.</summary>
internal interface ITrajectorySampler
{
    /// <summary>One step of every chain: sweeps, exchanges of even pairs, exchanges of odd pairs.</summary>
    /// <param name="states">Visible states [model][chain], unit i in bit i; replaced.</param>
    /// <param name="step">The number of the step.</param>
    void Step(int[][] states, long step);
}
