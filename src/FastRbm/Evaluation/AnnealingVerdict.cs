using System.Globalization;

namespace FastRbm.Evaluation;

/// <summary>Whether an estimate by annealing is to be trusted.</summary>
/// <param name="Trusted">True when nothing speaks against it.</param>
/// <param name="Text">Why, in a few plain words: "trust: bracket 0.4 nat".</param>
public sealed record AnnealingVerdict(bool Trusted, string Text)
{
    /// <summary>The least effective sample size, in either direction, of an estimate that is trusted: below, a few lucky runs decide it.</summary>
    public const double LeastEffectiveSampleSize = 10;

    /// <summary>The most nats that forward and reverse estimates of an estimate that is trusted are apart.</summary>
    public const double MostGap = 1;

    /// <summary>The most nats from lower to upper bound, errors included, of an estimate that is trusted.</summary>
    public const double MostBracket = 2;

    /// <summary>Judges runs both ways.</summary>
    /// <param name="forward">Runs to the model.</param>
    /// <param name="reverse">Runs from the model; null if there were none.</param>
    /// <param name="bracket">The upper less the lower bound: negative where they contradict each other.</param>
    /// <returns>The first of these that applies, from the gravest.</returns>
    internal static AnnealingVerdict Of(AnnealingWeights forward, AnnealingWeights? reverse, double bracket)
    {
        if (reverse is null)
        {
            return Doubt("forward runs alone can't show that they missed a part of the model");
        }

        double gap = -reverse.LogMeanWeight - forward.LogMeanWeight;
        if (gap < -MostGap || bracket < 0)
        {
            return Doubt(string.Create(
                CultureInfo.InvariantCulture, $"the reverse estimate is {-gap:F1} nats below the forward one, so its starts are no samples of the model"));
        }

        if (gap > MostGap)
        {
            return Doubt(string.Create(CultureInfo.InvariantCulture, $"the forward and reverse estimates are {gap:F1} nats apart"));
        }

        AnnealingWeights worse = forward.EffectiveSampleSize < reverse.EffectiveSampleSize ? forward : reverse;
        if (worse.EffectiveSampleSize < LeastEffectiveSampleSize)
        {
            return Doubt(string.Create(CultureInfo.InvariantCulture, $"effective sample size {worse.EffectiveSampleSize:F0} of {worse.Runs}"));
        }

        string width = string.Create(CultureInfo.InvariantCulture, $"bracket {bracket:F1} nat");
        return bracket > MostBracket ? Doubt(width + "s") : new AnnealingVerdict(true, "trust: " + width);
    }

    private static AnnealingVerdict Doubt(string reason) => new(false, "do not trust: " + reason);
}
