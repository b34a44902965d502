using FastRbm.Errors;

namespace FastRbm.Serialization;

/// <summary>What all model files begin with: metadata <c>format</c> = "1" and <c>model</c>, the kind.</summary>
internal static class ModelFormat
{
    public const string FormatKey = "format";
    public const string FormatValue = "1";
    public const string ModelKey = "model";

    /// <summary>Begins a file of a kind.</summary>
    /// <param name="kind">One of <see cref="ModelKinds"/>.</param>
    /// <param name="extras">Further metadata, or null.</param>
    /// <param name="reservedKeys">Keys that this kind uses itself: refused in <paramref name="extras"/>, as are those of all kinds.</param>
    /// <returns>A writer without tensors.</returns>
    /// <exception cref="ArgumentException">An extra has a key that the format uses.</exception>
    public static SafetensorsWriter Begin(string kind, IReadOnlyDictionary<string, string>? extras, params ReadOnlySpan<string> reservedKeys)
    {
        SafetensorsWriter writer = new();
        foreach ((string key, string value) in extras ?? new Dictionary<string, string>())
        {
            if (key is FormatKey or ModelKey || reservedKeys.Contains(key))
            {
                Throw.Argument(nameof(extras), "keys that the format doesn't use", key);
            }

            writer.SetMetadata(key, value);
        }

        writer.SetMetadata(FormatKey, FormatValue);
        writer.SetMetadata(ModelKey, kind);
        return writer;
    }

    /// <summary>Makes sure that a file is of this format and holds a model of a kind.</summary>
    /// <exception cref="InvalidInputException">It isn't, or holds another kind, which the message names.</exception>
    public static void Require(SafetensorsReader reader, string kind)
    {
        reader.RequireMetadata(FormatKey, FormatValue);
        reader.RequireMetadata(ModelKey, kind);
    }
}
