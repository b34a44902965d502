namespace FastRbm.Serialization;

/// <summary>Names and sizes of <see cref="TensorType"/>.</summary>
internal static class TensorTypes
{
    /// <summary>Every name, as error messages list them.</summary>
    public const string Names = "F64, F32, F16, BF16, I64, U64, I32, U32 or U8";

    /// <summary>The size of one number.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Bytes.</returns>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 or TensorType.U64 => 8,
        TensorType.F32 or TensorType.I32 or TensorType.U32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        _ => 1,
    };

    /// <summary>The name in a file.</summary>
    /// <param name="type">The type.</param>
    /// <returns>"F32" and the like.</returns>
    public static string Name(this TensorType type) => type switch
    {
        TensorType.F64 => "F64",
        TensorType.F32 => "F32",
        TensorType.F16 => "F16",
        TensorType.BF16 => "BF16",
        TensorType.I64 => "I64",
        TensorType.U64 => "U64",
        TensorType.I32 => "I32",
        TensorType.U32 => "U32",
        _ => "U8",
    };

    /// <summary>Finds a type by its name in a file: exactly, in upper case.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type">The type that it names.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryParse(string name, out TensorType type)
    {
        (bool known, type) = name switch
        {
            "F64" => (true, TensorType.F64),
            "F32" => (true, TensorType.F32),
            "F16" => (true, TensorType.F16),
            "BF16" => (true, TensorType.BF16),
            "I64" => (true, TensorType.I64),
            "U64" => (true, TensorType.U64),
            "I32" => (true, TensorType.I32),
            "U32" => (true, TensorType.U32),
            "U8" => (true, TensorType.U8),
            _ => (false, default),
        };
        return known;
    }

    /// <summary>The type whose numbers are stored as <typeparamref name="T"/> is in memory (in little-endian order).</summary>
    /// <typeparam name="T">double, float, Half, long, ulong, int, uint or byte.</typeparam>
    /// <param name="type">The type in the file.</param>
    /// <returns>Whether there is one.</returns>
    public static bool TryOf<T>(out TensorType type)
        where T : unmanaged
    {
        TensorType? found =
            typeof(T) == typeof(double) ? TensorType.F64
            : typeof(T) == typeof(float) ? TensorType.F32
            : typeof(T) == typeof(Half) ? TensorType.F16
            : typeof(T) == typeof(long) ? TensorType.I64
            : typeof(T) == typeof(ulong) ? TensorType.U64
            : typeof(T) == typeof(int) ? TensorType.I32
            : typeof(T) == typeof(uint) ? TensorType.U32
            : typeof(T) == typeof(byte) ? TensorType.U8
            : null;
        type = found.GetValueOrDefault();
        return found.HasValue;
    }
}
