using FastRbm.Models;

namespace FastRbm.Training.Objectives;

/// <summary>The pseudo-likelihood: mean over rows of sum_i log p(v_i | all other visible units).</summary>
/// <remarks>Source: Besag, "Statistical analysis of non-lattice data" (1975); for RBMs Marlin et al., "Inductive principles for
/// restricted Boltzmann machine learning" (2010), section 4.</remarks>
/// <param name="rbm">A binary RBM, read at every call.</param>
/// <param name="mostRows">The most rows of a minibatch.</param>
/// <param name="threads">Threads, which don't change the result.</param>
internal sealed class PseudoLikelihoodObjective(Rbm rbm, int mostRows, int threads)
    : FlipObjective<PseudoLikelihoodTerm>(rbm, mostRows, threads);
