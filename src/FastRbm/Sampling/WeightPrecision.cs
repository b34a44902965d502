namespace FastRbm.Sampling;

/// <summary>How finely the weights are held that chains are sampled with.</summary>
public enum WeightPrecision
{
    /// <summary>The model's own fixed-point copy, finer than a float sum: <see cref="Models.Rbm.FixedPointBits"/> after the point.</summary>
    Full,

    /// <summary>
    /// Weights and biases rounded to as many bits after the point as 16-bit sums allow (<see cref="ChainSet.FixedPointBits"/>, 8 for a
    /// model whose largest sum of absolute weights is 175): about 1.4 times as fast. The chains are exact chains of that
    /// rounded model, whose inputs are off by at most (active units + 1) / 2^(bits + 1).
    /// </summary>
    SixteenBits,
}
