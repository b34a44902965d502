namespace FastRbm.Models.Hopfield;

/// <summary>The order of the units in a sweep of asynchronous recall.</summary>
public enum RecallOrder
{
    /// <summary>From the first to the last.</summary>
    Ascending,

    /// <summary>Drawn anew for each sweep, the same for all probes; the first <see cref="RecallOptions.MostRandomOrders"/> repeat after the last of them.</summary>
    Random,

    /// <summary>As given in <see cref="RecallOptions.GivenOrder"/>, in every sweep.</summary>
    Given,
}
