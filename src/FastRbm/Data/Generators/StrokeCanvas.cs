namespace FastRbm.Data.Generators;

/// <summary>A square of pixels that a round pen draws lines on. Not thread-safe; reused from image to image.</summary>
internal sealed class StrokeCanvas(int size)
{
    // A pixel further from a line than this keeps its value: nothing there is on.
    private const double Far = 1e9;

    // Over how many pixels the edge of a line fades: pens aren't sharper.
    private const double Edge = 1.4;

    // Distance of the pixel's centre to the nearest line's edge; negative inside.
    private readonly double[] _distance = new double[size * size];

    /// <summary>Wipes everything.</summary>
    public void Clear() => Array.Fill(_distance, Far);

    /// <summary>Draws a straight line with round ends.</summary>
    /// <param name="from">Start; (0, 0) is the upper left corner of the canvas, in pixels.</param>
    /// <param name="to">End.</param>
    /// <param name="radius">Half the line's thickness in pixels.</param>
    public void Line(PenPoint from, PenPoint to, double radius)
    {
        double reach = radius + Edge;
        int left = Pixel(Math.Min(from.X, to.X) - reach);
        int right = Pixel(Math.Max(from.X, to.X) + reach);
        int top = Pixel(Math.Min(from.Y, to.Y) - reach);
        int bottom = Pixel(Math.Max(from.Y, to.Y) + reach);
        double dx = to.X - from.X;
        double dy = to.Y - from.Y;
        double squared = (dx * dx) + (dy * dy);
        double inverse = squared > 0 ? 1 / squared : 0;
        for (int y = top; y <= bottom; y++)
        {
            double py = y + 0.5 - from.Y;
            for (int x = left; x <= right; x++)
            {
                double px = x + 0.5 - from.X;
                double along = Math.Clamp(((px * dx) + (py * dy)) * inverse, 0, 1);
                double ex = px - (along * dx);
                double ey = py - (along * dy);
                double distance = Math.Sqrt((ex * ex) + (ey * ey)) - radius;
                ref double nearest = ref _distance[(y * size) + x];
                nearest = Math.Min(nearest, distance);
            }
        }
    }

    /// <summary>The picture as grey levels, 255 where the pen was.</summary>
    /// <param name="destination">size x size bytes, overwritten.</param>
    public void Develop(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            double level = Math.Clamp(0.5 - (_distance[i] / Edge), 0, 1);
            destination[i] = (byte)((255 * level) + 0.5);
        }
    }

    private int Pixel(double coordinate) => (int)Math.Clamp(coordinate, 0, size - 1);
}
