using FastRbm.Memory;

namespace FastRbm.Training;

/// <summary>One update of the parameters from a minibatch.</summary>
internal interface IParameterUpdate : IDisposable
{
    /// <summary>The step that it ends with.</summary>
    ParameterStep Step { get; }

    /// <summary>States that the next update goes on from, beside the parameters and the step's own: packed chains.</summary>
    IEnumerable<(string Name, BitMatrix States)> Chains { get; }

    /// <summary>Values in the place of missing ones, or null where none are sampled; among <see cref="Chains"/>.</summary>
    FilledRows? Filled { get; }

    /// <summary>Other parameters that the next update goes on from.</summary>
    IEnumerable<(string Name, Matrix Values)> Values { get; }

    /// <summary>log Z of the model as estimated at the end of the last epoch, in nats; NaN where it isn't known.</summary>
    double LogPartitionFunction { get; }

    /// <summary>Runs one update.</summary>
    /// <param name="minibatch">Which rows, and when.</param>
    /// <param name="learningRate">The learning rate of a full minibatch.</param>
    /// <param name="momentum">The momentum.</param>
    /// <returns>False when parameters left the range of the fixed-point copy.</returns>
    bool Run(in Minibatch minibatch, double learningRate, double momentum);

    /// <summary>What is held against the divergence limit: the largest absolute input that a unit can get.</summary>
    double InputBound { get; }

    /// <summary>After the last update of an epoch.</summary>
    void EndEpoch();

    /// <summary>Makes the running mean of all parameters the model.</summary>
    void TakeAverage() => Step.TakeAverage();

    /// <summary>All other numbers of the state.</summary>
    double[] SaveCounters();

    /// <summary>Makes room for what <see cref="Chains"/> and <see cref="Values"/> then name; they are put back next.</summary>
    /// <param name="counters">What <see cref="SaveCounters"/> gave.</param>
    void RestoreCounters(double[] counters);

    /// <summary>Makes all that follows from the parameters again, after they were put back.</summary>
    void Restored();
}
