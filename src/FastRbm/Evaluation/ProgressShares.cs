namespace FastRbm.Evaluation;

/// <summary>One progress over several parts of equal length.</summary>
/// <param name="whole">Who is told.</param>
/// <param name="parts">The number of parts.</param>
internal sealed class ProgressShares(IProgress<double> whole, int parts) : IProgress<double>
{
    private int _done;

    /// <summary>Begins the next part.</summary>
    public void Next() => _done++;

    /// <inheritdoc/>
    public void Report(double value) => whole.Report((_done + value) / parts);
}
