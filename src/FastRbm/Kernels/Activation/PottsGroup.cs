using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Activation;

/// <summary>One large one-hot group, its columns in the lanes; float sums in sixteen of them, however wide a vector is.</summary>
internal static unsafe class PottsGroup
{
    private const int Lanes = 16;

    // Weights that are kept between their sum and the choice.
    private const int Piece = 1024;

    /// <summary>2^b with the largest b that keeps count 2^b below 2^31.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(int count) => BitConverter.Int32BitsToSingle((126 + BitOperations.LeadingZeroCount((uint)count)) << 23);

    /// <summary>Chooses a column of the group.</summary>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="count">The number of columns.</param>
    /// <param name="draw">32 random bits.</param>
    /// <returns>The column within the group.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Choose<TFloat, TInt, TOps>(float* inputs, int count, uint draw)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        int* weights = stackalloc int[Piece];
        float* rest = stackalloc float[Lanes];
        float largest = Largest<TFloat, TInt, TOps>(inputs, count);
        float scale = Scale(count);
        uint total = 0;
        for (int first = 0; first < count; first += Piece)
        {
            total += Weights<TFloat, TInt, TOps>(inputs + first, Math.Min(Piece, count - first), largest, scale, weights, rest);
        }

        uint threshold = (uint)((ulong)draw * total >> 32);
        if (count <= Piece)
        {
            return Find(weights, threshold);
        }

