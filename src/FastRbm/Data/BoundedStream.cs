namespace FastRbm.Data;

/// <summary>The next bytes of a stream up to a limit, read-only; leaves the stream open.</summary>
/// <remarks>
/// Hands out small pieces, and single bytes at the end: a decompressor that ends early, and doesn't say where, then shows in
/// <see cref="Left"/> whether any byte follows its end, because it can't have buffered all that follows.
/// </remarks>
internal sealed class BoundedStream(Stream stream, long length) : Stream
{
    private const int Piece = 4096;

    /// <summary>How many bytes up to the limit haven't been asked for.</summary>
    public long Left { get; private set; } = length;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        long most = Left > Piece ? Piece : Math.Min(Left, 1);
        int count = stream.Read(buffer[..(int)Math.Min(buffer.Length, most)]);
        Left -= count;
        return count;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
