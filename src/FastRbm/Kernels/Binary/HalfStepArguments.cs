using FastRbm.Random;

namespace FastRbm.Kernels.Binary;

/// <summary>
/// One half step of block Gibbs sampling for rows of binary source states: what to read, and which outputs are wanted.
/// </summary>
/// <remarks>Outputs that are null are not computed. Row numbers count from the start of each array.</remarks>
internal unsafe struct HalfStepArguments
{
    /// <summary>How to sum; for tests and measurements.</summary>
    public HalfStepPath Path;

    /// <summary>Packed source states [rows][SourceWords].</summary>
    public ulong* Source;

    /// <summary>Words in a row of source states.</summary>
    public int SourceWords;

    /// <summary>Whether weights, biases and <see cref="Sums"/> are 16-bit numbers, two an integer.</summary>
    public bool Short;

    /// <summary>Fixed-point weights [tile][source unit, padded to whole tiles][64].</summary>
    public int* Panels;

    /// <summary>The number of source units.</summary>
    public int SourceUnits;

    /// <summary>Fixed-point biases of the target units, zero-padded to whole tiles.</summary>
    public int* Bias;

    /// <summary>The number of target units.</summary>
    public int TargetUnits;

    /// <summary>2^-s: from fixed point to natural units.</summary>
    public float InverseScale;

    /// <summary>
    /// An inverse temperature a row, at least 0: the target units' inputs are beta I + (1 - beta) offset, while <see cref="Sums"/> stay
    /// those of I, so that rows may change their beta and go on from them. Null for 1.
    /// </summary>
    public float* Betas;

    /// <summary>The inputs of target units at beta 0, zero-padded to whole tiles; null for zeros. With <see cref="Betas"/>.</summary>
    public float* Offsets;

    /// <summary>
    /// The inverse temperature that each row comes from, at least 0: asks for <see cref="SoftplusSteps"/>. With <see cref="Betas"/>, without
    /// <see cref="Offsets"/>; null when nobody asks.
    /// </summary>
    public float* BetasBefore;

    /// <summary>The largest change of beta for which beta I changes by no more than the short formula of softplus steps takes, for any input.</summary>
    public float SmallStep;

    /// <summary>Partial sums of softplus steps [rows][16], scratch; with <see cref="BetasBefore"/>.</summary>
    public float* StepLanes;

    /// <summary>The sum over target units of softplus(beta I) - softplus(beta before I), a number a row, written; with <see cref="BetasBefore"/>.</summary>
    public double* SoftplusSteps;

    /// <summary>Fixed-point target inputs [tile][SumRows][64] to keep, written for every row; null when nobody goes on from them.</summary>
    public int* Sums;

    /// <summary>Rows in a tile of <see cref="Sums"/>.</summary>
    public int SumRows;

    /// <summary>The source states that <see cref="Sums"/> are the inputs from, [rows][SourceWords]: read when SumsHold, then written.</summary>
    public ulong* Summed;

    /// <summary>Whether <see cref="Sums"/> hold the inputs from <see cref="Summed"/>, by the same weights.</summary>
    public bool SumsHold;

    /// <summary>Sampled target states [rows][tiles], or null.</summary>
    public ulong* States;

    /// <summary>Fixed-point target means [tile][row][64], or null.</summary>
    public int* FixedMeans;

    /// <summary>Rows in a tile of <see cref="FixedMeans"/>.</summary>
    public int FixedMeanRows;

    /// <summary>The power of two that <see cref="FixedMeans"/> are multiplied by.</summary>
    public float FixedMeanScale;

    /// <summary>Target inputs [rows][InputStride] as floats, or null.</summary>
    public float* Inputs;

    /// <summary>Floats from one row of <see cref="Inputs"/> to the next.</summary>
    public int InputStride;

    /// <summary>Short draws of the sampled states; the chain is replaced by FirstChain + row.</summary>
    public RandomStream Draws;

    /// <summary>Tie bits of the sampled states; the chain is replaced by FirstChain + row.</summary>
    public RandomStream Ties;

    /// <summary>The chain number of row 0.</summary>
    public long FirstChain;
}
