namespace FastRbm.Reference;

/// <summary>Samples against data, pair by pair.</summary>
public static class ReferenceComparison
{
    /// <summary>&lt;v_i&gt;.</summary>
    public static double Mean(bool[][] rows, int unit) => rows.Average(row => row[unit] ? 1.0 : 0.0);

    /// <summary>&lt;v_i v_j&gt;.</summary>
    public static double Mean(bool[][] rows, int unit, int other) => rows.Average(row => row[unit] && row[other] ? 1.0 : 0.0);

    /// <summary>&lt;v_i v_j&gt; - &lt;v_i&gt;&lt;v_j&gt;.</summary>
    public static double Covariance(bool[][] rows, int unit, int other) => Mean(rows, unit, other) - (Mean(rows, unit) * Mean(rows, other));

    /// <summary>Root mean square of differences.</summary>
    public static double Error(double[] first, double[] second) =>
        first.Length == 0 ? 0 : Math.Sqrt(first.Zip(second, static (x, y) => (x - y) * (x - y)).Average());

    /// <summary>Pearson's correlation.</summary>
    public static double Correlation(double[] first, double[] second)
    {
        double x = first.Average();
        double y = second.Average();
        return first.Zip(second, (a, b) => (a - x) * (b - y)).Sum()
            / Math.Sqrt(first.Sum(a => (a - x) * (a - x)) * second.Sum(b => (b - y) * (b - y)));
    }

    /// <summary>The number of units that differ.</summary>
    public static int Distance(bool[] first, bool[] second)
    {
        int different = 0;
        for (int unit = 0; unit < first.Length; unit++)
        {
            different += first[unit] != second[unit] ? 1 : 0;
        }

        return different;
    }

    /// <summary>The share of rows that are nearer to the nearest other row than to the nearest row of another set; ties count as told.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="others">The other set.</param>
    /// <param name="tie">What a tie counts: 0 as published.</param>
    public static double NearerToOwn(bool[][] rows, bool[][] others, double tie)
    {
        double sum = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int own = Enumerable.Range(0, rows.Length).Where(j => j != i).Min(j => Distance(rows[i], rows[j]));
            int other = others.Min(row => Distance(rows[i], row));
            sum += other > own ? 1 : other == own ? tie : 0;
        }

        return sum / rows.Length;
    }
}
