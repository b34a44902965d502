using FastRbm.Models;

namespace FastRbm.Training.Objectives;

/// <summary>Ratio matching: minus the mean over rows of sum_i g(p(v) / p(v^i))^2 with g(u) = 1 / (1 + u), v^i being v with unit i flipped.</summary>
/// <remarks>Source: Hyvarinen, "Some extensions of score matching" (2007), equation 17: score matching for binary data.</remarks>
/// <param name="rbm">A binary RBM, read at every call.</param>
/// <param name="mostRows">The most rows of a minibatch.</param>
/// <param name="threads">Threads, which don't change the result.</param>
internal sealed class RatioMatchingObjective(Rbm rbm, int mostRows, int threads) : FlipObjective<RatioMatchingTerm>(rbm, mostRows, threads);
