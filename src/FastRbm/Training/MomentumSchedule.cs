using FastRbm.Errors;

namespace FastRbm.Training;

/// <summary>A momentum for every epoch: from Initial in a straight line to Final over RampEpochs, then Final.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed record MomentumSchedule
{
    /// <summary>The momentum of the first epoch: from 0 to below 1.</summary>
    public double Initial { get; init; }

    /// <summary>The momentum after the ramp: from 0 to below 1.</summary>
    public double Final { get; init; }

    /// <summary>The number of epochs that the ramp takes; with 0 the momentum is Final from the start.</summary>
    public int RampEpochs { get; init; }

    /// <summary>A momentum that stays.</summary>
    /// <param name="momentum">The momentum.</param>
    /// <returns>The schedule.</returns>
    public static MomentumSchedule Constant(double momentum) => new() { Initial = momentum, Final = momentum };

    /// <summary>The momentum of one epoch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <returns>The momentum.</returns>
    public double At(int epoch) =>
        epoch >= RampEpochs ? Final : Initial + ((Final - Initial) * epoch / RampEpochs);

    /// <summary>Whether the momentum is 0 in every epoch.</summary>
    internal bool IsZero => Final == 0 && (Initial == 0 || RampEpochs == 0);

    internal void Validate()
    {
        Check("initial momentum", Initial);
        Check("momentum", Final);
        Throw.IfLess(RampEpochs, 0, "momentum ramp epochs");
    }

    private static void Check(string name, double value)
    {
        if (!(value >= 0 && value < 1))
        {
            Throw.OutOfRange(name, "a number from 0 to below 1", value);
        }
    }
}
