using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Errors;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>Means and samples of a row of gates h_j and subspace units s_jk under them, from float inputs.</summary>
/// <remarks>
/// <code>
///   row: [subspace unit 0 of every gate][subspace unit 1 of every gate] ... [gates], M columns each
///   p(h_j = 1) = sigmoid(c_j - K log 2 + sum_k softplus(I_jk)), a chain of additions over ascending k, lane by lane
///   column (k, j): h_j s_jk, of mean p(h_j = 1) sigmoid(I_jk);  column of gate j: h_j
/// </code>
/// Subspace units lie apart from their gate so that everything is lane-wise. All are drawn as if their gate were open, and then closed
/// gates switch theirs off: the same distribution as drawing gates first and subspace units given them.
/// </remarks>
internal static unsafe class GateRow
{
    private const float LogTwo = 0.693147181f;

    /// <summary>means = E[h_j s_jk] and E[h_j] of one row.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="inputs">An input a column; those of gates are c_j.</param>
    /// <param name="gates">M.</param>
    /// <param name="subspaces">K.</param>
    /// <param name="means">A mean a column, written; may be the inputs.</param>
    public static void Means(SimdLevel level, ReadOnlySpan<float> inputs, int gates, int subspaces, Span<float> means)
    {
        Check(inputs, gates, subspaces);
        Throw.IfLengthDiffers(means.Length, inputs.Length, nameof(means));
        Span<float> open = stackalloc float[Tile.Width];
        Span<float> side = stackalloc float[Tile.Width];
        for (int first = 0; first < gates; first += Tile.Width)
        {
            int width = Inputs(level, inputs, gates, subspaces, first, open);
            ElementaryKernels.Sigmoid(level, open[..width], open[..width]);
            for (int k = 0; k < subspaces; k++)
            {
                int column = (k * gates) + first;
                ElementaryKernels.Sigmoid(level, inputs.Slice(column, width), side[..width]);
                Span<float> target = means.Slice(column, width);
                for (int gate = 0; gate < width; gate++)
                {
                    target[gate] = open[gate] * side[gate];
                }
            }

            open[..width].CopyTo(means.Slice((subspaces * gates) + first, width));
        }
    }

    /// <summary>fixedMeans[tile][row][64] = round(mean * scale) for one row; columns past the end get 0.</summary>
    public static void FixedMeans(SimdLevel level, ReadOnlySpan<float> inputs, int gates, int subspaces, float scale, int* means, int rows, int row)
    {
        Check(inputs, gates, subspaces);
        float* open = stackalloc float[Tile.Width];
        float* side = stackalloc float[Tile.Width];
        float* ones = stackalloc float[Tile.Width];
        int* rounded = stackalloc int[Tile.Width];
        new Span<float>(ones, Tile.Width).Fill(1);
        new Span<float>(open, Tile.Width).Clear();
        new Span<float>(side, Tile.Width).Clear();
        for (int first = 0; first < gates; first += Tile.Width)
        {
            int width = Inputs(level, inputs, gates, subspaces, first, new Span<float>(open, Tile.Width));
            ElementaryKernels.Sigmoid(level, new Span<float>(open, width), new Span<float>(open, width));
            for (int k = 0; k < subspaces; k++)
            {
                int column = (k * gates) + first;
                ElementaryKernels.Sigmoid(level, inputs.Slice(column, width), new Span<float>(side, width));
                RoundProducts(level, open, side, scale, rounded);
                Put(new ReadOnlySpan<int>(rounded, width), column, means, rows, row);
            }

            RoundProducts(level, open, ones, scale, rounded);
            Put(new ReadOnlySpan<int>(rounded, width), (subspaces * gates) + first, means, rows, row);
        }

        int last = inputs.Length % Tile.Width;
        if (last > 0)
        {
            int* tile = means + ((((nint)(inputs.Length / Tile.Width) * rows) + row) * Tile.Width);
            new Span<int>(tile + last, Tile.Width - last).Clear();
        }
    }

