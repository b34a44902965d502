using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Benchmarks.Suites;

/// <summary>Random numbers: Philox blocks one at a time, and the short draws of units by vectors.</summary>
public class RandomNumbers : Suite
{
    private const int Blocks = 1024;
    private const int Words = 16;

    private readonly AlignedBuffer<ushort> _draws = new(ShortDraws.Length);

    /// <summary>Blocks of four 32-bit words.</summary>
    /// <returns>Something that depends on all.</returns>
    [Benchmark]
    public uint Philox()
    {
        RandomStream stream = new(1, StreamPurpose.HiddenSample, 0, 0);
        uint all = 0;
        for (int block = 0; block < Blocks; block++)
        {
            stream.Block(block, out uint b0, out uint b1, out uint b2, out uint b3);
            all ^= b0 ^ b1 ^ b2 ^ b3;
        }

        return all;
    }

    /// <summary>Sixteen bits a unit, 64 units of four chains at a time.</summary>
    [Benchmark]
    public void ShortDraw()
    {
        switch (SimdSelection.Current)
        {
            case SimdLevel.Vector512:
                Fill<Vector512<float>, Vector512<int>, Simd512>();
                break;
            case SimdLevel.Vector256:
                Fill<Vector256<float>, Vector256<int>, Simd256>();
                break;
            case SimdLevel.Vector128:
                Fill<Vector128<float>, Vector128<int>, Simd128>();
                break;
            default:
                Fill<float, int, ScalarSimd>();
                break;
        }
    }

    /// <inheritdoc/>
    public override Work WorkOf(string method) => method == nameof(Philox)
        ? new Work(Blocks * 4 / 1e9, "10^9 words/s")
        : new Work(Words * ShortDraws.Length / 1e9, "10^9 units/s");

    private unsafe void Fill<TFloat, TInt, TOps>()
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        RandomStream stream = new(1, StreamPurpose.HiddenSample, 0, 0);
        for (int word = 0; word < Words; word++)
        {
            ShortDraws.Fill<TFloat, TInt, TOps>(stream, ShortDraws.MaxChains, word, _draws.DangerousGetPointer());
        }
    }
}
