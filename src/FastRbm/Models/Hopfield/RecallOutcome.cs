namespace FastRbm.Models.Hopfield;

/// <summary>How the recall of a probe ended.</summary>
public enum RecallOutcome
{
    /// <summary>In a state that no update changes.</summary>
    Settled,

    /// <summary>In two states that follow each other for ever; the later one is the result. Only by synchronous recall.</summary>
    TwoCycle,

    /// <summary>At the sweep limit, with units that still want to flip.</summary>
    Limit,
}
