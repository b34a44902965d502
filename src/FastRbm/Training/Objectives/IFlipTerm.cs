namespace FastRbm.Training.Objectives;

/// <summary>What one flip adds to an objective, as a function phi of d = F(v) - F(v with the unit flipped).</summary>
internal interface IFlipTerm
{
    /// <summary>phi and its derivative.</summary>
    /// <param name="difference">d in nats, finite.</param>
    /// <param name="value">phi(d), finite.</param>
    /// <param name="slope">phi'(d), finite as a float too.</param>
    static abstract void Evaluate(double difference, out double value, out double slope);
}
