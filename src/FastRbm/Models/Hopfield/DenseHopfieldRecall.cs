using FastRbm.Kernels.Recall;

namespace FastRbm.Models.Hopfield;

/// <summary>Recall by a <see cref="DenseHopfieldNetwork"/>: all units at once, of which one step is often enough, or one by one.</summary>
/// <remarks>
/// Asynchronous recall never raises the energy: exactly for powers, up to the rounding of one sum for the exponential. Synchronous recall may end in a two-cycle, which
/// is said, and with a dense interaction could run through longer cycles: those end at the sweep limit. Memory: two bytes a pattern and one for its place a thread.
/// </remarks>
public sealed class DenseHopfieldRecall : RecallTeam
{
    private readonly DenseHopfieldNetwork _network;
    private readonly DenseWorker[] _workers;

    /// <summary>Prepares recall.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How; the defaults if null. The path has no meaning here.</param>
    /// <exception cref="ArgumentException">The options don't fit the network.</exception>
    public DenseHopfieldRecall(DenseHopfieldNetwork network, RecallOptions? options = null)
        : base(Checked(network, options ?? new RecallOptions()), network.Patterns)
    {
        _network = network;
        _workers = new DenseWorker[Options.Threads];
        for (int member = 0; member < _workers.Length; member++)
        {
            _workers[member] = network.Powers is { } powers
                ? new PowerWorker(network.Patterns, powers)
                : new ExponentialWorker(network.Patterns, network.Interaction.Beta);
        }
    }

    /// <inheritdoc/>
    private protected override void Recall(int member, int row, RecallResult result)
    {
        Span<ulong> state = result.States.Row(row);
        DenseWorker worker = _workers[member];
        RecallSteps steps = worker.Run(state, new RecallPlan(Options.Mode == RecallMode.Synchronous, Options.MostSweeps, Orders));
        worker.Count(state);
        RecallOutcome outcome = steps.Settled ? RecallOutcome.Settled : steps.TwoCycle ? RecallOutcome.TwoCycle : RecallOutcome.Limit;
        int nearest = worker.Nearest(out int distance);
        result.Set(row, steps.Sweeps, steps.Flips, outcome, _network.EnergyOf(worker.Counts), nearest, distance);
    }

    private static RecallOptions Checked(DenseHopfieldNetwork network, RecallOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        options.Check(network.Units);
        return options;
    }
}
