using System.Globalization;

namespace FastRbm.Serialization;

/// <summary>What the header of a safetensors file says of one tensor; checked, so that every number is consistent.</summary>
/// <param name="Name">The tensor's name, as the file has it.</param>
/// <param name="Type">The type of its numbers.</param>
/// <param name="Shape">Its dimensions, outermost first, 0 or more each; none for a single number. Row-major.</param>
/// <param name="Offset">Where its bytes begin, counted from the end of the header.</param>
/// <param name="ByteLength">The number of its bytes: Count times the size of a number.</param>
internal sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>The number of numbers: the product of the dimensions.</summary>
    public long Count => ByteLength / Type.Size();

    /// <summary>The length of a row: the last dimension, or 1 for a single number.</summary>
    public long Columns => Shape.Count == 0 ? 1 : Shape[^1];

    /// <summary>The number of rows: the product of all dimensions but the last, or 1.</summary>
    public long Rows => RowsOf(Shape);

    /// <summary>How an error message names the tensor.</summary>
    public string Place => $"tensor {SafetensorsText.Shorten(Name)}";

    /// <summary>How an error message writes a shape: "[784, 15]".</summary>
    /// <param name="shape">The dimensions.</param>
    /// <returns>The text.</returns>
    public static string Describe(IEnumerable<long> shape) =>
        "[" + string.Join(", ", shape.Select(static size => size.ToString(CultureInfo.InvariantCulture))) + "]";

    /// <summary>The product of all dimensions but the last; 1 if there are none.</summary>
    /// <param name="shape">Dimensions whose product, taken from the left, is known not to overflow.</param>
    /// <returns>The number of rows.</returns>
    public static long RowsOf(IReadOnlyList<long> shape)
    {
        long rows = 1;
        for (int i = 0; i < shape.Count - 1; i++)
        {
            rows = checked(rows * shape[i]);
        }

        return rows;
    }
}
