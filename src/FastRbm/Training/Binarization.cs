namespace FastRbm.Training;

/// <summary>What becomes of visible values between 0 and 1. Data that are 0 or 1 are the same in all three.</summary>
public enum Binarization
{
    /// <summary>A unit is on if its value is at least one half.</summary>
    Threshold = 0,

    /// <summary>A unit is on with its value as probability, drawn afresh in every epoch.</summary>
    Sample,

    /// <summary>Values are means: the positive phase uses them as they are.</summary>
    None,
}
