namespace FastRbm.Kernels.Simd;

/// <summary>The operations on vectors of doubles that a kernel may use: one set for each width, as in <see cref="ISimd{TFloat, TInt}"/>.</summary>
/// <typeparam name="TDouble">A vector of doubles.</typeparam>
internal unsafe interface ISimdDouble<TDouble>
    where TDouble : unmanaged
{
    /// <summary>The level that this set implements.</summary>
    static abstract SimdLevel Level { get; }

    /// <summary>Lanes in a vector: 1, 2, 4 or 8.</summary>
    static abstract int Width { get; }

    static abstract TDouble Load(double* source);

    static abstract void Store(TDouble value, double* destination);

    static abstract TDouble Create(double value);

    static abstract TDouble Add(TDouble a, TDouble b);

    static abstract TDouble Subtract(TDouble a, TDouble b);

    static abstract TDouble Multiply(TDouble a, TDouble b);

    static abstract TDouble Divide(TDouble a, TDouble b);

    /// <summary>a * b + c with one rounding.</summary>
    static abstract TDouble FusedMultiplyAdd(TDouble a, TDouble b, TDouble c);

    /// <summary>The larger of two numbers. Undefined for NaN.</summary>
    static abstract TDouble Max(TDouble a, TDouble b);

    /// <summary>k of m 2^k with m in [1, 2), as a number. Only for positive normal numbers.</summary>
    static abstract TDouble Exponent(TDouble a);

    /// <summary>m of m 2^k with m in [1, 2). Only for positive normal numbers.</summary>
    static abstract TDouble Mantissa(TDouble a);

    /// <summary>2^k of an integer from -1022 to 1023.</summary>
    static abstract TDouble PowerOfTwo(TDouble k);
}
