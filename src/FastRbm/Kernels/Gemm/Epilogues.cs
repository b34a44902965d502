using System.Runtime.CompilerServices;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Gemm;

/// <summary>The epilogues of float products.</summary>
internal static class Epilogues
{
    /// <summary>C = A B: no bias either.</summary>
    internal readonly struct None : IEpilogue
    {
        public static bool IsOn => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => x;
    }

    /// <summary>C = A B + bias.</summary>
    internal readonly struct Identity : IEpilogue
    {
        public static bool IsOn => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => x;
    }

    /// <summary>C = sigmoid(A B + bias).</summary>
    internal readonly struct Sigmoid : IEpilogue
    {
        public static bool IsOn => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Sigmoid<TFloat, TInt, TOps>(x);
    }

    /// <summary>C = log(1 + exp(A B + bias)).</summary>
    internal readonly struct Softplus : IEpilogue
    {
        public static bool IsOn => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TFloat Apply<TFloat, TInt, TOps>(TFloat x)
            where TFloat : unmanaged
            where TInt : unmanaged
            where TOps : struct, ISimd<TFloat, TInt> => FloatFunctions.Softplus<TFloat, TInt, TOps>(x);
    }
}
