namespace FastRbm.Training;

/// <summary>How the learning rate moves from the first update to the last.</summary>
public enum ScheduleShape
{
    /// <summary>It stays.</summary>
    Constant = 0,

    /// <summary>In a straight line.</summary>
    Linear,

    /// <summary>By a constant factor an update.</summary>
    Exponential,

    /// <summary>Along half a cosine.</summary>
    Cosine,

    /// <summary>As Initial / (1 + update / DecayUpdates), whatever the length of the run.</summary>
    Inverse,
}
