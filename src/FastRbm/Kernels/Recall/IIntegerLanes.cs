namespace FastRbm.Kernels.Recall;

/// <summary>The operations on vectors of 16- or 32-bit integers that recall needs: one set for each width. All wrap around.</summary>
/// <typeparam name="TVector">A vector, or a single number.</typeparam>
/// <typeparam name="T">short or int.</typeparam>
internal unsafe interface IIntegerLanes<TVector, T>
    where TVector : unmanaged
    where T : unmanaged
{
    /// <summary>Lanes in a vector: a power of two, at most 64.</summary>
    static abstract int Width { get; }

    /// <summary>All lanes zero.</summary>
    static abstract TVector Zero { get; }

    static abstract TVector Create(T value);

    static abstract TVector Load(T* source);

    static abstract void Store(TVector value, T* destination);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>A bit a lane, lane 0 in bit 0: on where the lane is below zero.</summary>
    static abstract ulong Negative(TVector a);

    /// <summary>A bit a lane: on where the lane is above zero.</summary>
    static abstract ulong Positive(TVector a);

    /// <summary>The lanes whose bit is on; the others zero. Only for int.</summary>
    static abstract TVector Where(uint bits, TVector a);

    /// <summary>The sum of all lanes. Only for int.</summary>
    static abstract int Sum(TVector a);
}
