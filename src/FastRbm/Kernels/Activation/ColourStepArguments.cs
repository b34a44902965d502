using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>What <see cref="ColourStep"/> works on: places are units in the order of colours, each colour padded to whole tiles.</summary>
internal unsafe struct ColourStepArguments
{
    /// <summary>Where each place's neighbours start, and one past the last.</summary>
    public int* Starts;

    /// <summary>Places of neighbours.</summary>
    public int* Neighbours;

    /// <summary>Q, an integer a neighbour.</summary>
    public int* Couplings;

    /// <summary>B, an integer a place.</summary>
    public int* Bias;

    /// <summary>1 a tile whose places all have four neighbours.</summary>
    public byte* Fours;

    /// <summary>Log-odds of the base distribution, a float a place; null for none.</summary>
    public float* Offsets;

    /// <summary>States [row][place]: 0 or 255.</summary>
    public byte* Masks;

    /// <summary>Places: a multiple of 64.</summary>
    public int Places;

    /// <summary>What integers are multiplied by to log-odds, a float a row: the beta is in it.</summary>
    public float* Scales;

    /// <summary>What <see cref="Offsets"/> are multiplied by, a float a row; unused without them.</summary>
    public float* OffsetWeights;

    /// <summary>The step's draws: the stream of chain row x tiles + tile gives those of a tile.</summary>
    public RandomStream Draws;

    /// <summary>The step's tie bits, in the same way.</summary>
    public RandomStream Ties;
}
