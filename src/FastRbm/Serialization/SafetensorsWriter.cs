using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>Writes a safetensors file: metadata, then tensors in the order in which they were added.</summary>
/// <remarks>
/// The same metadata and tensors give the same bytes, on every machine. The header is padded with spaces to a multiple of 8 bytes;
/// tensors follow each other without gaps, so add those with the largest numbers first to keep all aligned.
/// Numbers are fetched when the file is written, not when a tensor is added. Not thread-safe.
/// </remarks>
internal sealed class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int BufferSize = 1 << 16;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<(TensorEntry Entry, Action<Stream> Write)> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _dataLength;

    /// <summary>Sets the metadata under a key; they are written in ordinal order of the keys.</summary>
    /// <param name="key">Any text of whole characters.</param>
    /// <param name="value">Any text of whole characters.</param>
    /// <exception cref="ArgumentException">A text holds half of a surrogate pair.</exception>
    public void SetMetadata(string key, string value)
    {
        RequireText(key, nameof(key));
        RequireText(value, nameof(value));
        _metadata[key] = value;
    }

    /// <summary>Adds a tensor.</summary>
    /// <typeparam name="T">double (written as F64), float (F32), Half (F16), long, ulong, int, uint or byte.</typeparam>
    /// <param name="name">Any text of whole characters but "__metadata__", once.</param>
    /// <param name="shape">The dimensions, outermost first, 0 or more each; none for a single number.</param>
    /// <param name="rows">Gives the numbers of each row when the file is written; a row is the last dimension.</param>
    /// <exception cref="ArgumentException">The name, the shape or the type is none of these.</exception>
    /// <exception cref="OverflowException">The numbers can't be counted.</exception>
    public void Add<T>(string name, ReadOnlySpan<long> shape, RowSource<T> rows)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(rows);
        RequireText(name, nameof(name));
        if (name == SafetensorsHeader.MetadataKey || _names.Contains(name))
        {
            Throw.Argument(nameof(name), "a name that isn't taken", SafetensorsText.Shorten(name));
        }

        if (!TensorTypes.TryOf<T>(out TensorType type))
        {
            Throw.Argument(nameof(T), "double, float, Half, long, ulong, int, uint or byte", typeof(T).Name);
        }

        long bytes = type.Size();
        foreach (long size in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(size, nameof(shape));
            bytes = checked(bytes * size);
        }

        TensorEntry entry = new(name, type, shape.ToArray(), _dataLength, bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Rows, int.MaxValue, nameof(shape));
        _dataLength = checked(_dataLength + bytes);
        _tensors.Add((entry, stream => WriteRows(stream, entry, rows)));
        _names.Add(name);
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <exception cref="IOException">The file can't be written; see <see cref="AtomicFile"/>.</exception>
    /// <exception cref="ArgumentException">A row has another length than the last dimension of its tensor.</exception>
    public void Save(string path)
    {
        byte[] header = Header();
        AtomicFile.Write(path, checked(header.Length + _dataLength), (Writer: this, Header: header), static (stream, state) => state.Writer.WriteTo(stream, state.Header));
    }

    /// <summary>Writes the file to a stream.</summary>
    /// <param name="stream">Where the bytes go.</param>
    /// <exception cref="ArgumentException">A row has another length than the last dimension of its tensor.</exception>
    public void WriteTo(Stream stream) => WriteTo(stream, Header());

    private static void WriteRows<T>(Stream stream, TensorEntry entry, RowSource<T> rows)
        where T : unmanaged
    {
        T[] buffer = new T[(int)Math.Min(BufferSize / entry.Type.Size(), entry.Columns)];
        for (int row = 0; row < entry.Rows && entry.ByteLength > 0; row++)
        {
            ReadOnlySpan<T> values = rows(row);
            if (values.Length != entry.Columns)
            {
                Throw.Length(entry.Place, entry.Columns, values.Length);
            }

            for (int done = 0; done < values.Length; done += buffer.Length)
            {
                Span<T> chunk = buffer.AsSpan(0, Math.Min(buffer.Length, values.Length - done));
                values.Slice(done, chunk.Length).CopyTo(chunk);
                LittleEndian.Convert(chunk);
                stream.Write(MemoryMarshal.AsBytes(chunk));
            }
        }
    }

    private static void RequireText(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text, name);
        try
        {
            _ = _strictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            Throw.Argument(name, "text of whole characters", "half of a surrogate pair");
        }
    }

    /// <summary>Appends text as JSON. Own code, as the escapes of the library's writer follow the Unicode tables of its version.</summary>
    private static void AppendText(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (char character in text)
        {
            if (character is '"' or '\\')
            {
                json.Append('\\').Append(character);
            }
            else if (character < ' ')
            {
                json.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                json.Append(character);
            }
        }

        json.Append('"');
    }

    private void WriteTo(Stream stream, byte[] header)
    {
        stream.Write(header);
        foreach ((_, Action<Stream> write) in _tensors)
        {
            write(stream);
        }
    }

    /// <summary>The length of the header, and the header.</summary>
    private byte[] Header()
    {
        StringBuilder json = new("{");
        if (_metadata.Count > 0)
        {
            AppendText(json, SafetensorsHeader.MetadataKey);
            string separator = ":{";
            foreach ((string key, string value) in _metadata)
            {
                json.Append(separator);
                AppendText(json, key);
                json.Append(':');
                AppendText(json, value);
                separator = ",";
            }

            json.Append('}');
        }

        foreach ((TensorEntry entry, _) in _tensors)
        {
            if (json.Length > 1)
            {
                json.Append(',');
            }

            AppendText(json, entry.Name);
            json.Append(CultureInfo.InvariantCulture, $":{{\"dtype\":\"{entry.Type.Name()}\",\"shape\":[")
                .AppendJoin(',', entry.Shape)
                .Append(CultureInfo.InvariantCulture, $"],\"data_offsets\":[{entry.Offset},{entry.Offset + entry.ByteLength}]}}");
        }

        json.Append('}');
        int length = _strictUtf8.GetByteCount(json.ToString());
        json.Append(' ', (Alignment - (length % Alignment)) % Alignment);
        byte[] text = _strictUtf8.GetBytes(json.ToString());
        if (text.Length > SafetensorsHeader.MaxLength)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"The header: expected at most {SafetensorsHeader.MaxLength} bytes, found {text.Length}."));
        }

        byte[] header = new byte[sizeof(ulong) + text.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)text.Length);
        text.CopyTo(header, sizeof(ulong));
        return header;
    }
}
