using FastRbm.Errors;

namespace FastRbm.Training.Objectives;

/// <summary>The shares of rows in a weighted mean.</summary>
internal static class RowShares
{
    /// <summary>shares[r] = rowWeights[r] / (sum of the weights, in double, ascending).</summary>
    /// <param name="rowWeights">A weight a row, or empty for equal ones.</param>
    /// <param name="shares">A share a row, at least one, written.</param>
    /// <exception cref="ArgumentException">There are neither none nor as many weights as rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The weights aren't finite, or their sum isn't above zero.</exception>
    public static void Set(ReadOnlySpan<float> rowWeights, Span<double> shares)
    {
        if (rowWeights.IsEmpty)
        {
            shares.Fill(1.0 / shares.Length);
            return;
        }

        Throw.IfLengthDiffers(rowWeights.Length, shares.Length, nameof(rowWeights));
        double total = 0;
        foreach (float weight in rowWeights)
        {
            total += weight;
        }

        if (!(total > 0 && double.IsFinite(total)))
        {
            Throw.OutOfRange(nameof(rowWeights), "finite weights that sum to more than zero", total);
        }

        for (int row = 0; row < shares.Length; row++)
        {
            shares[row] = rowWeights[row] / total;
        }
    }
}
