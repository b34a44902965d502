namespace FastRbm.Data;

/// <summary>How the columns of a row lie as an image, row-major: column c is pixel (c / Width, c mod Width).</summary>
/// <param name="Height">The number of pixel rows.</param>
/// <param name="Width">The number of pixels in a pixel row.</param>
public readonly record struct ImageShape(int Height, int Width)
{
    /// <summary>The number of pixels, Height x Width.</summary>
    public long Pixels => (long)Height * Width;

    /// <summary>The shape of rows that aren't images.</summary>
    /// <param name="columns">The number of columns.</param>
    /// <returns>1 x <paramref name="columns"/>.</returns>
    public static ImageShape Line(int columns) => new(1, columns);

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Height} x {Width}");
}
