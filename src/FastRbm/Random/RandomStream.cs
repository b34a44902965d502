namespace FastRbm.Random;

/// <summary>
/// The random bits of one (seed, purpose, step, chain): a value that can be copied, split over threads and asked in any order.
/// </summary>
/// <remarks>
/// <code>
///   Philox counter: word 0 = block (four 32-bit draws each), word 1 = chain, word 2 = step (low 32 bits),
///                   word 3 = purpose (8 bits) | step (bits 32..55);  key = seed
/// </code>
/// Immutable, thread-safe, allocates nothing.
/// </remarks>
internal readonly struct RandomStream
{
    private readonly ulong _seed;
    private readonly uint _chain;
    private readonly uint _stepLow;
    private readonly uint _purposeAndStepHigh;

    /// <summary>Names a stream.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="purpose">What the draws are for.</param>
    /// <param name="step">0 to 2^56 - 1.</param>
    /// <param name="chain">0 to 2^32 - 1.</param>
    public RandomStream(ulong seed, StreamPurpose purpose, long step, long chain)
    {
        _seed = seed;
        _chain = unchecked((uint)chain);
        _stepLow = unchecked((uint)step);
        _purposeAndStepHigh = ((uint)purpose << 24) | ((uint)(step >> 32) & 0xFFFFFF);
    }

    /// <summary>The Philox key.</summary>
    public ulong Key => _seed;

    /// <summary>Counter word 1.</summary>
    public uint Word1 => _chain;

    /// <summary>Counter word 2.</summary>
    public uint Word2 => _stepLow;

    /// <summary>Counter word 3.</summary>
    public uint Word3 => _purposeAndStepHigh;

    /// <summary>The stream of another chain of the same seed, purpose and step.</summary>
    /// <param name="chain">0 to 2^32 - 1.</param>
    /// <returns>That stream.</returns>
    public RandomStream ForChain(long chain) =>
        new(_seed, (StreamPurpose)(_purposeAndStepHigh >> 24), ((long)(_purposeAndStepHigh & 0xFFFFFF) << 32) | _stepLow, chain);

    /// <summary>The stream of a part of a row: part 0 is this stream, the others have keys of their own.</summary>
    /// <param name="part">0 or more.</param>
    /// <returns>That stream.</returns>
    public RandomStream ForPart(int part)
    {
        // The multiplier is that of Weyl sequences (2^64 over the golden ratio): keys of parts differ in half of their bits.
        ulong key = unchecked(_seed + (0x9E3779B97F4A7C15 * (ulong)part));
        return new(key, (StreamPurpose)(_purposeAndStepHigh >> 24), ((long)(_purposeAndStepHigh & 0xFFFFFF) << 32) | _stepLow, _chain);
    }

    /// <summary>Draw number <paramref name="index"/> of this stream.</summary>
    /// <param name="index">0 to 2^34 - 1.</param>
    /// <returns>32 uniform bits.</returns>
    public uint Bits(long index)
    {
        uint c0 = (uint)(index >> 2);
        uint c1 = _chain;
        uint c2 = _stepLow;
        uint c3 = _purposeAndStepHigh;
        Philox.Block(ref c0, ref c1, ref c2, ref c3, _seed);
        return (index & 3) switch { 0 => c0, 1 => c1, 2 => c2, _ => c3 };
    }

    /// <summary>Draws 4 block to 4 block + 3 at once.</summary>
    /// <param name="block">0 to 2^32 - 1.</param>
    /// <param name="bits0">Draw 4 block.</param>
    /// <param name="bits1">Draw 4 block + 1.</param>
    /// <param name="bits2">Draw 4 block + 2.</param>
    /// <param name="bits3">Draw 4 block + 3.</param>
    public void Block(long block, out uint bits0, out uint bits1, out uint bits2, out uint bits3)
    {
        bits0 = (uint)block;
        bits1 = _chain;
        bits2 = _stepLow;
        bits3 = _purposeAndStepHigh;
        Philox.Block(ref bits0, ref bits1, ref bits2, ref bits3, _seed);
    }

    /// <summary>A uniform number in [0, 1) with 53 bits, from draws 2 index and 2 index + 1.</summary>
    /// <param name="index">0 to 2^33 - 1.</param>
    /// <returns>A multiple of 2^-53.</returns>
    public double Uniform(long index)
    {
        ulong bits = ((ulong)Bits(2 * index) << 32) | Bits((2 * index) + 1);
        return (bits >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A uniform integer in [0, bound), by multiplication of 64 bits (bias below 2^-32 for any bound).</summary>
    /// <param name="index">0 to 2^33 - 1.</param>
    /// <param name="bound">At least 1.</param>
    /// <returns>An integer from 0 to bound - 1.</returns>
    public int Below(long index, int bound)
    {
        ulong bits = ((ulong)Bits(2 * index) << 32) | Bits((2 * index) + 1);
        return (int)Math.BigMul(bits, (ulong)bound, out _);
    }
}
