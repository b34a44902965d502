namespace FastRbm.Models.Hopfield;

/// <summary>Which units are updated together.</summary>
public enum RecallMode
{
    /// <summary>One after the other, each with what the ones before have become: the energy never rises.</summary>
    Asynchronous,

    /// <summary>All at once: ends in a fixed point or in a two-cycle when couplings are symmetric.</summary>
    Synchronous,
}
