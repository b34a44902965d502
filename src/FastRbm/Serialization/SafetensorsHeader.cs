using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>The header of a safetensors file: its metadata and what it says of its tensors, all checked.</summary>
/// <remarks>
/// A file is 8 bytes with the length of the header (little-endian), the header as a JSON object, then the numbers:
/// <code>
///   {"__metadata__": {"key": "value", ...},
///    "weights": {"dtype": "F32", "shape": [784, 15], "data_offsets": [0, 47040]}, ...}
/// </code>
/// The tensors must fill the bytes after the header exactly: no hole, no overlap, no tail. Stricter than the format's own
/// programs where those let a doubt pass (unknown fields, repeated keys, numbers such as 2.0). Immutable.
/// </remarks>
internal sealed class SafetensorsHeader
{
    /// <summary>The longest header in bytes, as in the format's own programs.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>The key of the metadata, which no tensor can have.</summary>
    public const string MetadataKey = "__metadata__";

    private const int MaxDepth = 4;

    // As many as the array libraries that write such files can have.
    private const int MaxDimensions = 64;

    private SafetensorsHeader(Dictionary<string, string> metadata, Dictionary<string, TensorEntry> tensors)
    {
        Metadata = metadata;
        Tensors = tensors;
    }

    /// <summary>The metadata; empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>Reads and checks a header.</summary>
    /// <param name="source">The file, for messages.</param>
    /// <param name="json">The bytes of the header.</param>
    /// <param name="dataLength">The number of bytes after the header.</param>
    /// <returns>The header.</returns>
    /// <exception cref="InvalidInputException">Anything is wrong with it; the place is a byte of the header or a tensor.</exception>
    public static SafetensorsHeader Parse(string source, ReadOnlySpan<byte> json, long dataLength)
    {
        if (!Utf8.IsValid(json))
        {
            Throw.Input(source, "UTF-8 text", "bytes that are no UTF-8", "the header");
        }

        if (json.IsEmpty || json[0] != (byte)'{')
        {
            Throw.Input(source, "'{'", json.IsEmpty ? "an empty header" : $"byte 0x{json[0]:x2}", "header byte 0");
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        Dictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
        Cursor cursor = new(source, json);
        cursor.Read();
        bool hasMetadata = false;
        while (cursor.ReadKey(out string name))
        {
            if (name != MetadataKey)
            {
                long start = cursor.Position;
                if (!tensors.TryAdd(name, ReadEntry(ref cursor, name)))
                {
                    cursor.Fail("each tensor once", $"{SafetensorsText.Shorten(name)} again", start);
                }
            }
            else if (hasMetadata)
            {
                cursor.Fail($"{MetadataKey} once", "it again");
            }
            else
            {
                hasMetadata = true;
                ReadMetadata(ref cursor, metadata);
            }
        }

        cursor.ReadEnd();
        CheckLayout(source, tensors.Values, dataLength);
        return new SafetensorsHeader(metadata, tensors);
    }

    private static void ReadMetadata(ref Cursor cursor, Dictionary<string, string> metadata)
    {
        cursor.ReadToken(JsonTokenType.StartObject, $"an object as {MetadataKey}");
        while (cursor.ReadKey(out string key))
        {
            long start = cursor.Position;
            cursor.ReadToken(JsonTokenType.String, $"text as metadata {SafetensorsText.Shorten(key)}");
            if (!metadata.TryAdd(key, cursor.Text()))
            {
                cursor.Fail("each key once", $"{SafetensorsText.Shorten(key)} again", start);
            }
        }
    }

    private static TensorEntry ReadEntry(ref Cursor cursor, string name)
    {
        string label = SafetensorsText.Shorten(name);
        cursor.ReadToken(JsonTokenType.StartObject, $"an object that describes tensor {label}");
        long position = cursor.Position;
        TensorType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (cursor.ReadKey(out string field))
        {
            bool repeated = field switch { "dtype" => type.HasValue, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false };
            if (repeated)
            {
                cursor.Fail("each field once", $"{field} of tensor {label} again");
            }

            switch (field)
            {
                case "dtype":
                    cursor.ReadToken(JsonTokenType.String, $"text as the dtype of tensor {label}");
                    string dtype = cursor.Text();
                    if (!TensorTypes.TryParse(dtype, out TensorType known))
                    {
                        cursor.Fail($"{TensorTypes.Names} as the dtype of tensor {label}", SafetensorsText.Shorten(dtype));
                    }

                    type = known;
                    break;
                case "shape":
                    shape = cursor.ReadIntegers(MaxDimensions, $"the shape of tensor {label}");
                    break;
                case "data_offsets":
                    offsets = cursor.ReadIntegers(2, $"the data_offsets of tensor {label}");
                    break;
                default:
                    cursor.Fail($"only dtype, shape and data_offsets in tensor {label}", SafetensorsText.Shorten(field));
                    break;
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            cursor.Fail($"dtype, shape and data_offsets in tensor {label}", "not all of them", position);
        }

        return Check(ref cursor, name, type.Value, shape, offsets);
    }

    private static TensorEntry Check(ref Cursor cursor, string name, TensorType type, long[] shape, long[] offsets)
    {
        string place = $"tensor {SafetensorsText.Shorten(name)}";
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            Throw.Input(cursor.Source, "data_offsets [begin, end] with begin <= end", TensorEntry.Describe(offsets), place);
        }

        long bytes = 1;
        try
        {
            foreach (long size in shape)
            {
                bytes = checked(bytes * size);
            }

            bytes = checked(bytes * type.Size());
        }
        catch (OverflowException)
        {
            Throw.Input(cursor.Source, "a size that can be counted in 63 bits", $"shape {TensorEntry.Describe(shape)}", place);
        }

        if (offsets[1] - offsets[0] != bytes)
        {
            Throw.Input(
                cursor.Source,
                string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes for {type.Name()} of shape {TensorEntry.Describe(shape)}"),
                string.Create(CultureInfo.InvariantCulture, $"{offsets[1] - offsets[0]} bytes, data_offsets {TensorEntry.Describe(offsets)}"),
                place);
        }

        return new TensorEntry(name, type, Array.AsReadOnly(shape), offsets[0], bytes);
    }

    private static void CheckLayout(string source, IEnumerable<TensorEntry> tensors, long dataLength)
    {
        long end = 0;
        string last = "the header";
        foreach (TensorEntry tensor in tensors.OrderBy(static tensor => tensor.Offset).ThenBy(static tensor => tensor.ByteLength))
        {
            if (tensor.Offset != end)
            {
                string what = tensor.Offset > end ? "a hole before" : "an overlap at";
                Throw.Input(
                    source,
                    string.Create(CultureInfo.InvariantCulture, $"a beginning at data byte {end}, the end of {last}"),
                    string.Create(CultureInfo.InvariantCulture, $"{what} data byte {tensor.Offset}"),
                    tensor.Place);
            }

            end = tensor.Offset + tensor.ByteLength;
            last = tensor.Place;
        }

        if (end != dataLength)
        {
            Throw.Input(
                source,
                string.Create(CultureInfo.InvariantCulture, $"{end} bytes of data after the header, to the end of {last}"),
                string.Create(CultureInfo.InvariantCulture, $"{dataLength}"));
        }
    }

    /// <summary>A position in the JSON text, with the strictness that the format asks for.</summary>
    private ref struct Cursor(string source, ReadOnlySpan<byte> json)
    {
        private readonly ReadOnlySpan<byte> _json = json;

        // Comments and trailing commas are refused by default.
        private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });

