namespace FastRbm.Models;

/// <summary>What a unit's states are.</summary>
public enum UnitKind
{
    /// <summary>0 or 1.</summary>
    Binary = 0,

    /// <summary>-1 or 1.</summary>
    Spin,

    /// <summary>One of the categories of a group: its columns are one-hot.</summary>
    Potts,

    /// <summary>A count from 0 to n.</summary>
    Binomial,

    /// <summary>Word counts of a document of given length.</summary>
    ReplicatedSoftmax,

    /// <summary>A real number.</summary>
    Gaussian,

    /// <summary>A real number from 0.</summary>
    Relu,

    /// <summary>A real number, with a Gaussian of its own on either side of 0.</summary>
    DoubleRelu,

    /// <summary>A real number that is 0 with a probability of its own.</summary>
    SpikeAndSlab,

    /// <summary>Columns of several kinds.</summary>
    Mixed,

    /// <summary>A real number: the mean of a binary unit with noise on it.</summary>
    NoisyMean,

    /// <summary>Bits of gates, and of subspace units that are on under open gates only: the hidden layer of a subspace RBM.</summary>
    Subspace,
}
