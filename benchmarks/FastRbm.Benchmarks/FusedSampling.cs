using System.Runtime.Intrinsics;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Benchmarks;

/// <summary>The end of a half step alone, in the first-level cache: from inputs to sampled bits, four chains at a time.</summary>
internal sealed unsafe class FusedSampling
{
    /// <summary>Units of one run.</summary>
    public const int Units = Words * Chains * Tile.Width;

    private const int Words = 8;
    private const int Chains = ShortDraws.MaxChains;

    private const int ScaleBits = 20;

    private readonly AlignedBuffer<int> _sums = new(Tile.Width * Chains);
    private readonly AlignedBuffer<ushort> _draws = new(ShortDraws.Length);
    private readonly AlignedBuffer<ulong> _states = new(Words * Chains);

    /// <summary>Makes inputs from -4 to 4.</summary>
    public FusedSampling()
    {
        for (int i = 0; i < _sums.Length; i++)
        {
            _sums.Span[i] = (int)((((i * 37 % 801) / 100f) - 4f) * (1 << ScaleBits));
        }
    }

    /// <summary>Samples all words of the chains.</summary>
    public void Run()
    {
        switch (SimdSelection.Current)
        {
            case SimdLevel.Vector512:
                Run<Vector512<float>, Vector512<int>, Simd512>();
                break;
            case SimdLevel.Vector256:
                Run<Vector256<float>, Vector256<int>, Simd256>();
                break;
            case SimdLevel.Vector128:
                Run<Vector128<float>, Vector128<int>, Simd128>();
                break;
            default:
                Run<float, int, ScalarSimd>();
                break;
        }
    }

    private void Run<TFloat, TInt, TOps>()
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        RandomStream draws = new(1, StreamPurpose.HiddenSample, 0, 0);
        RandomStream ties = new(1, StreamPurpose.HiddenTie, 0, 0);
        int* sums = _sums.DangerousGetPointer();
        ushort* bits = _draws.DangerousGetPointer();
        ulong* states = _states.DangerousGetPointer();
        for (int word = 0; word < Words; word++)
        {
            ShortDraws.Fill<TFloat, TInt, TOps>(draws, Chains, word, bits);
            for (int chain = 0; chain < Chains; chain++)
            {
                int first = chain * Tile.Width;
                states[(word * Chains) + chain] = BernoulliTile.SampleSums<TFloat, TInt, TOps>(
                    sums + first, 1f / (1 << ScaleBits), bits + first, ties, word);
            }
        }
    }
}
