namespace FastRbm.Sampling.Networks;

/// <summary>How a Langevin chain moves.</summary>
public enum LangevinAlgorithm
{
    /// <summary>Every step is taken: biased by the step size, and at another temperature when the noise isn't sqrt(2 step size).</summary>
    Unadjusted = 0,

    /// <summary>A step is a proposal that is accepted or rejected (Metropolis): exact for any step size.</summary>
    Metropolis,
}
