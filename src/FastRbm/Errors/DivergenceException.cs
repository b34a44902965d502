namespace FastRbm.Errors;

/// <summary>A training run was stopped because its parameters ran away; the model holds its last good state again.</summary>
public sealed class DivergenceException : Exception
{
    /// <summary>Describes a diverged run.</summary>
    /// <param name="update">The update after which the guard struck, counted from 1.</param>
    /// <param name="inputBound">The largest absolute input that a unit could then get.</param>
    /// <param name="limit">The limit that it passed.</param>
    /// <param name="lastGoodUpdate">The update whose parameters the model holds again.</param>
    public DivergenceException(long update, double inputBound, double limit, long lastGoodUpdate)
        : this(update, inputBound, lastGoodUpdate, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"inputs of units to stay below {limit}, found {inputBound}"))
    {
    }

    /// <summary>Describes a run whose model is no distribution any more.</summary>
    /// <param name="update">The update after which the guard struck, counted from 1.</param>
    /// <param name="coupling">The largest singular value of the weights over the roots of the precisions.</param>
    /// <param name="lastGoodUpdate">The update whose parameters the model holds again.</param>
    /// <returns>The exception.</returns>
    internal static DivergenceException OfCoupling(long update, double coupling, long lastGoodUpdate) => new(
        update, double.PositiveInfinity, lastGoodUpdate,
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a largest singular value of the weights below 1 between unbounded units, found {coupling}"));

    /// <summary>Describes a run whose loss ran away.</summary>
    /// <param name="update">The update that found it, counted from 1.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="limit">The limit that it passed.</param>
    /// <param name="lastGoodUpdate">The update whose parameters the model holds again.</param>
    /// <param name="advice">A sentence: what to change.</param>
    /// <returns>The exception.</returns>
    internal static DivergenceException OfLoss(long update, double loss, double limit, long lastGoodUpdate, string advice) => new(
        update, loss, lastGoodUpdate, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"a loss of at most {limit}, found {loss}"), advice);

    private DivergenceException(long update, double inputBound, long lastGoodUpdate, string what, string advice = "A smaller learning rate or more weight decay helps.")
        : base(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"training diverged at update {update}: expected {what}; the model is back at update {lastGoodUpdate}. {advice}"))
    {
        Update = update;
        InputBound = inputBound;
        LastGoodUpdate = lastGoodUpdate;
    }

    /// <summary>The update after which the guard struck, counted from 1.</summary>
    public long Update { get; }

    /// <summary>The largest absolute input that a unit could then get; infinite when parameters weren't finite.</summary>
    public double InputBound { get; }

    /// <summary>The update whose parameters the model holds again; 0 is the start.</summary>
    public long LastGoodUpdate { get; }
}
