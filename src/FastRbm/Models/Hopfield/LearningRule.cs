namespace FastRbm.Models.Hopfield;

/// <summary>Where the weights of a Hopfield network come from. Patterns are spins x = -1, 1 in all rules, whatever the units are.</summary>
public enum LearningRule
{
    /// <summary>Weights that were given.</summary>
    Given,

    /// <summary>w_ij = 1/N sum_p x_i^p x_j^p: integers over N.</summary>
    /// <remarks>Source: Hopfield, "Neural networks and physical systems with emergent collective computational abilities" (PNAS 1982), equation 2.</remarks>
    Hebb,

    /// <summary>
    /// Pattern by pattern, w_ij += 1/N (x_i x_j - x_i h_ji - h_ij x_j) with the local fields h_ij = sum_{k not i, j} w_ik x_k of the weights so far.
    /// </summary>
    /// <remarks>Source: Storkey, "Increasing the capacity of a Hopfield network without sacrificing functionality" (ICANN 1997).</remarks>
    Storkey,

    /// <summary>The projection on the patterns: w_ij = 1/N sum_pq x_i^p (C^-1)_pq x_j^q with C_pq = x^p . x^q / N, for linearly independent patterns.</summary>
    /// <remarks>Source: Personnaz, Guyon and Dreyfus, "Information storage and retrieval in spin-glass like neural networks" (J. Physique Lett. 1985).</remarks>
    PseudoInverse,
}
