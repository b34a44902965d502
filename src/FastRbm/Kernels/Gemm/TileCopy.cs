using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastRbm.Kernels.Gemm;

/// <summary>Copies between C and a temporary tile, for tiles that hang over the edge of C or belong to a transposed C.</summary>
internal static unsafe class TileCopy
{
    /// <summary>tile[i, j] = C[i, j].</summary>
    /// <param name="c">The first element in C.</param>
    /// <param name="cStride">The distance between the stored rows of C in floats.</param>
    /// <param name="transposed">Whether C[i, j] is stored at c[j * cStride + i].</param>
    /// <param name="tile">The tile.</param>
    /// <param name="tileStride">The distance between rows of the tile in floats.</param>
    /// <param name="rows">The rows to copy.</param>
    /// <param name="columns">The columns to copy.</param>
    public static void Read(float* c, nint cStride, bool transposed, float* tile, nint tileStride, nint rows, nint columns)
    {
        if (transposed)
        {
            Transpose(c, cStride, tile, tileStride, columns, rows);
        }
        else
        {
            Copy(c, cStride, tile, tileStride, rows, columns);
        }
    }

    /// <summary>C[i, j] = tile[i, j].</summary>
    /// <inheritdoc cref="Read"/>
    public static void Write(float* tile, nint tileStride, float* c, nint cStride, bool transposed, nint rows, nint columns)
    {
        if (transposed)
        {
            Transpose(tile, tileStride, c, cStride, rows, columns);
        }
        else
        {
            Copy(tile, tileStride, c, cStride, rows, columns);
        }
    }

    private static void Copy(float* source, nint sourceStride, float* destination, nint destinationStride, nint rows, nint columns)
    {
        for (nint i = 0; i < rows; i++)
        {
            new ReadOnlySpan<float>(source + (i * sourceStride), (int)columns).CopyTo(new Span<float>(destination + (i * destinationStride), (int)columns));
        }
    }

    // destination[j, i] = source[i, j], four by four in registers. Copies alone: the instructions used can't change a bit.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* source, nint sourceStride, float* destination, nint destinationStride, nint rows, nint columns)
    {
        nint i = 0;
        if (Sse.IsSupported)
        {
            for (; i <= rows - 4; i += 4)
            {
                float* from = source + (i * sourceStride);
                float* to = destination + i;
                nint j = 0;
                for (; j <= columns - 4; j += 4)
                {
                    Vector128<float> r0 = Vector128.Load(from + j);
                    Vector128<float> r1 = Vector128.Load(from + j + sourceStride);
                    Vector128<float> r2 = Vector128.Load(from + j + (2 * sourceStride));
                    Vector128<float> r3 = Vector128.Load(from + j + (3 * sourceStride));
                    Vector128<float> low01 = Sse.UnpackLow(r0, r1);
                    Vector128<float> high01 = Sse.UnpackHigh(r0, r1);
                    Vector128<float> low23 = Sse.UnpackLow(r2, r3);
                    Vector128<float> high23 = Sse.UnpackHigh(r2, r3);
                    Sse.MoveLowToHigh(low01, low23).Store(to);
                    Sse.MoveHighToLow(low23, low01).Store(to + destinationStride);
                    Sse.MoveLowToHigh(high01, high23).Store(to + (2 * destinationStride));
                    Sse.MoveHighToLow(high23, high01).Store(to + (3 * destinationStride));
                    to += 4 * destinationStride;
                }

                for (; j < columns; j++)
                {
                    to[0] = from[j];
                    to[1] = from[j + sourceStride];
                    to[2] = from[j + (2 * sourceStride)];
                    to[3] = from[j + (3 * sourceStride)];
                    to += destinationStride;
                }
            }
        }

        for (; i < rows; i++)
        {
            for (nint j = 0; j < columns; j++)
            {
                destination[(j * destinationStride) + i] = source[(i * sourceStride) + j];
            }
        }
    }
}
