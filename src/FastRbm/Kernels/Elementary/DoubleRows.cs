using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;

namespace FastRbm.Kernels.Elementary;

/// <summary>Sums of rows of doubles, element by element: each is one fused multiply-add, so that no width can change a bit.</summary>
internal static class DoubleRows
{
    /// <summary>sums[j] = fma(factor, row[j], sums[j]).</summary>
    /// <param name="factor">The factor.</param>
    /// <param name="row">Read.</param>
    /// <param name="sums">As many, added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(double factor, ReadOnlySpan<double> row, Span<double> sums)
    {
        Throw.IfLengthDiffers(sums.Length, row.Length, nameof(sums));
        ref double source = ref MemoryMarshal.GetReference(row);
        ref double target = ref MemoryMarshal.GetReference(sums);
        Vector256<double> factors = Vector256.Create(factor);
        int j = 0;
        for (; j <= row.Length - 4; j += 4)
        {
            Vector256.FusedMultiplyAdd(factors, Vector256.LoadUnsafe(ref source, (nuint)j), Vector256.LoadUnsafe(ref target, (nuint)j))
                .StoreUnsafe(ref target, (nuint)j);
        }

        for (; j < row.Length; j++)
        {
            sums[j] = Math.FusedMultiplyAdd(factor, row[j], sums[j]);
        }
    }

    /// <summary>Adds a row times a factor, its squares times a second and its cubes times a third, each to sums of their own.</summary>
    /// <param name="factors">The three factors.</param>
    /// <param name="row">w, read.</param>
    /// <param name="first">As many, added to: w.</param>
    /// <param name="second">As many, added to: w^2.</param>
    /// <param name="third">As many, added to: w^3.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPowers(
        (double First, double Second, double Third) factors, ReadOnlySpan<double> row, Span<double> first, Span<double> second, Span<double> third)
    {
        Throw.IfLengthDiffers(first.Length, row.Length, nameof(first));
        Throw.IfLengthDiffers(second.Length, row.Length, nameof(second));
        Throw.IfLengthDiffers(third.Length, row.Length, nameof(third));
        ref double source = ref MemoryMarshal.GetReference(row);
        ref double one = ref MemoryMarshal.GetReference(first);
        ref double two = ref MemoryMarshal.GetReference(second);
        ref double three = ref MemoryMarshal.GetReference(third);
        int j = 0;
        for (; j <= row.Length - 4; j += 4)
        {
            Vector256<double> w = Vector256.LoadUnsafe(ref source, (nuint)j);
            Vector256<double> square = w * w;
            Vector256.FusedMultiplyAdd(Vector256.Create(factors.First), w, Vector256.LoadUnsafe(ref one, (nuint)j)).StoreUnsafe(ref one, (nuint)j);
            Vector256.FusedMultiplyAdd(Vector256.Create(factors.Second), square, Vector256.LoadUnsafe(ref two, (nuint)j)).StoreUnsafe(ref two, (nuint)j);
            Vector256.FusedMultiplyAdd(Vector256.Create(factors.Third), square * w, Vector256.LoadUnsafe(ref three, (nuint)j)).StoreUnsafe(ref three, (nuint)j);
        }

        for (; j < row.Length; j++)
        {
            double w = row[j];
            double square = w * w;
            first[j] = Math.FusedMultiplyAdd(factors.First, w, first[j]);
            second[j] = Math.FusedMultiplyAdd(factors.Second, square, second[j]);
            third[j] = Math.FusedMultiplyAdd(factors.Third, square * w, third[j]);
        }
    }
}
