namespace FastRbm.Training;

/// <summary>What becomes of missing values in training.</summary>
public enum MissingValues
{
    /// <summary>Data with missing values are refused.</summary>
    Refuse = 0,

    /// <summary>
    /// Missing visible units are hidden ones: the gradient is that of log p(observed values), with statistics under
    /// p(missing, h | observed), sampled by chains that are kept for each row of the data. For values that are missing by accident, of
    /// rows that all have the same units.
    /// </summary>
    Marginal,

    /// <summary>
    /// Each row has a model of its own observed units, which shares weights and biases with the others; absent units are left out of
    /// both phases (Salakhutdinov, Mnih and Hinton 2007). For tables that are mostly empty, such as ratings. Contrastive divergence
    /// without centring only. What is learned isn't a model of all units together.
    /// </summary>
    Absent,
}
