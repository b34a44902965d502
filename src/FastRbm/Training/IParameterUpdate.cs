using FastRbm.Memory;

namespace FastRbm.Training;

/// <summary>One update of the parameters from a minibatch.</summary>
internal interface IParameterUpdate : IDisposable
{
    /// <summary>The step that it ends with.</summary>
    ParameterStep Step { get; }

    /// <summary>States that the next update goes on from, beside the parameters and the step's own: packed chains.</summary>
    IEnumerable<(string Name, BitMatrix States)> Chains { get; }

    /// <summary>Other parameters that the next update goes on from.</summary>
    IEnumerable<(string Name, Matrix Values)> Values { get; }

    /// <summary>Runs one update.</summary>
    /// <param name="minibatch">Which rows, and when.</param>
    /// <param name="learningRate">The learning rate of a full minibatch.</param>
    /// <param name="momentum">The momentum.</param>
    /// <returns>False when parameters left the range of the fixed-point copy.</returns>
    bool Run(in Minibatch minibatch, double learningRate, double momentum);

    /// <summary>Makes all that follows from the parameters again, after they were put back.</summary>
    void Restored();
}
