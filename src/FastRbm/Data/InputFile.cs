using System.Buffers.Binary;
using System.IO.Compression;
using FastRbm.Errors;
using FastRbm.Serialization;

namespace FastRbm.Data;

/// <summary>Reads a file from front to back, through gzip where the content says so. Every failure names the file.</summary>
/// <remarks>
/// The gzip frame is read here because <see cref="GZipStream"/> takes a truncated file for a complete one and checks neither
/// checksum nor length. One member only (RFC 1952): its last 8 bytes are the last of the file.
/// </remarks>
internal sealed class InputFile : IDisposable
{
    /// <summary>No deflate stream is longer than this many times its compressed size.</summary>
    private const int MaximumRatio = 1032;
    private const int TrailerBytes = 8;
    private const int BufferBytes = 1 << 16;

    private readonly FileStream _file;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Stream _content;
    private BoundedStream? _compressed;
    private int _start;
    private int _end;
    private long _decoded;
    private uint _checksum;
    private bool _atEnd;

    private InputFile(string path, FileStream file, long length)
    {
        Path = path;
        _file = file;
        _content = file;
        FileLength = length;
    }

    /// <summary>The file, as the user named it.</summary>
    public string Path { get; }

    /// <summary>Whether the content is gzip-compressed.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>The size of the file in bytes, compressed where it is.</summary>
    public long FileLength { get; }

    /// <summary>The number of content bytes handed out so far.</summary>
    public long Position => _decoded - (_end - _start);

    /// <summary>Opens a file and looks whether it is compressed.</summary>
    public static InputFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        InputFile? input = null;
        try
        {
            if (Directory.Exists(path))
            {
                Throw.Input(path, "a file", "a directory");
            }

            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            input = new InputFile(path, file, file.CanSeek ? file.Length : 0);
            if (!file.CanSeek)
            {
                Throw.Input(path, "a regular file", "a pipe or device");
            }

            if (input.FileLength == 0)
            {
                Throw.Input(path, "data", "an empty file");
            }

            input.SkipGzipHeader();
            return input;
        }
        catch (Exception e)
        {
            input?.Dispose();
            if (e is FileNotFoundException or DirectoryNotFoundException)
            {
                Throw.Input(path, "a file", "nothing of that name");
            }

            if (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                Throw.Input(path, "a readable file", $"an error ({e.Message})");
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _content.Dispose();
        _compressed?.Dispose();
        _file.Dispose();
    }

    /// <summary>Compares a length that a header announces with what the file holds or, if compressed, can hold.</summary>
    /// <param name="expected">The whole content in bytes.</param>
    /// <param name="meaning">What these bytes are, for the message.</param>
    public void RequireLength(UInt128 expected, string meaning)
    {
        if (!IsCompressed && expected != (UInt128)FileLength)
        {
            Throw.Input(Path, $"{expected} bytes ({meaning})", $"{FileLength} bytes");
        }

        // Exact once everything is decoded; this bounds what is allocated before.
        if (IsCompressed && expected > (UInt128)FileLength * MaximumRatio)
        {
            Throw.Input(Path, $"{expected} bytes ({meaning})", $"{FileLength} compressed bytes, too few to hold them");
        }
    }

    /// <summary>Looks at the next bytes without taking them.</summary>
    /// <param name="count">At most 65,536.</param>
    /// <returns>Fewer bytes if the content ends before; valid until the next call.</returns>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }

        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Takes the next bytes.</summary>
    /// <returns>How many were taken; 0 only at the end of the content.</returns>
    public int Read(Span<byte> destination)
    {
        if (_start == _end && !Fill())
        {
            return 0;
        }

        int count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination);
        _start += count;
        return count;
    }

    /// <summary>Fills <paramref name="destination"/>, or says at which byte the content ended.</summary>
    public void ReadExactly(Span<byte> destination, string meaning)
    {
        long first = Position;
        int done = 0;
        while (done < destination.Length)
        {
            int count = Read(destination[done..]);
            if (count == 0)
            {
                Throw.Input(Path, $"{destination.Length} bytes ({meaning})", $"the end after {done}", $"byte {first}");
            }

            done += count;
        }
    }

