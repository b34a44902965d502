using FastRbm.Reference;
using FsCheck;
using FsCheck.Fluent;

namespace FastRbm.Testing;

/// <summary>Generators and shrinkers for properties: tiny machines, shapes, and bit patterns.</summary>
/// <remarks>Use as <c>Prop.ForAll(RandomModels.TinyRbm(), ...)</c>. Counterexamples shrink by rows, then columns, then elements.</remarks>
public static class RandomModels
{
    private static readonly int[] _lengths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];
    private static readonly double[] _densities = [0, 0.02, 0.13, 0.5, 0.87, 1];

    /// <summary>Largest absolute weight of each regime: zeros, small, moderate, large.</summary>
    private static readonly double[] _scales = [0, 0.05, 1, 8];

    /// <summary>The lengths that fill vectors and words exactly, and those one beside.</summary>
    public static IReadOnlyList<int> Lengths => _lengths;

    /// <summary>Machines small enough to enumerate. Parameters are floats up to |8|, of one regime or a mixture.</summary>
    /// <param name="maximumVisible">Visible units are 1 to this.</param>
    /// <param name="maximumHidden">Hidden units are 1 to this.</param>
    public static Arbitrary<ReferenceRbm> TinyRbm(int maximumVisible = 6, int maximumHidden = 5)
    {
        Gen<ReferenceRbm> models =
            from visible in Gen.Choose(1, maximumVisible)
            from hidden in Gen.Choose(1, maximumHidden)
            from weights in Parameters(visible * hidden)
            from visibleBias in Parameters(visible)
            from hiddenBias in Parameters(hidden)
            select new ReferenceRbm(ToMatrix(weights, visible, hidden), visibleBias, hiddenBias);
        return Arb.From(models, ShrinkModel);
    }

    /// <summary>(visible, hidden) with lengths from <see cref="Lengths"/>.</summary>
    public static Arbitrary<(int Visible, int Hidden)> Shapes()
    {
        Gen<(int Visible, int Hidden)> shapes =
            from visible in Gen.Elements(_lengths)
            from hidden in Gen.Elements(_lengths)
            select (visible, hidden);
        return Arb.From(shapes, shape =>
            ShorterThan(shape.Visible).Select(visible => (visible, shape.Hidden))
                .Concat(ShorterThan(shape.Hidden).Select(hidden => (shape.Visible, hidden))));
    }

    /// <summary>1 to maximumRows rows of a length from <see cref="Lengths"/>, from all off over sparse and dense to all on.</summary>
    public static Arbitrary<BitPattern> BitPatterns(int maximumRows = 9)
    {
        Gen<BitPattern> patterns =
            from rows in Gen.Choose(1, maximumRows)
            from columns in Gen.Elements(_lengths)
            from pattern in Bits(rows, columns)
            select pattern;
        return Arb.From(patterns, ShrinkPattern);
    }

    /// <summary>Bits of a given shape and a random density, for use inside other generators.</summary>
    public static Gen<BitPattern> Bits(int rows, int columns) =>
        from density in Gen.Elements(_densities)
        from uniforms in Gen.Choose(0, 999_999).ArrayOf(rows * columns)
        select new BitPattern(ToMatrix(Array.ConvertAll(uniforms, u => u < density * 1_000_000), rows, columns));

    /// <summary>The machine with one visible unit, one hidden unit or one parameter less.</summary>
    public static IEnumerable<ReferenceRbm> ShrinkModel(ReferenceRbm model)
    {
        double[,] weights = model.CopyWeights();
        double[] visibleBias = model.VisibleBias.ToArray();
        double[] hiddenBias = model.HiddenBias.ToArray();
        for (int i = 0; model.Visible > 1 && i < model.Visible; i++)
        {
            yield return new ReferenceRbm(WithoutRow(weights, i), Without(visibleBias, i), hiddenBias);
        }

        for (int j = 0; model.Hidden > 1 && j < model.Hidden; j++)
        {
            yield return new ReferenceRbm(WithoutColumn(weights, j), visibleBias, Without(hiddenBias, j));
        }

        double[] parameters = [.. weights.Cast<double>(), .. visibleBias, .. hiddenBias];
        for (int k = 0; k < parameters.Length; k++)
        {
            foreach (double simpler in Simpler(parameters[k]))
            {
                double[] changed = (double[])parameters.Clone();
                changed[k] = simpler;
                yield return new ReferenceRbm(
                    ToMatrix(changed[..weights.Length], model.Visible, model.Hidden),
                    changed[weights.Length..(weights.Length + model.Visible)],
                    changed[(weights.Length + model.Visible)..]);
            }
        }
    }

    /// <summary>The pattern with one row less, with the next shorter length, or with one bit off.</summary>
    public static IEnumerable<BitPattern> ShrinkPattern(BitPattern pattern)
    {
        for (int r = 0; pattern.Rows > 1 && r < pattern.Rows; r++)
        {
            yield return new BitPattern(WithoutRow(pattern.Bits, r));
        }

        foreach (int columns in ShorterThan(pattern.Columns))
        {
            bool[,] narrower = pattern.Bits;
            while (narrower.GetLength(1) > columns)
            {
                narrower = WithoutColumn(narrower, columns);
            }

            yield return new BitPattern(narrower);
        }

        for (int k = 0; k < pattern.Bits.Length; k++)
        {
            if (pattern.Bits[k / pattern.Columns, k % pattern.Columns])
            {
                bool[,] changed = (bool[,])pattern.Bits.Clone();
                changed[k / pattern.Columns, k % pattern.Columns] = false;
                yield return new BitPattern(changed);
            }
        }
    }

    private static Gen<double[]> Parameters(int count)
    {
        Gen<double>[] regimes = Array.ConvertAll(_scales, Parameter);
        Gen<Gen<double>> oneRegime = Gen.Elements(regimes);
        Gen<double> mixture = Gen.OneOf(regimes);
        return
            from regime in Gen.OneOf(oneRegime, Gen.Constant(mixture))
            from values in regime.ArrayOf(count)
            select values;
    }

    /// <summary>Uniform floats up to the scale; the added zero makes every zero a positive one.</summary>
    private static Gen<double> Parameter(double scale) =>
        Gen.Choose(-int.MaxValue, int.MaxValue).Select(k => (float)(scale * k / int.MaxValue) + 0.0);

    /// <summary>Zero first, then the integer and the half towards zero.</summary>
    private static IEnumerable<double> Simpler(double value)
    {
        if (value == 0)
        {
            yield break;
        }

        yield return 0;
        double truncated = Math.Truncate(value == Math.Truncate(value) ? value / 2 : value);
        if (truncated != 0)
        {
            yield return truncated;
        }
    }

    private static IEnumerable<int> ShorterThan(int length) => _lengths.Where(candidate => candidate < length);

    private static T[,] ToMatrix<T>(T[] values, int rows, int columns)
    {
        T[,] matrix = new T[rows, columns];
        for (int k = 0; k < values.Length; k++)
        {
            matrix[k / columns, k % columns] = values[k];
        }

        return matrix;
    }

    private static T[] Without<T>(T[] values, int index) => [.. values[..index], .. values[(index + 1)..]];

    private static T[,] WithoutRow<T>(T[,] matrix, int row) => WithoutIndex(matrix, row, -1);

    private static T[,] WithoutColumn<T>(T[,] matrix, int column) => WithoutIndex(matrix, -1, column);

    private static T[,] WithoutIndex<T>(T[,] matrix, int row, int column)
    {
        int rows = matrix.GetLength(0);
        int columns = matrix.GetLength(1);
        List<T> kept = [];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                if (i != row && j != column)
                {
                    kept.Add(matrix[i, j]);
                }
            }
        }

        return ToMatrix(kept.ToArray(), row >= 0 ? rows - 1 : rows, column >= 0 ? columns - 1 : columns);
    }
}
