namespace FastRbm.Kernels.Recall;

/// <summary>Recalls one probe at a time, with scratch memory of its own. One thread at a time; allocates nothing in a run.</summary>
internal abstract class RecallWorker
{
    /// <summary>Runs a probe to its end.</summary>
    /// <param name="state">The probe's bits, pad bits zero; overwritten by where it ended.</param>
    /// <param name="nearest">A stored pattern that the state is near to, or -1: a shorter way to the first inputs, no other effect.</param>
    /// <param name="plan">How.</param>
    /// <returns>What happened.</returns>
    public abstract RecallSteps Run(Span<ulong> state, int nearest, in RecallPlan plan);

    /// <summary>The inputs of all units in a state: sum_j Q_ij s_j + t_i.</summary>
    /// <param name="state">The bits.</param>
    /// <param name="inputs">An integer a unit.</param>
    public abstract void Inputs(ReadOnlySpan<ulong> state, Span<long> inputs);
}
