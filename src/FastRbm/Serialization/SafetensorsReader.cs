using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>Reads a safetensors file: the whole header is checked when it is opened, numbers are read when they are asked for.</summary>
/// <remarks>
/// The file is read as a stream rather than mapped into memory: a mapping of a file that another program cuts short kills the
/// process. Not thread-safe. Reading needs a buffer of 64 KiB and nothing that grows with the tensors.
/// </remarks>
internal sealed class SafetensorsReader : IDisposable
{
    private const int BufferSize = 1 << 16;
    private const int LengthSize = 8;

    private readonly FileStream _stream;
    private readonly long _dataStart;
    private readonly byte[] _buffer = new byte[BufferSize];

    private SafetensorsReader(string path, FileStream stream, SafetensorsHeader header, long dataStart)
    {
        Source = path;
        _stream = stream;
        Header = header;
        _dataStart = dataStart;
    }

    /// <summary>The file, as the user named it.</summary>
    public string Source { get; }

    /// <summary>The whole header.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>The metadata; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => Header.Metadata;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => Header.Tensors;

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <returns>A reader that keeps the file open until it is disposed of.</returns>
    /// <exception cref="InvalidInputException">The file is no valid safetensors file.</exception>
    /// <exception cref="IOException">The file is missing or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            Throw.Input(path, "a safetensors file", "a directory");
        }

        // Sharing with "delete" lets a save replace the file meanwhile; this reader goes on with the old one.
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize);
        try
        {
            if (!stream.CanSeek)
            {
                Throw.Input(path, "a file of known length", "a pipe or a device");
            }

            return Open(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The metadata under a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Its value.</returns>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public string RequireMetadata(string key)
    {
        if (!Metadata.TryGetValue(key, out string? value))
        {
            Throw.Input(Source, $"metadata {key}", Metadata.Count == 0 ? "no metadata" : $"only {List(Metadata.Keys)}");
        }

        return value;
    }

    /// <summary>Makes sure of the metadata under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The value that it must have.</param>
    /// <exception cref="InvalidInputException">There is none, or it has another value.</exception>
    public void RequireMetadata(string key, string expected)
    {
        string found = RequireMetadata(key);
        if (found != expected)
        {
            Throw.Input(Source, expected, SafetensorsText.Shorten(found), $"metadata {key}");
        }
    }

    /// <summary>A tensor of the given number of dimensions that fits into memory.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">The number of dimensions.</param>
    /// <returns>Its entry; every dimension and the number of numbers is at most what an array holds.</returns>
    /// <exception cref="InvalidInputException">There is no such tensor, or it has another number of dimensions, or is too large.</exception>
    public TensorEntry RequireDimensions(string name, int dimensions)
    {
        TensorEntry tensor = Require(name);
        if (tensor.Shape.Count != dimensions)
        {
            Throw.Input(
                Source,
                string.Create(CultureInfo.InvariantCulture, $"{dimensions} dimensions"),
                string.Create(CultureInfo.InvariantCulture, $"{tensor.Shape.Count}, shape {TensorEntry.Describe(tensor.Shape)}"),
                tensor.Place);
        }

        RequireSize(tensor);
        return tensor;
    }

    /// <summary>A tensor of the given shape.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The dimensions, outermost first.</param>
    /// <returns>Its entry.</returns>
    /// <exception cref="InvalidInputException">There is no such tensor, or it has another shape, or is too large for an array.</exception>
    public TensorEntry RequireShape(string name, params ReadOnlySpan<long> shape)
    {
        TensorEntry tensor = Require(name);
        if (!shape.SequenceEqual(tensor.Shape.ToArray()))
        {
            Throw.Input(Source, $"shape {TensorEntry.Describe(shape.ToArray())}", TensorEntry.Describe(tensor.Shape), tensor.Place);
        }

        RequireSize(tensor);
        return tensor;
    }

    /// <summary>Reads a tensor of F64, F32, F16 or BF16 as floats, rounding F64 to the nearest (ties to even).</summary>
    /// <param name="name">Its name.</param>
    /// <param name="destination">As many floats as the tensor has numbers, row-major; overwritten.</param>
    /// <param name="requireFinite">Whether NaN, infinity and doubles beyond the floats are errors; else they are stored as such.</param>
    /// <exception cref="InvalidInputException">
    /// There is no such tensor, it holds another type, the file became shorter, or a number isn't finite (the place says which).
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void ReadFloats(string name, Span<float> destination, bool requireFinite = true)
    {
        TensorEntry tensor = RequireFloats(name);
        CheckLength(tensor.Count, destination.Length, nameof(destination));
        Seek(tensor);
        ReadFloats(tensor, 0, destination, requireFinite);
    }

    /// <summary>Reads a tensor of F64, F32, F16 or BF16 as floats, row by row.</summary>
    /// <inheritdoc cref="ReadFloats(string, Span{float}, bool)"/>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Where each row goes: <see cref="Memory.Matrix.Row"/>, for example.</param>
    /// <param name="requireFinite">Whether NaN, infinity and doubles beyond the floats are errors; else they are stored as such.</param>
    /// <exception cref="ArgumentException">A view that <paramref name="rows"/> gives has another length than the row.</exception>
    public void ReadFloats(string name, RowDestination<float> rows, bool requireFinite = true)
    {
        TensorEntry tensor = RequireFloats(name);
        Seek(tensor);
        for (int row = 0; row < tensor.Rows && tensor.Count > 0; row++)
        {
            Span<float> destination = rows(row);
            CheckLength(tensor.Columns, destination.Length, nameof(rows));
            ReadFloats(tensor, row * tensor.Columns, destination, requireFinite);
        }
    }

    /// <summary>Reads a tensor of F64, F32, F16 or BF16 as doubles, exactly.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="destination">As many doubles as the tensor has numbers, row-major; overwritten.</param>
    /// <param name="requireFinite">Whether NaN and infinity are errors; else they are stored as such.</param>
    /// <exception cref="InvalidInputException">
    /// There is no such tensor, it holds another type, the file became shorter, or a number isn't finite (the place says which).
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void ReadDoubles(string name, Span<double> destination, bool requireFinite = true)
    {
        TensorEntry tensor = RequireFloats(name);
        CheckLength(tensor.Count, destination.Length, nameof(destination));
        Seek(tensor);
        int size = tensor.Type.Size();
        for (int done = 0; done < destination.Length;)
        {
            ReadOnlySpan<byte> bytes = ReadChunk(tensor, (destination.Length - done) * (long)size);
            for (int i = 0; i < bytes.Length; i += size, done++)
            {
                double value = Convert(tensor.Type, bytes[i..]);
                if (requireFinite && !double.IsFinite(value))
                {
                    FailNumber(tensor, done, "a finite number", value);
                }

                destination[done] = value;
            }
        }
    }

    /// <summary>Reads a tensor whose numbers are exactly of the type <typeparamref name="T"/>, without any conversion or check of values.</summary>
    /// <typeparam name="T">double (F64), float (F32), Half (F16), long, ulong, int, uint or byte.</typeparam>
    /// <param name="name">Its name.</param>
    /// <param name="destination">As many numbers as the tensor has, row-major; overwritten.</param>
    /// <exception cref="InvalidInputException">There is no such tensor, it holds another type, or the file became shorter.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void Read<T>(string name, Span<T> destination)
        where T : unmanaged
    {
        TensorEntry tensor = RequireType<T>(name);
        CheckLength(tensor.Count, destination.Length, nameof(destination));
        Seek(tensor);
        ReadExactly(tensor, MemoryMarshal.AsBytes(destination));
        LittleEndian.Convert(destination);
    }

    /// <summary>Reads a tensor whose numbers are exactly of the type <typeparamref name="T"/>, row by row.</summary>
    /// <inheritdoc cref="Read{T}(string, Span{T})"/>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Where each row goes: <see cref="Memory.BitMatrix.Row"/>, for example.</param>
    /// <exception cref="ArgumentException">A view that <paramref name="rows"/> gives has another length than the row.</exception>
    public void Read<T>(string name, RowDestination<T> rows)
        where T : unmanaged
    {
        TensorEntry tensor = RequireType<T>(name);
        Seek(tensor);
        for (int row = 0; row < tensor.Rows && tensor.Count > 0; row++)
        {
            Span<T> destination = rows(row);
            CheckLength(tensor.Columns, destination.Length, nameof(rows));
            ReadExactly(tensor, MemoryMarshal.AsBytes(destination));
            LittleEndian.Convert(destination);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static SafetensorsReader Open(string path, FileStream stream)
    {
        long length = stream.Length;
        if (length < LengthSize)
        {
            Throw.Input(path, "a safetensors file of 8 bytes or more", string.Create(CultureInfo.InvariantCulture, $"{length} bytes"));
        }

        Span<byte> prefix = stackalloc byte[LengthSize];
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > SafetensorsHeader.MaxLength)
        {
            Throw.Input(
                path,
                string.Create(CultureInfo.InvariantCulture, $"a header of at most {SafetensorsHeader.MaxLength} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"{headerLength} (is this a safetensors file?)"),
                "byte 0");
        }

        if ((long)headerLength > length - LengthSize)
        {
            Throw.Input(
                path,
                string.Create(CultureInfo.InvariantCulture, $"a header of {headerLength} bytes"),
                string.Create(CultureInfo.InvariantCulture, $"{length - LengthSize} bytes to the end of the file"),
                "byte 8");
        }

        byte[] json = new byte[headerLength];
        int read = stream.ReadAtLeast(json, json.Length, throwOnEndOfStream: false);
        if (read < json.Length)
        {
            Throw.Input(path, $"a header of {json.Length} bytes", $"{read}: the file became shorter", "byte 8");
        }

        long dataStart = LengthSize + json.Length;
        return new SafetensorsReader(path, stream, SafetensorsHeader.Parse(path, json, length - dataStart), dataStart);
    }

    private static double Convert(TensorType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        TensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        TensorType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
    };

    private static void CheckLength(long expected, int found, string name)
    {
        if (found != expected)
        {
            Throw.Length(name, expected, found);
        }
    }

    private static string List(IEnumerable<string> names) =>
        SafetensorsText.Shorten(string.Join(", ", names.Take(10).Order(StringComparer.Ordinal)));

    private TensorEntry Require(string name)
    {
        if (!Tensors.TryGetValue(name, out TensorEntry? tensor))
        {
            Throw.Input(Source, $"a tensor {SafetensorsText.Shorten(name)}", Tensors.Count == 0 ? "no tensors" : $"only {List(Tensors.Keys)}");
        }

        return tensor;
    }

    private void RequireSize(TensorEntry tensor)
    {
        if (tensor.Count > Array.MaxLength || tensor.Shape.Any(static size => size > Array.MaxLength))
        {
            Throw.Input(
                Source,
                string.Create(CultureInfo.InvariantCulture, $"at most {Array.MaxLength} numbers"),
                $"shape {TensorEntry.Describe(tensor.Shape)}",
                tensor.Place);
        }
    }

    private TensorEntry RequireFloats(string name)
    {
        TensorEntry tensor = Require(name);
        if (tensor.Type is not (TensorType.F64 or TensorType.F32 or TensorType.F16 or TensorType.BF16))
        {
            Throw.Input(Source, "dtype F64, F32, F16 or BF16", tensor.Type.Name(), tensor.Place);
        }

        RequireSize(tensor);
        return tensor;
    }

    private TensorEntry RequireType<T>(string name)
        where T : unmanaged
    {
        if (!TensorTypes.TryOf<T>(out TensorType type))
        {
            Throw.Argument(nameof(T), "double, float, Half, long, ulong, int, uint or byte", typeof(T).Name);
        }

        TensorEntry tensor = Require(name);
        if (tensor.Type != type)
        {
            Throw.Input(Source, $"dtype {type.Name()}", tensor.Type.Name(), tensor.Place);
        }

        RequireSize(tensor);
        return tensor;
    }

    private void ReadFloats(TensorEntry tensor, long first, Span<float> destination, bool requireFinite)
    {
        int size = tensor.Type.Size();
        for (int done = 0; done < destination.Length;)
        {
            ReadOnlySpan<byte> bytes = ReadChunk(tensor, (destination.Length - done) * (long)size);
            for (int i = 0; i < bytes.Length; i += size, done++)
            {
                double value = Convert(tensor.Type, bytes[i..]);
                float rounded = (float)value;
                if (requireFinite && !float.IsFinite(rounded))
                {
                    FailNumber(tensor, first + done, double.IsFinite(value) ? "a number within the range of a float" : "a finite number", value);
                }

                destination[done] = rounded;
            }
        }
    }

    private void Seek(TensorEntry tensor) => _stream.Seek(_dataStart + tensor.Offset, SeekOrigin.Begin);

    /// <summary>Reads the next bytes, at most a buffer full: a whole number of elements, as the buffer is.</summary>
    private ReadOnlySpan<byte> ReadChunk(TensorEntry tensor, long length)
    {
        Span<byte> chunk = _buffer.AsSpan(0, (int)Math.Min(length, _buffer.Length));
        ReadExactly(tensor, chunk);
        return chunk;
    }

    private void ReadExactly(TensorEntry tensor, Span<byte> bytes)
    {
        int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            Throw.Input(Source, $"{bytes.Length} more bytes", $"{read}: the file became shorter", tensor.Place);
        }
    }

    private void FailNumber(TensorEntry tensor, long index, string expected, double found)
    {
        string where = tensor.Shape.Count == 2
            ? string.Create(CultureInfo.InvariantCulture, $"row {index / tensor.Columns}, column {index % tensor.Columns}")
            : string.Create(CultureInfo.InvariantCulture, $"element {index}");
        Throw.Input(Source, expected, found.ToString(CultureInfo.InvariantCulture), $"{tensor.Place}, {where}");
    }
}
