using FastRbm.Errors;
using FastRbm.Kernels.Elementary;

namespace FastRbm.Training;

/// <summary>A learning rate for every update.</summary>
/// <remarks>
/// The default falls without regard to the length of the run, so that a longer run goes on from where a shorter one stopped. A
/// constant rate is a poor choice for persistent chains: they follow it from mode to mode (samples of MNIST become nearly all
/// sevens). Immutable, thread-safe; the same bits on every machine.
/// </remarks>
public sealed record LearningRateSchedule
{
    /// <summary>The largest rate that is taken for one.</summary>
    public const double Largest = 1000;

    /// <summary>The rate of the first update: above 0, at most <see cref="Largest"/>.</summary>
    public double Initial { get; init; } = 0.1;

    /// <summary>The rate that the schedule ends at: above 0 for an exponential one, else at least 0. Unused by a constant or inverse one.</summary>
    public double Final { get; init; }

    /// <summary>Updates after which an inverse schedule has halved the rate: above 0. Unused by the others.</summary>
    public double DecayUpdates { get; init; } = 600;

    /// <summary>The way from one to the other.</summary>
    public ScheduleShape Shape { get; init; } = ScheduleShape.Inverse;

    /// <summary>Whether the rate of an update depends on the length of the run.</summary>
    public bool DependsOnLength => Shape is not (ScheduleShape.Constant or ScheduleShape.Inverse);

    /// <summary>A rate that stays.</summary>
    /// <param name="rate">The rate.</param>
    /// <returns>The schedule.</returns>
    public static LearningRateSchedule Constant(double rate) => new() { Initial = rate, Final = rate, Shape = ScheduleShape.Constant };

    /// <summary>The rate of one update.</summary>
    /// <param name="update">From 0.</param>
    /// <param name="updates">The length of the run.</param>
    /// <returns>The rate.</returns>
    public double At(long update, long updates)
    {
        double done = updates <= 1 ? 0 : Math.Min(1.0, (double)update / (updates - 1));
        return Shape switch
        {
            ScheduleShape.Linear => Initial + (done * (Final - Initial)),
            ScheduleShape.Exponential => Initial * DoubleMath.Exp(done * (DoubleMath.Log(Final) - DoubleMath.Log(Initial))),
            ScheduleShape.Cosine => Final + ((Initial - Final) * 0.5 * (1 + DoubleMath.SinCosTurns(done * 0.5).Cos)),
            ScheduleShape.Inverse => Initial / (1 + (update / DecayUpdates)),
            _ => Initial,
        };
    }

    internal void Validate()
    {
        if (!(Initial > 0 && Initial <= Largest))
        {
            Throw.OutOfRange("learning rate", $"a number above 0 and at most {Largest}", Initial);
        }

        if (DependsOnLength && !(Final >= 0 && Final <= Largest && (Final > 0 || Shape != ScheduleShape.Exponential)))
        {
            Throw.OutOfRange("final learning rate", $"a number from 0 (exponential: above 0) to {Largest}", Final);
        }

        if (Shape == ScheduleShape.Inverse && !(DecayUpdates > 0 && double.IsFinite(DecayUpdates)))
        {
            Throw.OutOfRange("learning rate decay", "a finite number of updates above 0", DecayUpdates);
        }

        if (!Enum.IsDefined(Shape))
        {
            Throw.OutOfRange("learning-rate schedule", "constant, linear, exponential, cosine or inverse", (int)Shape);
        }
    }
}
