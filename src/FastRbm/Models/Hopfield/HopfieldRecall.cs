using FastRbm.Kernels.Recall;
using FastRbm.Kernels.Simd;

namespace FastRbm.Models.Hopfield;

/// <summary>Recall by a <see cref="HopfieldNetwork"/>: probes go to where no unit wants to flip.</summary>
/// <remarks>
/// A sweep updates every unit once. In asynchronous recall every flip lowers the energy, so it ends; in synchronous recall the states end in a fixed point or in a
/// two-cycle (Goles and Olivos, "Periodic behaviour of generalized threshold functions", Discrete Math. 1980: units that keep their state on a tie behave as with a
/// small positive self-coupling). Memory: weights once, N integers a thread.
/// </remarks>
public sealed class HopfieldRecall : RecallTeam
{
    private readonly HopfieldNetwork _network;
    private readonly RecallWorker[] _workers;
    private readonly bool _useNearest;
    private readonly RecallPlan _plan;

    /// <summary>Prepares recall; makes the rows of weights if the path asks for them and they aren't there yet.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How; the defaults if null.</param>
    /// <exception cref="ArgumentException">The options don't fit the network.</exception>
    public HopfieldRecall(HopfieldNetwork network, RecallOptions? options = null)
        : this(network, options ?? new RecallOptions(), SimdSelection.Current)
    {
    }

    /// <summary>The same at a given level.</summary>
    internal HopfieldRecall(HopfieldNetwork network, RecallOptions options, SimdLevel level)
        : base(Checked(network, options), network.Patterns)
    {
        _network = network;
        Couplings couplings = network.CouplingsFor(options.Path);
        _useNearest = couplings is not PatternCouplings;
        _workers = new RecallWorker[options.Threads];
        for (int member = 0; member < _workers.Length; member++)
        {
            _workers[member] = couplings.CreateWorker(level);
        }

        _plan = new RecallPlan(options.Mode == RecallMode.Synchronous, options.MostSweeps, Orders);
    }

    /// <inheritdoc/>
    private protected override void Recall(int member, int row, RecallResult result)
    {
        Span<ulong> state = result.States.Row(row);
        int near = _useNearest ? Nearest(state, out _) : -1;
        RecallSteps steps = _workers[member].Run(state, near, _plan);
        int nearest = Nearest(state, out int distance);
        RecallOutcome outcome = steps.Settled ? RecallOutcome.Settled : steps.TwoCycle ? RecallOutcome.TwoCycle : RecallOutcome.Limit;
        result.Set(row, steps.Sweeps, steps.Flips, outcome, _network.EnergyOf(steps.TwiceEnergy + _network.FieldEnergy(state)), nearest, distance);
    }

    private static RecallOptions Checked(HopfieldNetwork network, RecallOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        options.Check(network.Units);
        return options;
    }
}
