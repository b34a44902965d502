namespace FastRbm.Data.Generators;

/// <summary>A point of a glyph (height 1, y downwards) or of a canvas (pixels).</summary>
internal readonly record struct PenPoint(double X, double Y);
