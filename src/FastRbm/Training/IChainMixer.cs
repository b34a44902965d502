using FastRbm.Memory;

namespace FastRbm.Training;

/// <summary>What moves the chains of the negative phase further than their own Gibbs steps do.</summary>
internal interface IChainMixer : IDisposable
{
    /// <summary>Gibbs steps of an update that are left to the chains themselves.</summary>
    int Steps { get; }

    /// <summary>log Z of the model as estimated at the end of the last epoch, in nats; NaN where it isn't known.</summary>
    double LogPartitionFunction { get; }

    /// <summary>Chains beside the live ones, to be saved and put back.</summary>
    IEnumerable<(string Name, BitMatrix States)> Chains { get; }

    /// <summary>Parameters beside the model's, to be saved and put back.</summary>
    IEnumerable<(string Name, Matrix Values)> Values { get; }

    /// <summary>Before the negative phase of an update: replaces some or all states of the live chains.</summary>
    /// <param name="update">The update, from 0.</param>
    /// <param name="visible">Visible states, a chain a row.</param>
    /// <param name="hidden">Hidden states, from which the negative phase goes on.</param>
    void Mix(long update, BitMatrix visible, BitMatrix hidden);

    /// <summary>At the end of an epoch.</summary>
    /// <param name="visible">Visible states.</param>
    /// <param name="hidden">Hidden states.</param>
    void EndEpoch(BitMatrix visible, BitMatrix hidden);

    /// <summary>All other numbers of the state.</summary>
    double[] SaveCounters();

    /// <summary>Makes room for what <see cref="Chains"/> and <see cref="Values"/> then name; they are put back next.</summary>
    /// <param name="counters">What <see cref="SaveCounters"/> gave.</param>
    void RestoreCounters(double[] counters);

    /// <summary>After everything was put back.</summary>
    void Restored();
}
