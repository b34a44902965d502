using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>What <see cref="UnitStep"/> works on: up to 64 rows, a lane each.</summary>
internal unsafe struct UnitStepArguments
{
    /// <summary>Units, in the order in which they are drawn.</summary>
    public int* Order;

    /// <summary>The number of units in the order.</summary>
    public int Count;

    /// <summary>Whether the order is gone through from its end.</summary>
    public bool Backwards;

    /// <summary>States: a word a unit, a bit a lane.</summary>
    public ulong* Lanes;

    /// <summary>Inputs of the present states [lane][Stride].</summary>
    public int* Inputs;

    /// <summary>Integers from one lane's inputs to the next one's, and from one dense row of couplings to the next: a multiple of 64.</summary>
    public int Stride;

    /// <summary>Lanes in use: 1 to 64.</summary>
    public int Rows;

    /// <summary>Q: dense rows, or an integer a neighbour.</summary>
    public int* Couplings;

    /// <summary>Where each unit's neighbours start; null for dense rows.</summary>
    public int* Starts;

    /// <summary>Neighbours.</summary>
    public int* Neighbours;

    /// <summary>What integers are multiplied by to log-odds, a float a lane (64): the beta is in it.</summary>
    public float* Scales;

    /// <summary>Log-odds of the base distribution, a float a unit; null for none.</summary>
    public float* Offsets;

    /// <summary>What <see cref="Offsets"/> are multiplied by, a float a lane (64).</summary>
    public float* OffsetWeights;

    /// <summary>The step's draws: the stream of chain FirstChain + place in the order gives those of the 64 lanes.</summary>
    public RandomStream Draws;

    /// <summary>The step's tie bits, in the same way.</summary>
    public RandomStream Ties;

    /// <summary>The number of the group of rows times <see cref="Count"/>.</summary>
    public long FirstChain;
}
