using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>How wide the integers are that a tile is summed in: an empty struct, so that a generic kernel compiles to one of them.</summary>
/// <typeparam name="TFloat">A vector of floats.</typeparam>
/// <typeparam name="TInt">A vector of integers.</typeparam>
/// <typeparam name="TOps">The operations.</typeparam>
internal unsafe interface ISumLanes<TFloat, TInt, TOps>
    where TFloat : unmanaged
    where TInt : unmanaged
    where TOps : struct, ISimd<TFloat, TInt>
{
    /// <summary>The 32-bit words that a row of 64 numbers takes: 64 or 32.</summary>
    static abstract int Words { get; }

    static abstract TInt Add(TInt a, TInt b);

    static abstract TInt Subtract(TInt a, TInt b);

    /// <summary>64 sums as 32-bit integers: where they are, if they are so already, else in <paramref name="scratch"/>.</summary>
    static abstract int* Widen(int* sums, int* scratch);
}
