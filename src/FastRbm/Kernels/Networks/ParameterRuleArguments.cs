namespace FastRbm.Kernels.Networks;

/// <summary>The numbers of one step of all parameters.</summary>
internal struct ParameterRuleArguments
{
    /// <summary>The step; for Adam over 1 - beta1^t.</summary>
    public float Rate;

    /// <summary>What a parameter's own value adds to its gradient.</summary>
    public float Decay;

    /// <summary>Momentum, or Adam's 1 - beta1.</summary>
    public float First;

    /// <summary>Adam's 1 - beta2.</summary>
    public float Second;

    /// <summary>Adam's 1 / sqrt(1 - beta2^t).</summary>
    public float Correction;

    /// <summary>Adam's epsilon.</summary>
    public float Epsilon;

    /// <summary>1 - the decay of the running average of parameters.</summary>
    public float Average;
}
