using FastRbm.Kernels.Binary;

namespace FastRbm.Training;

/// <summary>The statistics of one phase as the parameter step takes them.</summary>
internal unsafe struct PhaseSums
{
    /// <summary>Statistics of binary rows. Without rows there are none.</summary>
    public BinaryMoments Binary;

    /// <summary>What a sum over binary rows is multiplied by to be a mean: 1 / rows.</summary>
    public double Share;

    /// <summary>The power of two that means of hidden units hold.</summary>
    public float MeanScale;

    /// <summary>What dense sums are multiplied by.</summary>
    public double DenseShare;

    /// <summary>Dense statistics v h' [visible][stride of the weights], or null for those of <see cref="Binary"/>.</summary>
    public float* Weights;

    /// <summary>Dense sums of visible states; with <see cref="Weights"/>.</summary>
    public float* Visible;

    /// <summary>Dense sums of hidden means, or null for the totals of <see cref="Binary"/>.</summary>
    public float* Hidden;

    /// <summary>Dense sums of hidden means over the data, for offsets; null for those of <see cref="Binary"/>.</summary>
    public float* HiddenOfData;
}
