namespace FastRbm.Reference;

/// <summary>What is known of visible units: the values of some, and values of others that were flipped with a probability.</summary>
/// <param name="Clamped">Which units have a known value.</param>
/// <param name="Seen">Which other units were seen through the channel.</param>
/// <param name="Values">The known and the seen values; others have no meaning.</param>
/// <param name="FlipRate">The probability that a seen value isn't the unit's.</param>
public sealed record ReferenceEvidence(bool[] Clamped, bool[] Seen, bool[] Values, double FlipRate)
{
    /// <summary>p(evidence | v): 0 where a clamped unit differs, else a factor for each seen unit.</summary>
    public double Likelihood(bool[] visible)
    {
        double likelihood = 1;
        for (int i = 0; i < visible.Length; i++)
        {
            bool same = visible[i] == Values[i];
            if (Clamped[i])
            {
                likelihood *= same ? 1 : 0;
            }
            else if (Seen[i])
            {
                likelihood *= same ? 1 - FlipRate : FlipRate;
            }
        }

        return likelihood;
    }
}
