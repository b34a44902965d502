namespace FastRbm.Kernels.Simd;

/// <summary>
/// The vector operations that a kernel may use: one set for each width, empty structs, so that a generic kernel compiles to
/// the same code as a hand-written one.
/// </summary>
/// <remarks>
/// Only operations whose result is fixed by IEEE 754 or two's complement, lane by lane, belong here: that is what makes the
/// widths agree to the bit. No horizontal floating-point sums, no estimates, no fused or unfused choice left to the compiler.
/// </remarks>
/// <typeparam name="TFloat">A vector of 32-bit floats.</typeparam>
/// <typeparam name="TInt">A vector of as many 32-bit integers.</typeparam>
internal unsafe interface ISimd<TFloat, TInt>
    where TFloat : unmanaged
    where TInt : unmanaged
{
    /// <summary>The level that this set implements.</summary>
    static abstract SimdLevel Level { get; }

    /// <summary>Lanes in a vector: 1, 4, 8 or 16.</summary>
    static abstract int Width { get; }

    static abstract TFloat Load(float* source);

    static abstract void Store(TFloat value, float* destination);

    static abstract TFloat Create(float value);

    static abstract TFloat Add(TFloat a, TFloat b);

    static abstract TFloat Subtract(TFloat a, TFloat b);

    static abstract TFloat Multiply(TFloat a, TFloat b);

    static abstract TFloat Divide(TFloat a, TFloat b);

    /// <summary>a * b + c with one rounding.</summary>
    static abstract TFloat FusedMultiplyAdd(TFloat a, TFloat b, TFloat c);

    /// <summary>The smaller of two numbers. Undefined for NaN.</summary>
    static abstract TFloat Min(TFloat a, TFloat b);

    /// <summary>The larger of two numbers. Undefined for NaN.</summary>
    static abstract TFloat Max(TFloat a, TFloat b);

    /// <summary>The square root, rounded once. NaN below zero.</summary>
    static abstract TFloat SquareRoot(TFloat a);

    static abstract TFloat Abs(TFloat a);

    /// <summary>All ones where a &lt; b, else zero; false for NaN.</summary>
    static abstract TInt LessThan(TFloat a, TFloat b);

    /// <summary>All ones where a &lt;= b, else zero; false for NaN.</summary>
    static abstract TInt LessThanOrEqual(TFloat a, TFloat b);

    /// <summary>Lane by lane: mask all ones gives a, zero gives b.</summary>
    static abstract TFloat Select(TInt mask, TFloat a, TFloat b);

    /// <summary>The nearest float of an integer, ties to even.</summary>
    static abstract TFloat ToFloat(TInt a);

    /// <summary>The nearest integer of a float, ties to even. Undefined outside of [-2^31, 2^31 - 128] and for NaN: clamp first.</summary>
    static abstract TInt RoundToInt(TFloat a);

    /// <summary>The same bits as integers.</summary>
    static abstract TInt AsInt(TFloat a);

    /// <summary>The same bits as floats.</summary>
    static abstract TFloat AsFloat(TInt a);

    static abstract TInt Load(int* source);

    static abstract void Store(TInt value, int* destination);

    /// <summary>Stores the lower lanes to one place and the upper ones to another. Only where a vector has more than eight lanes.</summary>
    static abstract void StoreHalves(TInt value, int* lower, int* upper);

    /// <summary>As many unsigned 16-bit numbers as there are lanes.</summary>
    static abstract TInt LoadUnsigned(ushort* source);

    /// <summary>As many signed 16-bit numbers as there are lanes.</summary>
    static abstract TInt LoadSigned(short* source);

    static abstract TInt Create(int value);

    static abstract TInt Add(TInt a, TInt b);

    static abstract TInt Subtract(TInt a, TInt b);

    /// <summary>Sums of the signed 16-bit halves of the lanes, each modulo 2^16.</summary>
    static abstract TInt AddShorts(TInt a, TInt b);

    /// <summary>Differences of the signed 16-bit halves of the lanes, each modulo 2^16.</summary>
    static abstract TInt SubtractShorts(TInt a, TInt b);

    /// <summary>The high and low 32 bits of the unsigned 64-bit products.</summary>
    static abstract void WideMultiply(TInt a, TInt b, out TInt high, out TInt low);

    /// <summary>The sum of all lanes, modulo 2^32.</summary>
    static abstract int Sum(TInt a);

    static abstract TInt And(TInt a, TInt b);

    static abstract TInt Or(TInt a, TInt b);

    static abstract TInt Xor(TInt a, TInt b);

    static abstract TInt ShiftLeft(TInt a, int count);

    static abstract TInt ShiftRightLogical(TInt a, int count);

    static abstract TInt ShiftRightArithmetic(TInt a, int count);

    /// <summary>The sign bits of the lanes, lane 0 in bit 0.</summary>
    static abstract uint MoveMask(TInt a);
}
