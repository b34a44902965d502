using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Gemm;
using FastRbm.Memory;

namespace FastRbm.Models;

/// <summary>Scratch memory for the batch operations of models up to a given size. One thread at a time.</summary>
/// <remarks>Holds 0.3 kB for each unit of the larger layer, at most 0.7 MB more, and a few rows of inputs and states; 2.4 MB more from the first product of real-valued states on.</remarks>
public sealed class RbmWorkspace
{
    private readonly AlignedBuffer<int> _lists;
    private GemmWorkspace? _gemm;

    /// <summary>Allocates scratch for one model.</summary>
    /// <param name="rbm">The model, or the largest of several.</param>
    public RbmWorkspace(Rbm rbm)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        Units = Math.Max(rbm.Visible.Count, rbm.Hidden.Count);
        _lists = new AlignedBuffer<int>(HalfStep.ScratchLength(Units, int.MaxValue));
        Inputs = new double[Units];
        Row = new float[Units];
        OtherRow = new float[Units];
        Bits = new BitMatrix(1, Units);
    }

    /// <summary>The size of the largest layer that this workspace serves.</summary>
    internal int Units { get; }

    /// <summary>One row of inputs in double.</summary>
    internal double[] Inputs { get; }

    /// <summary>One row of states as floats.</summary>
    internal float[] Row { get; }

    /// <summary>One row of states of the other layer as floats.</summary>
    internal float[] OtherRow { get; }

    /// <summary>One row of states as bits.</summary>
    internal BitMatrix Bits { get; }

    /// <summary>For float products; made when one needs it first.</summary>
    internal GemmWorkspace Gemm => _gemm ??= new GemmWorkspace();

    internal unsafe int* Lists => _lists.DangerousGetPointer();
}
