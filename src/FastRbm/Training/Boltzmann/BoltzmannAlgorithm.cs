namespace FastRbm.Training.Boltzmann;

/// <summary>What the training of a Boltzmann machine ascends.</summary>
public enum BoltzmannAlgorithm
{
    /// <summary>The log-likelihood, its moments by going through all states: small machines.</summary>
    ExactLikelihood,

    /// <summary>The log-likelihood, its moments from persistent chains (Tieleman 2008; Younes 1989).</summary>
    PersistentChains,

    /// <summary>The pseudo-likelihood, sum over units of log p(x_i | all others), with its exact gradient (Besag 1975).</summary>
    PseudoLikelihood,

    /// <summary>
    /// Minus the minimum probability flow, sum over states x' one flip from the data of exp((E(x) - E(x')) / 2), with its exact gradient
    /// (Sohl-Dickstein, Battaglino and DeWeese 2011, equation 13). States x' that are data themselves count too, which keeps it consistent.
    /// </summary>
    ProbabilityFlow,
}
