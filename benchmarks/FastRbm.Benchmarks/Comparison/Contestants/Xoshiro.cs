using System.Numerics;

namespace FastRbm.Benchmarks.Comparison.Contestants;

/// <summary>xoshiro128+ (Blackman and Vigna 2018): what System.Random uses without a seed is its bigger sister.</summary>
internal sealed class Xoshiro
{
    private uint _a;
    private uint _b;
    private uint _c;
    private uint _d;

    /// <summary>Starts a stream.</summary>
    public Xoshiro(uint seed)
    {
        // The finaliser of MurmurHash3 over a counter, as the authors advise some other generator for the state.
        uint Next()
        {
            seed += 0x9E3779B9;
            uint z = (seed ^ (seed >> 16)) * 0x85EBCA6B;
            z = (z ^ (z >> 13)) * 0xC2B2AE35;
            return z ^ (z >> 16);
        }

        (_a, _b, _c, _d) = (Next(), Next(), Next(), Next());
    }

    /// <summary>A number in [0, 1) of 24 bits.</summary>
    public float Uniform()
    {
        uint bits = _a + _d;
        uint t = _b << 9;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 11);
        return (bits >> 8) * (1f / (1 << 24));
    }
}
