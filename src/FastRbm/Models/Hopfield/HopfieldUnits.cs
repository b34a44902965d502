namespace FastRbm.Models.Hopfield;

/// <summary>The values that units of a Hopfield network have.</summary>
public enum HopfieldUnits
{
    /// <summary>-1 and 1; a bit that is on is 1.</summary>
    Spin,

    /// <summary>0 and 1.</summary>
    Binary,
}
