namespace FastRbm.Kernels.Binary;

/// <summary>What one parameter update reads and writes beside the fixed-point copy.</summary>
/// <remarks>
/// With null velocities the parameters stay as they are and only the fixed-point copy is made. For a weight w with positive and
/// negative statistics P and N: g = PositiveRate P - NegativeRate N - L2 w - L1 sign(w); velocity = Momentum velocity + g;
/// w = w + velocity. Biases have no decay. All rates already hold the learning rate.
/// </remarks>
internal unsafe struct WeightUpdateArguments
{
    /// <summary>Weights [visible][WeightStride].</summary>
    public float* Weights;

    /// <summary>Floats from one row of weights, and of their velocities, to the next.</summary>
    public int WeightStride;

    /// <summary>Visible biases, padded to 16.</summary>
    public float* VisibleBias;

    /// <summary>Hidden biases, padded to 16.</summary>
    public float* HiddenBias;

    /// <summary>Velocities of the weights, or null.</summary>
    public float* WeightVelocity;

    /// <summary>Velocities of the visible biases.</summary>
    public float* VisibleBiasVelocity;

    /// <summary>Velocities of the hidden biases.</summary>
    public float* HiddenBiasVelocity;

    /// <summary>Positive statistics of binary rows.</summary>
    public BinaryMoments Positive;

    /// <summary>Positive statistics of real-valued rows [visible][WeightStride], or null to use <see cref="Positive"/>.</summary>
    public float* PositiveDense;

    /// <summary>Sums of the real-valued visible rows, padded to 16; with <see cref="PositiveDense"/>.</summary>
    public float* PositiveDenseVisible;

    /// <summary>Negative statistics.</summary>
    public BinaryMoments Negative;

    /// <summary>What one fixed-point unit of positive weight and hidden statistics adds.</summary>
    public float PositiveRate;

    /// <summary>What one fixed-point unit of negative weight and hidden statistics takes away.</summary>
    public float NegativeRate;

    /// <summary>What one visible unit on in the positive rows adds to its bias.</summary>
    public float PositiveVisibleRate;

    /// <summary>What one visible unit on in the negative rows takes away from its bias.</summary>
    public float NegativeVisibleRate;

    /// <summary>What one unit of dense positive statistics adds.</summary>
    public float PositiveDenseRate;

    /// <summary>The share of the velocity that is kept.</summary>
    public float Momentum;

    /// <summary>Learning rate times the L2 coefficient.</summary>
    public float L2;

    /// <summary>Learning rate times the L1 coefficient.</summary>
    public float L1;
}
