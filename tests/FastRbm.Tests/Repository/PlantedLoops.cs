using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FastRbm.Tests.Repository;

/// <summary>Loops of one sum each: as they should be, and with the mistakes that a check of machine code must see.</summary>
internal static unsafe class PlantedLoops
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector256<int> Straight(int* rows, int count)
    {
        Vector256<int> sum = default;
        for (nint n = 0; n < count; n++)
        {
            sum += Vector256.Load(rows + (8 * n));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector256<int> WithCall(int* rows, int count)
    {
        Vector256<int> sum = default;
        for (nint n = 0; n < count; n++)
        {
            sum += Vector256.Load(rows + Offset(n));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector256<int> WithRareCall(int* rows, int count)
    {
        Vector256<int> sum = default;
        for (nint n = 0; n < count; n++)
        {
            sum += Vector256.Load(rows + (8 * n));
            if (rows[8 * n] == int.MinValue)
            {
                rows += Offset(n);
            }
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector256<int> WithRangeCheck(int* rows, int[] offsets, int count)
    {
        Vector256<int> sum = default;
        for (int n = 0; n < count; n++)
        {
            sum += Vector256.Load(rows + offsets[n]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Scalar(int* rows, int count)
    {
        int sum = 0;
        for (nint n = 0; n < count; n++)
        {
            sum ^= rows[8 * n];
        }

        return sum;
    }

    /// <summary>Runs all, so that they are compiled.</summary>
    public static void RunAll()
    {
        int* rows = stackalloc int[64];
        new Span<int>(rows, 64).Fill(1);
        int[] offsets = [0, 8, 16, 24];
        Assert.Equal(Straight(rows, 4), WithCall(rows, 4));
        Assert.Equal(Straight(rows, 4), WithRareCall(rows, 4));
        Assert.Equal(Straight(rows, 4), WithRangeCheck(rows, offsets, 4));
        Assert.Equal(0, Scalar(rows, 4));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static nint Offset(nint n) => 8 * n;
}
