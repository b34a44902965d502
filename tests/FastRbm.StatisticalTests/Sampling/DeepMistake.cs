namespace FastRbm.StatisticalTests.Sampling;

/// <summary>Mistakes that samplers of deep Boltzmann machines are likely to have.</summary>
public enum DeepMistake
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Even layers are drawn given the odd ones as they were before.</summary>
    StaleLayer,

    /// <summary>Biases of both RBMs that a layer belongs to are added.</summary>
    DoubledBiases,

    /// <summary>Inputs are doubled as in the pass upwards that mean field starts from.</summary>
    DoubledInputs,

    /// <summary>The layer below the top gets nothing from it.</summary>
    NothingFromAbove,
}