    /// <summary>Takes the next bytes into new memory, which grows with what arrives and not with what was announced.</summary>
    public byte[] ReadGrowing(int length, string meaning)
    {
        byte[] bytes = new byte[Math.Min(length, BufferBytes)];
        int done = 0;
        while (true)
        {
            ReadExactly(bytes.AsSpan(done), meaning);
            if (bytes.Length == length)
            {
                return bytes;
            }

            done = bytes.Length;
            Array.Resize(ref bytes, (int)Math.Min(length, 2L * done));
        }
    }

    /// <summary>Requires that nothing follows, and that a compressed content is what was compressed.</summary>
    public void ExpectEnd()
    {
        if (!Peek(1).IsEmpty)
        {
            Throw.Input(Path, "the end of the data", "more bytes", $"byte {Position}");
        }
    }

    private bool Fill()
    {
        if (_atEnd)
        {
            return false;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            return false;
        }

        int count = 0;
        try
        {
            count = _content.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException)
        {
            Throw.Input(Path, "intact gzip data", "data that doesn't decompress", $"after {_decoded} decompressed bytes");
        }
        catch (IOException e)
        {
            Throw.Input(Path, "a readable file", $"an error ({e.Message})", $"byte {_decoded}");
        }

        if (count == 0)
        {
            _atEnd = true;
            if (IsCompressed)
            {
                CheckTrailer();
            }

            return false;
        }

        if (IsCompressed)
        {
            _checksum = Crc32.Append(_checksum, _buffer.AsSpan(_end, count));
        }

        _end += count;
        _decoded += count;
        return true;
    }

    private void SkipGzipHeader()
    {
        const int FixedBytes = 10;
        ReadOnlySpan<byte> head = Peek(FixedBytes);
        if (head.Length < 2 || head[0] != 0x1F || head[1] != 0x8B)
        {
            return;
        }

        if (head.Length < FixedBytes)
        {
            Throw.Input(Path, "a gzip header of 10 bytes", $"a file of {head.Length}");
        }

        byte flags = head[3];
        if (head[2] != 8 || (flags & 0xE0) != 0)
        {
            Throw.Input(Path, "gzip with method 8 (deflate) and known flags", $"method {head[2]}, flags 0x{flags:X2}", "byte 2");
        }

        Span<byte> two = stackalloc byte[2];
        Take(FixedBytes);
        if ((flags & 4) != 0)
        {
            ReadExactly(two, "length of the gzip extra field");
            Take(BinaryPrimitives.ReadUInt16LittleEndian(two));
        }

        for (int text = 0; text < ((flags >> 3) & 1) + ((flags >> 4) & 1); text++)
        {
            do
            {
                ReadExactly(two[..1], "name or comment in the gzip header");
            }
            while (two[0] != 0);
        }

        if ((flags & 2) != 0)
        {
            ReadExactly(two, "checksum of the gzip header");
        }

        long body = Position;
        if (FileLength - body < TrailerBytes)
        {
            Throw.Input(Path, "gzip data and its 8 last bytes", $"{FileLength - body} bytes after the gzip header", $"byte {body}");
        }

        _file.Position = body;
        _compressed = new BoundedStream(_file, FileLength - body - TrailerBytes);
        _content = new DeflateStream(_compressed, CompressionMode.Decompress);
        _start = _end = 0;
        _decoded = 0;
        _atEnd = false;
        IsCompressed = true;
    }

    private void Take(int count)
    {
        Span<byte> one = stackalloc byte[1];
        for (int i = 0; i < count; i++)
        {
            ReadExactly(one, "gzip header");
        }
    }

    private void CheckTrailer()
    {
        if (_compressed!.Left > 0)
        {
            Throw.Input(Path, "one gzip member and nothing after it", "the end of the compressed data before the end of the file");
        }

        Span<byte> trailer = stackalloc byte[TrailerBytes];
        _file.Position = FileLength - TrailerBytes;
        _file.ReadExactly(trailer);
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (checksum != _checksum || length != unchecked((uint)_decoded))
        {
            Throw.Input(
                Path,
                $"one complete gzip member, {length} bytes with CRC-32 {checksum:x8} by its last 8 bytes",
                $"{_decoded} bytes with CRC-32 {_checksum:x8} (truncated or damaged)");
        }
    }
}
