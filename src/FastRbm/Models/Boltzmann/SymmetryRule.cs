namespace FastRbm.Models.Boltzmann;

/// <summary>What becomes of a matrix of couplings that isn't symmetric or has a diagonal.</summary>
public enum SymmetryRule
{
    /// <summary>It is refused, with the place.</summary>
    Refuse,

    /// <summary>
    /// It is replaced by (W + W') / 2 and the diagonal moves to where it does the same: x_i W_ii x_i is the bias W_ii of a binary unit
    /// and a constant of a spin, so that the distribution stays.
    /// </summary>
    Symmetrise,
}
