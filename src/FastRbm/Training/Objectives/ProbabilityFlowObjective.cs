using FastRbm.Models;

namespace FastRbm.Training.Objectives;

/// <summary>
/// Minimum probability flow to states one flip away: -K with K = mean over rows of sum_i exp((F(v) - F(v^i)) / 2), v^i being v with unit
/// i flipped. Where (F(v) - F(v^i)) / 2 is above <see cref="ProbabilityFlowTerm.Bend"/> the exponential goes on as its tangent.
/// </summary>
/// <remarks>Flow counts to all neighbours, those that are rows of the data as well. Source: Sohl-Dickstein, Battaglino and DeWeese,
/// "Minimum probability flow learning" (2011), equation 13.</remarks>
/// <param name="rbm">A binary RBM, read at every call.</param>
/// <param name="mostRows">The most rows of a minibatch.</param>
/// <param name="threads">Threads, which don't change the result.</param>
internal sealed class ProbabilityFlowObjective(Rbm rbm, int mostRows, int threads) : FlipObjective<ProbabilityFlowTerm>(rbm, mostRows, threads);
