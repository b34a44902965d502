namespace FastRbm.Training;

/// <summary>How a gradient becomes a change of the parameters.</summary>
public enum StepRule
{
    /// <summary>velocity = momentum velocity + rate gradient; the change is the velocity.</summary>
    Momentum = 0,

    /// <summary>
    /// Adam: the running mean of the gradient over the root of that of its square (Kingma and Ba 2015), with decay apart from both
    /// (Loshchilov and Hutter 2019). Momentum is beta1.
    /// </summary>
    Adam,
}
