namespace FastRbm.Reference;

/// <summary>p(x) = exp(-E(x)) / Z on a box of one or two dimensions, by the midpoint rule on a fine grid.</summary>
public sealed class ReferenceDensity
{
    private readonly double[] _masses;

    /// <summary>Integrates.</summary>
    /// <param name="energy">E.</param>
    /// <param name="dimensions">1 or 2.</param>
    /// <param name="bound">The box is -bound ... bound in each dimension.</param>
    /// <param name="cells">Cells a dimension.</param>
    public ReferenceDensity(Func<double[], double> energy, int dimensions, double bound, int cells)
    {
        Dimensions = dimensions;
        Bound = bound;
        Cells = cells;
        double width = 2 * bound / cells;
        double[] terms = new double[dimensions == 1 ? cells : cells * cells];
        for (int cell = 0; cell < terms.Length; cell++)
        {
            terms[cell] = -energy(Middle(cell)) + (dimensions * Math.Log(width));
        }

        LogPartition = ReferenceMath.LogSumExp(terms);
        _masses = [.. terms.Select(term => Math.Exp(term - LogPartition))];
    }

    /// <summary>1 or 2.</summary>
    public int Dimensions { get; }

    /// <summary>Half of a side of the box.</summary>
    public double Bound { get; }

    /// <summary>Cells a dimension.</summary>
    public int Cells { get; }

    /// <summary>log Z.</summary>
    public double LogPartition { get; }

    /// <summary>The probability of every cell.</summary>
    public IReadOnlyList<double> Masses => _masses;

    /// <summary>The middle of a cell.</summary>
    public double[] Middle(int cell)
    {
        double width = 2 * Bound / Cells;
        double first = -Bound + (((cell % Cells) + 0.5) * width);
        return Dimensions == 1 ? [first] : [first, -Bound + (((cell / Cells) + 0.5) * width)];
    }

    /// <summary>The expectation of a function.</summary>
    public double Mean(Func<double[], double> function)
    {
        double sum = 0;
        for (int cell = 0; cell < _masses.Length; cell++)
        {
            sum += _masses[cell] * function(Middle(cell));
        }

        return sum;
    }

    /// <summary>A draw: a cell by its mass, then uniform within it.</summary>
    /// <param name="u">1 + Dimensions numbers in [0, 1).</param>
    public double[] Draw(ReadOnlySpan<double> u)
    {
        double sum = 0;
        int cell = 0;
        while (cell < _masses.Length - 1 && sum + _masses[cell] <= u[0])
        {
            sum += _masses[cell++];
        }

        double[] x = Middle(cell);
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += (u[1 + i] - 0.5) * 2 * Bound / Cells;
        }

        return x;
    }

    /// <summary>The coarse cell of a state: factor cells of the grid a side make one.</summary>
    public int CoarseCell(IReadOnlyList<double> x, int factor)
    {
        int side = Cells / factor;
        int first = Index(x[0], side);
        return Dimensions == 1 ? first : (Index(x[1], side) * side) + first;
    }

    /// <summary>The probabilities of coarse cells.</summary>
    public double[] CoarseMasses(int factor)
    {
        int side = Cells / factor;
        double[] sums = new double[Dimensions == 1 ? side : side * side];
        for (int cell = 0; cell < _masses.Length; cell++)
        {
            sums[CoarseCell(Middle(cell), factor)] += _masses[cell];
        }

        return sums;
    }

    private int Index(double x, int side) => Math.Clamp((int)((x + Bound) / (2 * Bound) * side), 0, side - 1);
}
