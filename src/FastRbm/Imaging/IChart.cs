namespace FastRbm.Imaging;

/// <summary>A drawing that can stand on a page: a chart of lines or bars, a map of numbers.</summary>
public interface IChart
{
    /// <summary>What it shows; empty for a drawing without a title.</summary>
    string Title { get; }

    /// <summary>Draws it.</summary>
    /// <returns>A well-formed SVG document with width and height in pixels: the same drawing, the same text.</returns>
    /// <exception cref="ArgumentException">What is to be drawn has no numbers, or one that isn't finite.</exception>
    string ToSvg();
}
