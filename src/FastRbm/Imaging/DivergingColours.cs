namespace FastRbm.Imaging;

/// <summary>The colours of signed numbers: white at 0, blue below, red above.</summary>
internal static class DivergingColours
{
    /// <summary>The level of the fullest colour; levels go from -Full to Full.</summary>
    public const int Full = 255;

    // The level from which an arm goes on from its bright colour to its dark one.
    private const int Middle = 128;

    /// <summary>The colour of a level.</summary>
    /// <param name="level">From -255 (dark blue) over 0 (white) to 255 (dark red).</param>
    /// <param name="pixel">Red, green and blue; 3 bytes, overwritten.</param>
    public static void Write(int level, Span<byte> pixel)
    {
        // Bright and dark have about the same luma (0.299 R + 0.587 G + 0.114 B) in both arms: 135 and 35.
        ReadOnlySpan<byte> white = [255, 255, 255];
        ReadOnlySpan<byte> bright = level < 0 ? [90, 140, 230] : [235, 95, 70];
        ReadOnlySpan<byte> dark = level < 0 ? [10, 30, 110] : [110, 0, 20];
        int distance = Math.Abs(level);
        for (int i = 0; i < 3; i++)
        {
            pixel[i] = distance <= Middle
                ? Mix(white[i], bright[i], distance, Middle)
                : Mix(bright[i], dark[i], distance - Middle, Full - Middle);
        }
    }

    private static byte Mix(int from, int to, int part, int whole) => (byte)(((from * (whole - part)) + (to * part) + (whole / 2)) / whole);
}