        for (int first = 0; ; first += Piece)
        {
            uint sum = Weights<TFloat, TInt, TOps>(inputs + first, Math.Min(Piece, count - first), largest, scale, weights, rest);
            if (sum > threshold)
            {
                return first + Find(weights, threshold);
            }

            threshold -= sum;
        }
    }

    /// <summary>The softmax of the group.</summary>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="count">The number of columns.</param>
    /// <param name="means">As many, written; may be the inputs.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Means<TFloat, TInt, TOps>(float* inputs, int count, float* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* partial = stackalloc float[Lanes];
        float* rest = stackalloc float[Lanes];
        new Span<float>(partial, Lanes).Clear();
        TFloat largest = TOps.Create(Largest<TFloat, TInt, TOps>(inputs, count));
        int whole = count - (count % Lanes);
        for (int k = 0; k < whole; k += Lanes)
        {
            for (int lane = 0; lane < Lanes; lane += TOps.Width)
            {
                TFloat e = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(inputs + k + lane), largest));
                TOps.Store(e, means + k + lane);
                TOps.Store(TOps.Add(TOps.Load(partial + lane), e), partial + lane);
            }
        }

        if (whole < count)
        {
            LoadRest(inputs + whole, count - whole, rest);
            for (int lane = 0; lane < Lanes; lane += TOps.Width)
            {
                TFloat e = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(rest + lane), largest));
                TOps.Store(e, rest + lane);
                TOps.Store(TOps.Add(TOps.Load(partial + lane), e), partial + lane);
            }
        }

        TFloat inverse = TOps.Create(1f / Tree(partial));
        for (int k = 0; k < whole; k += TOps.Width)
        {
            TOps.Store(TOps.Multiply(TOps.Load(means + k), inverse), means + k);
        }

        for (int lane = 0; lane < count - whole; lane += TOps.Width)
        {
            TOps.Store(TOps.Multiply(TOps.Load(rest + lane), inverse), rest + lane);
        }

        new ReadOnlySpan<float>(rest, count - whole).CopyTo(new Span<float>(means + whole, count - whole));
    }

    /// <summary>A piece of the softmax of a group whose largest input and sum are known.</summary>
    /// <param name="inputs">Some of its inputs.</param>
    /// <param name="count">How many.</param>
    /// <param name="largest">The largest of all.</param>
    /// <param name="sum">What <see cref="Sum"/> gives for all.</param>
    /// <param name="means">As many, written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Means<TFloat, TInt, TOps>(float* inputs, int count, float largest, float sum, float* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* rest = stackalloc float[Lanes];
        for (int k = 0; k < count; k += TOps.Width)
        {
            int width = Math.Min(TOps.Width, count - k);
            LoadRest(inputs + k, width, rest);
            TFloat e = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(rest), TOps.Create(largest)));
            TOps.Store(TOps.Multiply(e, TOps.Create(1f / sum)), rest);
            new ReadOnlySpan<float>(rest, width).CopyTo(new Span<float>(means + k, width));
        }
    }

    /// <summary>The sum of exp(input - largest), in the order of <see cref="Means{TFloat, TInt, TOps}(float*, int, float*)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum<TFloat, TInt, TOps>(float* inputs, int count, float largest)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* partial = stackalloc float[Lanes];
        float* rest = stackalloc float[Lanes];
        new Span<float>(partial, Lanes).Clear();
        for (int k = 0; k < count; k += Lanes)
        {
            LoadRest(inputs + k, Math.Min(Lanes, count - k), rest);
            for (int lane = 0; lane < Lanes; lane += TOps.Width)
            {
                TFloat e = FloatFunctions.Exp<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(rest + lane), TOps.Create(largest)));
                TOps.Store(TOps.Add(TOps.Load(partial + lane), e), partial + lane);
            }
        }

        return Tree(partial);
    }

    /// <summary>The largest input.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest<TFloat, TInt, TOps>(float* inputs, int count)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        float* lanes = stackalloc float[Lanes];
        int k = 0;
        float largest = inputs[0];
        if (count >= TOps.Width)
        {
            TFloat most = TOps.Load(inputs);
            for (k = TOps.Width; k <= count - TOps.Width; k += TOps.Width)
            {
                most = TOps.Max(most, TOps.Load(inputs + k));
            }

            // The last vector overlaps the one before: no maximum minds.
            most = TOps.Max(most, TOps.Load(inputs + count - TOps.Width));
            TOps.Store(most, lanes);
            for (int half = TOps.Width / 2; half > 0; half /= 2)
            {
                for (int lane = 0; lane < half; lane++)
                {
                    lanes[lane] = lanes[lane] < lanes[lane + half] ? lanes[lane + half] : lanes[lane];
                }
            }

            return lanes[0];
        }

        for (; k < count; k++)
        {
            largest = inputs[k] > largest ? inputs[k] : largest;
        }

        return largest;
    }

    /// <summary>means = round(values * scale).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round<TFloat, TInt, TOps>(float* values, int count, float scale, int* means)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat factor = TOps.Create(scale);
        int k = 0;
        for (; k <= count - TOps.Width; k += TOps.Width)
        {
            TOps.Store(TOps.RoundToInt(TOps.Multiply(TOps.Load(values + k), factor)), means + k);
        }

        for (; k < count; k++)
        {
            means[k] = ScalarSimd.RoundToInt(values[k] * scale);
        }
    }

    // From place 16 - w + n on, w lanes of which the last n are set.
    private static ReadOnlySpan<int> LastLanes =>
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1];

    // The integer weights of up to a piece of columns, zeros up to the next four, and their sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Weights<TFloat, TInt, TOps>(float* inputs, int count, float largest, float scale, int* weights, float* rest)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat most = TOps.Create(largest);
        TFloat factor = TOps.Create(scale);
        TInt total = TOps.Create(0);
        int k = 0;
        for (; k <= count - TOps.Width; k += TOps.Width)
        {
            TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(inputs + k), most));
            TInt weight = TOps.RoundToInt(TOps.Multiply(e, factor));
            total = TOps.Add(total, weight);
            TOps.Store(weight, weights + k);
        }

        if (k < count && count >= TOps.Width)
        {
            // The last vector overlaps the one before: its new lanes alone are added.
            TInt isNew = TOps.Load((int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(LastLanes)) + Lanes - TOps.Width + count - k);
            TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(inputs + count - TOps.Width), most));
            TInt weight = TOps.RoundToInt(TOps.Multiply(e, factor));
            total = TOps.Add(total, TOps.And(weight, isNew));
            TOps.Store(weight, weights + count - TOps.Width);
        }
        else if (k < count)
        {
            LoadRest(inputs, count, rest);
            TFloat e = FloatFunctions.ExpNegativeOfAbs<TFloat, TInt, TOps>(TOps.Subtract(TOps.Load(rest), most));
            TInt weight = TOps.RoundToInt(TOps.Multiply(e, factor));
            total = TOps.Add(total, weight);
            TOps.Store(weight, weights);
        }

        // The search reads four at a time.
        for (int pad = count; (pad & 3) != 0; pad++)
        {
            weights[pad] = 0;
        }

        return (uint)TOps.Sum(total);
    }

    // The first column whose weights up to it sum to more than the threshold.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Find(int* weights, uint threshold)
    {
        int column = 0;
        for (uint four; (four = (uint)weights[column] + (uint)weights[column + 1] + (uint)weights[column + 2] + (uint)weights[column + 3]) <= threshold; column += 4)
        {
            threshold -= four;
        }

        while ((uint)weights[column] <= threshold)
        {
            threshold -= (uint)weights[column];
            column++;
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LoadRest(float* inputs, int count, float* rest)
    {
        new Span<float>(rest, Lanes).Fill(float.NegativeInfinity);
        for (int lane = 0; lane < count; lane++)
        {
            rest[lane] = inputs[lane];
        }
    }

    private static float Tree(float* partial)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                partial[lane] += partial[lane + half];
            }
        }

        return partial[0];
    }
}
