namespace FastRbm.Kernels.Recall;

/// <summary>How to recall: all units at once, or one by one in an order.</summary>
/// <param name="Synchronous">Whether all units are updated at once.</param>
/// <param name="MostSweeps">Where to stop at the latest.</param>
/// <param name="Orders">Orders of the units, of which sweep k takes the k-th and begins again after the last; empty for ascending.</param>
internal readonly record struct RecallPlan(bool Synchronous, int MostSweeps, int[] Orders)
{
    /// <summary>The order of a sweep.</summary>
    public ReadOnlySpan<int> Order(int sweep, int units) =>
        Orders.Length == 0 ? [] : Orders.AsSpan(sweep % (Orders.Length / units) * units, units);
}
