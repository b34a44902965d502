namespace FastRbm.Models.Networks;

/// <summary>The function of the units of a layer.</summary>
public enum UnitFunction
{
    /// <summary>x.</summary>
    Linear = 0,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>log(1 + exp(x)).</summary>
    Softplus,

    /// <summary>x / (1 + exp(-x)): smooth, and nearly max(x, 0) far from 0.</summary>
    Swish,

    /// <summary>max(x, 0): its slope jumps, so a network of these has an energy with kinks. For classifiers.</summary>
    Relu,
}
