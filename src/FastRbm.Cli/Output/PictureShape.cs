using System.Globalization;
using FastRbm.Data;

namespace FastRbm.Cli.Output;

/// <summary>How a row of visible units is drawn: as the image that it is, else as a square if it makes one, else as a line.</summary>
internal static class PictureShape
{
    /// <summary>The name of the shape in a model's metadata.</summary>
    public const string MetadataKey = "visible_shape";

    /// <summary>The shape of data. Rows whose file says nothing of images look like those whose file does, if they are square.</summary>
    public static ImageShape Of(Dataset data) => data.Shape.Height > 1 ? data.Shape : Guess(data.Columns);

    /// <summary>The shape that a model's metadata name, if they name a possible one.</summary>
    public static ImageShape Of(IReadOnlyDictionary<string, string> metadata, int visible)
    {
        string[] sides = metadata.GetValueOrDefault(MetadataKey, string.Empty).Split('x');
        return sides.Length == 2 && TryParse(sides[0], out int height) && TryParse(sides[1], out int width) && (long)height * width == visible
            ? new ImageShape(height, width)
            : Guess(visible);
    }

    /// <summary>The shape as metadata: 28x28.</summary>
    public static string Text(ImageShape shape) => $"{Numbers.Text(shape.Height)}x{Numbers.Text(shape.Width)}";

    private static ImageShape Guess(int columns)
    {
        int side = (int)Math.Sqrt(columns);
        return side * side == columns ? new ImageShape(side, side) : ImageShape.Line(columns);
    }

    private static bool TryParse(string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
