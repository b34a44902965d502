namespace FastRbm.Kernels.Binary;

/// <summary>What one parameter update reads and writes beside the fixed-point copy.</summary>
/// <remarks>
/// <para>With a null <see cref="WeightVelocity"/> the parameters stay as they are and only the fixed-point copy is made.</para>
/// <para>For weight w_ij with positive and negative statistics P and N, visible offsets m and hidden offsets l, and bias gradients
/// A_i and B_j: g = PositiveRate P - NegativeRate N - m_i B_j - A_i l_j; <see cref="StepRules"/> turn g into a change d of the
/// weight; the biases' changes are those of A and B less sum_j d_ij l_j and sum_i d_ij m_i, so that what is learned doesn't
/// depend on which state of a unit is called 1 (centring).</para>
/// </remarks>
internal unsafe struct WeightUpdateArguments
{
    /// <summary>Weights [visible][WeightStride].</summary>
    public float* Weights;

    /// <summary>Floats from one row of weights, and of all that goes with them, to the next.</summary>
    public int WeightStride;

    /// <summary>Visible biases, padded to 16.</summary>
    public float* VisibleBias;

    /// <summary>Hidden biases, padded to 16.</summary>
    public float* HiddenBias;

    /// <summary>Velocities of the weights, for Adam the mean gradient; or null.</summary>
    public float* WeightVelocity;

    /// <summary>Velocities of the visible biases.</summary>
    public float* VisibleBiasVelocity;

    /// <summary>Velocities of the hidden biases.</summary>
    public float* HiddenBiasVelocity;

    /// <summary>Adam's mean squared gradient of the weights; null for momentum.</summary>
    public float* WeightSquares;

    /// <summary>Adam's mean squared gradient of the visible biases.</summary>
    public float* VisibleBiasSquares;

    /// <summary>Adam's mean squared gradient of the hidden biases.</summary>
    public float* HiddenBiasSquares;

    /// <summary>Positive statistics of binary rows.</summary>
    public BinaryMoments Positive;

    /// <summary>Positive statistics of real-valued rows [visible][WeightStride], or null to use <see cref="Positive"/>.</summary>
    public float* PositiveDense;

    /// <summary>Negative statistics.</summary>
    public BinaryMoments Negative;

    /// <summary>What one fixed-point unit of positive weight statistics adds.</summary>
    public float PositiveRate;

    /// <summary>What one fixed-point unit of negative weight statistics takes away.</summary>
    public float NegativeRate;

    /// <summary>What one unit of dense positive statistics adds.</summary>
    public float PositiveDenseRate;

    /// <summary>A: gradients of the visible biases, with their rates, zero-padded to whole tiles.</summary>
    public float* VisibleGradient;

    /// <summary>B: gradients of the hidden biases, with their rates, zero-padded to whole tiles.</summary>
    public float* HiddenGradient;

    /// <summary>m: offsets of the visible units, zero-padded to whole tiles; null, with <see cref="HiddenOffsets"/>, for none.</summary>
    public float* VisibleOffsets;

    /// <summary>l: offsets of the hidden units, zero-padded to whole tiles.</summary>
    public float* HiddenOffsets;

    /// <summary>m of <see cref="HiddenShifts"/>: <see cref="VisibleOffsets"/>, unless statistics are of bits that stand for spins.</summary>
    public float* VisibleShiftOffsets;

    /// <summary>l of <see cref="VisibleShifts"/>: <see cref="HiddenOffsets"/>, unless statistics are of bits that stand for spins.</summary>
    public float* HiddenShiftOffsets;

    /// <summary>sum over the hidden units of a tile of d_ij l_j: [hidden tile][visible, padded to whole tiles], written; with offsets.</summary>
    public float* VisibleShifts;

    /// <summary>sum over the visible units of a tile of d_ij m_i: [visible tile][hidden, padded to whole tiles], written; with offsets.</summary>
    public float* HiddenShifts;

    /// <summary>Whether the momentum is 0 in the whole run: velocities are then left alone.</summary>
    public bool Plain;

    /// <summary>What the dense positive statistics of each visible unit are multiplied by, beside their rate; null for 1.</summary>
    public float* DenseScales;

    /// <summary>The share of the velocity that is kept; Adam's beta1.</summary>
    public float Momentum;

    /// <summary>Adam's beta2.</summary>
    public float SquareMomentum;

    /// <summary>Adam's learning rate over 1 - beta1^t.</summary>
    public float AdamRate;

    /// <summary>Adam's 1 / (1 - beta2^t).</summary>
    public float AdamCorrection;

    /// <summary>Adam's epsilon.</summary>
    public float Epsilon;

    /// <summary>Learning rate times the L2 coefficient.</summary>
    public float L2;

    /// <summary>Learning rate times the L1 coefficient.</summary>
    public float L1;

    /// <summary>What biases lose of themselves.</summary>
    public float BiasDecay;

    /// <summary>What is added to <see cref="L2"/> for the weights of each hidden unit, zero-padded to whole tiles; or null.</summary>
    public float* HiddenDecay;

    /// <summary>What changes of weights are multiplied by, [visible][WeightStride]; or null.</summary>
    public float* Mask;

    /// <summary>Sums of squared weights, [visible tile][hidden, padded to whole tiles], written; or null.</summary>
    public float* HiddenSquares;

    /// <summary>A running mean of the weights, [visible][WeightStride]; or null.</summary>
    public float* WeightAverage;

    /// <summary>Running means of the visible biases; with <see cref="WeightAverage"/>.</summary>
    public float* VisibleBiasAverage;

    /// <summary>Running means of the hidden biases; with <see cref="WeightAverage"/>.</summary>
    public float* HiddenBiasAverage;

    /// <summary>The share of the way to the new parameters that the running means go.</summary>
    public float AverageRate;
}
