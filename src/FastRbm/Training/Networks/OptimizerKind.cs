namespace FastRbm.Training.Networks;

/// <summary>The rule by which the parameters of a network move.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam = 0,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Momentum,

    /// <summary>Stochastic gradient descent with Nesterov's momentum.</summary>
    Nesterov,
}
