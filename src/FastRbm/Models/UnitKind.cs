namespace FastRbm.Models;

/// <summary>What a unit's states are.</summary>
public enum UnitKind
{
    /// <summary>0 or 1.</summary>
    Binary = 0,
}
