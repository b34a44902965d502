using System.Globalization;
using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Boltzmann;
using FastRbm.Sampling.Boltzmann;

namespace FastRbm.Evaluation.Boltzmann;

/// <summary>How log Z of a Boltzmann machine is estimated by annealing.</summary>
public sealed record BoltzmannAnnealingOptions
{
    /// <summary>Runs in each direction, at least 1.</summary>
    public int Runs { get; init; } = 100;

    /// <summary>The inverse temperatures.</summary>
    public AnnealingSchedule Schedule { get; init; } = AnnealingSchedule.Linear(1001);

    /// <summary>Rows that base rates are taken from and that reverse runs of large machines start at. Null for fair units and random starts.</summary>
    public IVisibleRows? Data { get; init; }

    /// <summary>Whether runs go from the machine back to the base too, which bounds log Z from above.</summary>
    public bool BothWays { get; init; } = true;

    /// <summary>Sweeps from the starts of reverse runs to the machine, 0 or more. Machines of at most 16 units have exact samples and need none.</summary>
    public int StartSweeps { get; init; } = 1000;

    /// <summary>The order of units in a sweep; null for <see cref="BoltzmannSweep.For"/>. Reverse runs go through it backwards.</summary>
    public BoltzmannSweep? Sweep { get; init; }

    /// <summary>The seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, at least 1. Results don't depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Refuses what can't be run.</summary>
    /// <returns>The log-odds of the base rates, of bits.</returns>
    internal float[] Validate(BoltzmannMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(Schedule);
        Throw.IfLess(Runs, 1);
        Throw.IfLess(Threads, 1);
        Throw.IfLess(StartSweeps, 0);
        (Sweep ?? BoltzmannSweep.Sequential(machine.Units)).Check(machine);
        if (Schedule.Temperatures > 1 << 30)
        {
            Throw.OutOfRange("temperatures", string.Create(CultureInfo.InvariantCulture, $"at most {1 << 30}"), Schedule.Temperatures);
        }

        if (Data is null)
        {
            return new float[machine.Units];
        }

        BoltzmannChains.CheckRows(Data, machine);
        return Array.ConvertAll(BaseRates.LogOdds(Data), static odds => (float)odds);
    }
}
