using FastRbm.Memory;

namespace FastRbm.Training;

/// <summary>An objective whose gradient comes from the rows of a minibatch and the model alone, without chains.</summary>
internal interface IMinibatchObjective : IDisposable
{
    /// <summary>Computes the ascent gradient of the objective, the weighted mean over rows.</summary>
    /// <param name="rows">Visible states; the first <paramref name="count"/> rows count.</param>
    /// <param name="count">The number of rows, at least 1.</param>
    /// <param name="rowWeights">A weight a row, or empty for equal ones; they sum to more than zero.</param>
    /// <param name="weights">Gradient of the weights [visible, hidden], written.</param>
    /// <param name="visibleBias">Gradient of the visible biases [1, visible], written.</param>
    /// <param name="hiddenBias">Gradient of the hidden biases [1, hidden], written.</param>
    /// <returns>The objective, in nats a row.</returns>
    double Gradient(BitMatrix rows, int count, ReadOnlySpan<float> rowWeights, Matrix weights, Matrix visibleBias, Matrix hiddenBias);
}
