using FastRbm.Errors;
using FastRbm.Random;

namespace FastRbm.Data.Generators;

/// <summary>Digits drawn by the library with a shaky pen: grey images of 28 x 28 pixels in ten classes.</summary>
/// <remarks>
/// Each row is a function of (seed, split, row number) alone, so that a shorter set is the start of a longer one. Only addition,
/// multiplication, division and square root are used, which IEEE 754 rounds alike everywhere: the same bytes on every machine.
/// </remarks>
public static class Strokes
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Size = 28;

    /// <summary>The seed of the set that the name "strokes" stands for.</summary>
    public const ulong DefaultSeed = 20260;

    // Which of the library's generators this is; the split is added.
    private const long FirstStep = 1;
    private const int CurveSteps = 8;
    private const double MaximumExtent = 21;

    /// <summary>The number of rows of a split of the set that the name "strokes" stands for.</summary>
    /// <param name="split">Train, validation or test.</param>
    /// <returns>5,000 for train, 500 for the others.</returns>
    public static int DefaultRows(DatasetSplit split) => split == DatasetSplit.Train ? 5000 : 500;

    /// <summary>Draws images; row r shows the digit r mod 10, which is its label.</summary>
    /// <param name="rows">At least 1.</param>
    /// <param name="split">Splits share no random bit.</param>
    /// <param name="seed">Another seed gives other images.</param>
    /// <returns>Grey rows of 28 x 28 pixels with labels.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rows"/> is less than 1 or too large for one array.</exception>
    public static GreyDataset Create(int rows, DatasetSplit split = DatasetSplit.Train, ulong seed = DefaultSeed)
    {
        const int Pixels = Size * Size;
        if (rows < 1 || rows > Array.MaxLength / Pixels)
        {
            Throw.OutOfRange(nameof(rows), $"1 to {Array.MaxLength / Pixels}", rows);
        }

        byte[] values = new byte[rows * Pixels];
        byte[] labels = new byte[rows];
        var canvas = new StrokeCanvas(Size);
        List<PenPoint> points = [];
        for (int row = 0; row < rows; row++)
        {
            int digit = row % StrokeGlyphs.Classes;
            var draws = new Draws(new RandomStream(seed, StreamPurpose.DataGenerator, FirstStep + (int)split, row));
            Draw(canvas, digit, ref draws, points);
            canvas.Develop(values.AsSpan(row * Pixels, Pixels));
            labels[row] = (byte)digit;
        }

        string name = split switch
        {
            DatasetSplit.Train => "strokes:train",
            DatasetSplit.Validation => "strokes:validation",
            _ => "strokes:test",
        };
        return new GreyDataset(name, rows, Pixels, values, 255, new ImageShape(Size, Size), labels);
    }

    private static void Draw(StrokeCanvas canvas, int digit, ref Draws draws, List<PenPoint> points)
    {
        PenPoint[][][] ways = StrokeGlyphs.Ways(digit);
        PenPoint[][] strokes = ways[draws.Below(ways.Length)];
        double height = 18.5 + draws.Spread(0.9);
        double width = height * (0.95 + draws.Spread(0.08));
        double slant = 0.12 + draws.Spread(0.16);
        double turn = draws.Spread(0.05);
        double radius = Math.Clamp(1.25 + draws.Spread(0.25), 0.8, 1.9);

        // A rotation by rational numbers: cos = (1 - t^2) / (1 + t^2), sin = 2 t / (1 + t^2).
        double cosine = (1 - (turn * turn)) / (1 + (turn * turn));
        double sine = 2 * turn / (1 + (turn * turn));
        points.Clear();
        foreach (PenPoint[] stroke in strokes)
        {
            foreach (PenPoint point in stroke)
            {
                double y = (point.Y - 0.5 + draws.Spread(0.025)) * height;
                double x = ((point.X - 0.35 + draws.Spread(0.025)) * width) - (slant * y);
                points.Add(new PenPoint((x * cosine) - (y * sine), (x * sine) + (y * cosine)));
            }
        }

        (PenPoint centre, double scale) = Fit(points);
        var middle = new PenPoint((Size / 2.0) + draws.Spread(0.5), (Size / 2.0) + draws.Spread(0.5));
        PenPoint Place(PenPoint p) => new(middle.X + ((p.X - centre.X) * scale), middle.Y + ((p.Y - centre.Y) * scale));

        canvas.Clear();
        int first = 0;
        foreach (PenPoint[] stroke in strokes)
        {
            // The pen is pressed less towards the end.
            double start = radius * (1 + draws.Spread(0.06));
            double slope = -0.15 * draws.Uniform() / (stroke.Length - 1);
            for (int i = 0; i + 2 < stroke.Length; i += 2)
            {
                Curve(canvas, Place(points[first + i]), Place(points[first + i + 1]), Place(points[first + i + 2]), start * (1 + (slope * i)));
            }

            first += stroke.Length;
        }
    }

    /// <summary>The middle of the points' bounding box, and what to shrink them by if it is too large for the canvas.</summary>
    private static (PenPoint Centre, double Scale) Fit(List<PenPoint> points)
    {
        (double left, double right, double top, double bottom) = (points[0].X, points[0].X, points[0].Y, points[0].Y);
        foreach (PenPoint p in points)
        {
            left = Math.Min(left, p.X);
            right = Math.Max(right, p.X);
            top = Math.Min(top, p.Y);
            bottom = Math.Max(bottom, p.Y);
        }

        double extent = Math.Max(right - left, bottom - top);
        return (new PenPoint((left + right) / 2, (top + bottom) / 2), extent > MaximumExtent ? MaximumExtent / extent : 1);
    }

    private static void Curve(StrokeCanvas canvas, PenPoint start, PenPoint control, PenPoint end, double radius)
    {
        PenPoint last = start;
        for (int i = 1; i <= CurveSteps; i++)
        {
            double t = (double)i / CurveSteps;
            double a = (1 - t) * (1 - t);
            double b = 2 * t * (1 - t);
            double c = t * t;
            var next = new PenPoint((a * start.X) + (b * control.X) + (c * end.X), (a * start.Y) + (b * control.Y) + (c * end.Y));
            canvas.Line(last, next, radius);
            last = next;
        }
    }

    /// <summary>The random numbers of one image, in order.</summary>
    private struct Draws(RandomStream stream)
    {
        private long _index;

        public double Uniform() => stream.Uniform(_index++);

        public int Below(int bound) => stream.Below(_index++, bound);

        /// <summary>A bell-shaped number: mean 0, the given standard deviation, never beyond three of them.</summary>
        public double Spread(double deviation) => deviation * 2 * (Uniform() + Uniform() + Uniform() - 1.5);
    }
}