        public string Source { get; } = source;

        public readonly long Position => _reader.TokenStartIndex;

        public bool Read()
        {
            try
            {
                return _reader.Read();
            }
            catch (JsonException exception)
            {
                // The message ends with the position, which is given here as a byte of the header.
                string message = exception.Message;
                int end = message.IndexOf(" LineNumber", StringComparison.Ordinal);
                Fail("strict JSON", (end < 0 ? message : message[..end]).TrimEnd('.'), PositionOf(exception));
                throw;
            }
        }

        /// <summary>Reads the next key of an object, or its end.</summary>
        public bool ReadKey(out string key)
        {
            Read();
            bool isKey = _reader.TokenType == JsonTokenType.PropertyName;
            key = isKey ? Text() : "";
            return isKey;
        }

        public void ReadToken(JsonTokenType type, string expected)
        {
            Read();
            if (_reader.TokenType != type)
            {
                Fail(expected, Found());
            }
        }

        /// <summary>Reads an array of integers, 0 or more each, written with digits only.</summary>
        public long[] ReadIntegers(int maxLength, string what)
        {
            ReadToken(JsonTokenType.StartArray, $"an array of integers as {what}");
            List<long> values = [];
            while (Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                long value = 0;
                bool digits = _reader.TokenType == JsonTokenType.Number && !_reader.ValueSpan.ContainsAnyExceptInRange((byte)'0', (byte)'9');
                if (!(digits && _reader.TryGetInt64(out value)))
                {
                    Fail($"integers from 0 to {long.MaxValue} in {what}", Found());
                }

                if (values.Count == maxLength)
                {
                    Fail($"at most {maxLength} integers in {what}", "more");
                }

                values.Add(value);
            }

            return [.. values];
        }

        /// <summary>Makes sure that nothing but white space follows.</summary>
        public void ReadEnd() => Read();

        /// <summary>The current key or text, with its escapes resolved.</summary>
        public readonly string Text()
        {
            try
            {
                return _reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                Fail("text of whole characters", "half of a surrogate pair");
                throw;
            }
        }

        [DoesNotReturn]
        public readonly void Fail(string expected, string found) => Fail(expected, found, Position);

        [DoesNotReturn]
        public readonly void Fail(string expected, string found, long position) =>
            Throw.Input(Source, expected, found, string.Create(CultureInfo.InvariantCulture, $"header byte {position}"));

        private readonly string Found() => _reader.TokenType switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "text",
            JsonTokenType.Number => SafetensorsText.Shorten(Encoding.UTF8.GetString(_reader.ValueSpan[..Math.Min(80, _reader.ValueSpan.Length)])),
            JsonTokenType.True or JsonTokenType.False => "a truth value",
            JsonTokenType.Null => "null",
            _ => "the end",
        };

        private readonly long PositionOf(JsonException exception)
        {
            long line = exception.LineNumber ?? 0;
            int start = 0;
            for (; line > 0; line--)
            {
                start += _json[start..].IndexOf((byte)'\n') + 1;
            }

            return start + (exception.BytePositionInLine ?? 0);
        }
    }
}
