using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Recall;

/// <summary>Integer couplings between spins, in whatever form: Q_ij = Q_ji, Q_ii = 0, and a field t_i a unit.</summary>
internal abstract class Couplings
{
    /// <summary>The number of units.</summary>
    public abstract int Units { get; }

    /// <summary>Bytes of memory.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Q_ij.</summary>
    public abstract int this[int i, int j] { get; }

    /// <summary>Makes a worker.</summary>
    public abstract RecallWorker CreateWorker(SimdLevel level);
}
