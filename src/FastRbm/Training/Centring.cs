namespace FastRbm.Training;

/// <summary>Which offsets are subtracted from the states in the gradient of the weights.</summary>
/// <remarks>
/// With visible offsets m and hidden offsets l the weights move along the statistics of (v - m)(h - l)', and the biases follow so that
/// the model is that of E = -(v - m)'a - (h - l)'b - (v - m)'W(h - l). The model that is learned is an ordinary one; only the way
/// there changes: flipping 0 and 1 of a visible unit no longer changes it. Source: Melchior, Fischer and Wiskott (2016), "How to
/// center deep Boltzmann machines".
/// </remarks>
public enum Centring
{
    /// <summary>The means under the data: of the visible units over all rows, of the hidden units a running mean over minibatches.</summary>
    Data = 0,

    /// <summary>No offsets: the plain gradient.</summary>
    None,

    /// <summary>The enhanced gradient of Cho, Raiko and Ilin (2011): halfway between the means of data and model in each minibatch.</summary>
    Enhanced,
}
