using FastRbm.Errors;

namespace FastRbm.Models.Hopfield;

/// <summary>How to recall. The result depends on all but <see cref="Threads"/> and <see cref="Path"/>.</summary>
public sealed record RecallOptions
{
    /// <summary>How many random orders there are before they repeat.</summary>
    public const int MostRandomOrders = 64;

    /// <summary>Which units are updated together; one after the other by default.</summary>
    public RecallMode Mode { get; init; }

    /// <summary>The order of asynchronous recall; ascending by default.</summary>
    public RecallOrder Order { get; init; }

    /// <summary>Each unit once, for <see cref="RecallOrder.Given"/>; else null.</summary>
    public IReadOnlyList<int>? GivenOrder { get; init; }

    /// <summary>The most sweeps (updates of all units), 1 or more; 100 by default.</summary>
    public int MostSweeps { get; init; } = 100;

    /// <summary>The seed of random orders.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads, 1 or more; probes are shared out among them.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>How inputs are computed.</summary>
    public RecallPath Path { get; init; }

    /// <summary>Checks everything against the number of units.</summary>
    internal void Check(int units)
    {
        Throw.IfLess(MostSweeps, 1);
        Throw.IfLess(Threads, 1);
        if (!Enum.IsDefined(Mode))
        {
            Throw.OutOfRange(nameof(Mode), "a recall mode", Mode);
        }

        if (!Enum.IsDefined(Order))
        {
            Throw.OutOfRange(nameof(Order), "a recall order", Order);
        }

        if ((Order == RecallOrder.Given) != (GivenOrder is not null))
        {
            Throw.Argument(nameof(GivenOrder), $"an order exactly with {RecallOrder.Given}", GivenOrder is null ? "none" : $"one with {Order}");
        }

        if (GivenOrder is null)
        {
            return;
        }

        Throw.IfLengthDiffers(GivenOrder.Count, units, nameof(GivenOrder));
        bool[] seen = new bool[units];
        for (int place = 0; place < units; place++)
        {
            int unit = GivenOrder[place];
            if ((uint)unit >= (uint)units || seen[unit])
            {
                Throw.Argument(nameof(GivenOrder), $"each unit from 0 to {units - 1} once", $"{unit} at place {place}");
            }

            seen[unit] = true;
        }
    }
}
