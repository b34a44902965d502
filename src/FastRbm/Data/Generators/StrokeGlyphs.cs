namespace FastRbm.Data.Generators;

/// <summary>How the ten digits are drawn with a pen: for each class one or more ways, each a list of strokes.</summary>
/// <remarks>
/// A stroke is a chain of quadratic Bezier curves: point, control, point, control, point... A glyph is 1 high and about 0.7 wide,
/// y downwards.
/// </remarks>
internal static class StrokeGlyphs
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 10;

    private static readonly PenPoint[][][][] _glyphs =
    [
        [
            [Chain(0.38, 0, 0.02, 0, 0, 0.52, 0.02, 1, 0.35, 1, 0.68, 1, 0.7, 0.48, 0.66, 0, 0.33, 0.03)],
            [Chain(0.45, 0.05, 0.06, 0.1, 0.06, 0.6, 0.08, 1, 0.34, 0.98, 0.64, 0.92, 0.64, 0.42, 0.6, 0, 0.36, 0)],
        ],
        [
            [Chain(0.35, 0, 0.36, 0.5, 0.35, 1)],
            [Chain(0.16, 0.22, 0.28, 0.14, 0.38, 0, 0.38, 0.5, 0.36, 1)],
        ],
        [
            [Chain(0.06, 0.24, 0.1, 0, 0.36, 0, 0.68, 0.02, 0.6, 0.34, 0.5, 0.62, 0.04, 0.98, 0.36, 0.94, 0.72, 0.97)],
            [Chain(0.08, 0.16, 0.36, -0.1, 0.56, 0.12, 0.7, 0.42, 0.3, 0.78, 0.1, 1, 0.04, 0.86, 0.14, 0.7, 0.34, 0.88, 0.5, 1, 0.72, 0.92)],
        ],
        [
            [Chain(0.06, 0.1, 0.32, -0.08, 0.52, 0.08, 0.7, 0.36, 0.26, 0.46, 0.74, 0.46, 0.64, 0.78, 0.48, 1.1, 0.02, 0.9)],
            [Chain(0.08, 0.03, 0.36, 0.02, 0.6, 0.03, 0.48, 0.2, 0.28, 0.4, 0.7, 0.42, 0.63, 0.76, 0.5, 1.06, 0.04, 0.92)],
        ],
        [
            [Chain(0.14, 0, 0.1, 0.3, 0.06, 0.54, 0.34, 0.58, 0.7, 0.5), Chain(0.54, 0.04, 0.53, 0.5, 0.5, 1)],
            [Chain(0.5, 1, 0.52, 0.5, 0.54, 0, 0.3, 0.32, 0.02, 0.64, 0.36, 0.65, 0.72, 0.62)],
        ],
        [
            [Chain(0.64, 0.02, 0.4, 0.03, 0.18, 0.02, 0.15, 0.22, 0.1, 0.44, 0.62, 0.3, 0.64, 0.66, 0.6, 1.04, 0.04, 0.95)],
        ],
        [
            [Chain(0.52, 0, 0.08, 0.22, 0.06, 0.7, 0.1, 1.02, 0.38, 0.98, 0.68, 0.92, 0.6, 0.66, 0.44, 0.4, 0.08, 0.74)],
            [Chain(0.36, 0, 0.1, 0.4, 0.1, 0.72, 0.12, 1, 0.38, 0.99, 0.64, 0.96, 0.6, 0.74, 0.5, 0.5, 0.12, 0.72)],
        ],
        [
            [Chain(0.03, 0.06, 0.34, 0.04, 0.68, 0.03, 0.46, 0.42, 0.26, 1)],
            [Chain(0.03, 0.06, 0.34, 0.04, 0.68, 0.03, 0.46, 0.42, 0.26, 1), Chain(0.18, 0.52, 0.36, 0.5, 0.6, 0.49)],
        ],
        [
            [Chain(0.58, 0.12, 0.34, -0.12, 0.12, 0.12, 0.04, 0.34, 0.36, 0.48, 0.72, 0.64, 0.6, 0.87, 0.36, 1.12, 0.1, 0.87, 0, 0.64, 0.36, 0.46, 0.66, 0.3, 0.56, 0.1)],
        ],
        [
            [Chain(0.6, 0.24, 0.52, -0.04, 0.26, 0.03, -0.02, 0.14, 0.1, 0.42, 0.36, 0.6, 0.61, 0.2, 0.62, 0.6, 0.52, 1)],
            [Chain(0.56, 0.1, 0.3, -0.08, 0.12, 0.18, 0.06, 0.5, 0.32, 0.48, 0.52, 0.44, 0.58, 0.1, 0.66, 0.84, 0.44, 0.98, 0.28, 1.02, 0.12, 0.9)],
        ],
    ];

    /// <summary>The ways to draw a class.</summary>
    public static PenPoint[][][] Ways(int digit) => _glyphs[digit];

    private static PenPoint[] Chain(params ReadOnlySpan<double> coordinates)
    {
        var points = new PenPoint[coordinates.Length / 2];
        for (int i = 0; i < points.Length; i++)
        {
            points[i] = new PenPoint(coordinates[2 * i], coordinates[(2 * i) + 1]);
        }

        return points;
    }
}