    /// <summary>Draws a row as packed bits; pad bits are zero. Word w of the subspace units draws by word w, those of the gates by the words after.</summary>
    public static void Sample(SimdLevel level, ReadOnlySpan<float> inputs, int gates, int subspaces, in RandomStream draws, in RandomStream ties, Span<ulong> bits)
    {
        Check(inputs, gates, subspaces);
        int units = gates * subspaces;
        int words = BitMatrix.WordsFor(units);
        bits.Clear();
        BernoulliRow.Sample(level, inputs[..units], draws, ties, bits[..words]);
        Span<float> open = stackalloc float[Tile.Width];
        Span<ulong> state = stackalloc ulong[1];
        for (int first = 0; first < gates; first += Tile.Width)
        {
            int width = Inputs(level, inputs, gates, subspaces, first, open);
            BernoulliRow.Sample(level, open[..width], draws, ties, words + (first / Tile.Width), state);
            for (int k = 0; k < subspaces; k++)
            {
                BitRanges.Keep(bits, (k * gates) + first, width, state[0]);
            }

            BitRanges.Set(bits, units + first, width, state[0]);
        }
    }

    /// <summary>c_j - K log 2 + sum_k softplus(I_jk) of up to 64 gates.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="inputs">An input a column.</param>
    /// <param name="gates">M.</param>
    /// <param name="subspaces">K.</param>
    /// <param name="first">The first gate.</param>
    /// <param name="open">64 numbers, of which as many are written as there are gates.</param>
    /// <returns>The number of gates.</returns>
    public static int Inputs(SimdLevel level, ReadOnlySpan<float> inputs, int gates, int subspaces, int first, Span<float> open)
    {
        int width = Math.Min(Tile.Width, gates - first);
        Span<float> sums = open[..width];
        Span<float> term = stackalloc float[Tile.Width];
        ReadOnlySpan<float> bias = inputs.Slice((gates * subspaces) + first, width);
        float closed = subspaces * LogTwo;
        for (int gate = 0; gate < width; gate++)
        {
            sums[gate] = bias[gate] - closed;
        }

        for (int k = 0; k < subspaces; k++)
        {
            ElementaryKernels.Softplus(level, inputs.Slice((k * gates) + first, width), term[..width]);
            FloatRows.Add(term[..width], sums);
        }

        return width;
    }

    private static void Check(ReadOnlySpan<float> inputs, int gates, int subspaces) =>
        Throw.IfLengthDiffers(inputs.Length, gates * (subspaces + 1), nameof(inputs));

    /// <summary>Writes up to 64 numbers to columns that may begin within a tile.</summary>
    private static void Put(ReadOnlySpan<int> values, int column, int* means, int rows, int row)
    {
        int offset = column % Tile.Width;
        int here = Math.Min(values.Length, Tile.Width - offset);
        int* target = means + ((((nint)(column / Tile.Width) * rows) + row) * Tile.Width);
        values[..here].CopyTo(new Span<int>(target + offset, here));
        values[here..].CopyTo(new Span<int>(target + ((nint)rows * Tile.Width), values.Length - here));
    }

    /// <summary>rounded[c] = round(a[c] * b[c] * scale) for 64 numbers.</summary>
    private static void RoundProducts(SimdLevel level, float* a, float* b, float scale, int* rounded)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                RoundProducts<Vector512<float>, Vector512<int>, Simd512>(a, b, scale, rounded);
                break;
            case SimdLevel.Vector256:
                RoundProducts<Vector256<float>, Vector256<int>, Simd256>(a, b, scale, rounded);
                break;
            case SimdLevel.Vector128:
                RoundProducts<Vector128<float>, Vector128<int>, Simd128>(a, b, scale, rounded);
                break;
            default:
                RoundProducts<float, int, ScalarSimd>(a, b, scale, rounded);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RoundProducts<TFloat, TInt, TOps>(float* a, float* b, float scale, int* rounded)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        TFloat factor = TOps.Create(scale);
        for (int unit = 0; unit < Tile.Width; unit += TOps.Width)
        {
            TFloat product = TOps.Multiply(TOps.Load(a + unit), TOps.Load(b + unit));
            TOps.Store(TOps.RoundToInt(TOps.Multiply(product, factor)), rounded + unit);
        }
    }
}
