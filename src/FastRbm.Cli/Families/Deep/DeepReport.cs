namespace FastRbm.Cli.Families.Deep;

/// <summary>Passes progress on at once, on the thread that reports it.</summary>
internal sealed class DeepReport<T>(Action<T> tell) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => tell(value);
}
