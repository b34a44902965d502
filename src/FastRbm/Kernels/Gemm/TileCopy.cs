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
            Packing.Transpose(c, cStride, columns, rows, tile, tileStride);
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
            Packing.Transpose(tile, tileStride, rows, columns, c, cStride);
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
}
