using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Random;

namespace FastRbm.Training;

/// <summary>Starting values of an RBM.</summary>
/// <remarks>The same seed gives the same bits on every machine: normal numbers come from own logarithms and sines.</remarks>
public static class RbmInitializer
{
    /// <summary>The standard deviation that Hinton's guide advises.</summary>
    public const double DefaultDeviation = 0.01;

    /// <summary>Makes a model with W ~ N(0, deviation^2), hidden biases 0 and visible biases from the data.</summary>
    /// <param name="rows">The training data, for the visible biases (see <see cref="SetVisibleBias"/>).</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="deviation">The standard deviation of the weights: 0 to 10.</param>
    /// <returns>The model.</returns>
    public static Rbm Normal(IVisibleRows rows, int hidden, ulong seed, double deviation = DefaultDeviation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfOutside(deviation, 0, 10);
        Rbm rbm = Rbm.Binary(rows.Columns, hidden);
        rbm.Edit((weights, _, _) => FillNormal(weights, seed, deviation));
        SetVisibleBias(rbm, rows);
        return rbm;
    }

    /// <summary>
    /// Makes a model of two layers with W_ij ~ N(0, deviation^2 / s_i^2), hidden parameters as they are and visible ones such that, without
    /// weights, units have the means and variances of the data: s_i is the standard deviation of an unbounded unit's data, else 1.
    /// </summary>
    /// <param name="rows">The training data: states of the visible layer.</param>
    /// <param name="visible">The visible layer, which the model then owns.</param>
    /// <param name="hidden">The hidden layer, which the model then owns.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="deviation">The standard deviation of the weights between standardised units: 0 to 10.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">A row isn't a state of the layer; the message names row and column.</exception>
    public static Rbm Normal(IVisibleRows rows, UnitLayer visible, UnitLayer hidden, ulong seed, double deviation = DefaultDeviation)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(visible);
        ArgumentNullException.ThrowIfNull(hidden);
        Throw.IfOutside(deviation, 0, 10);
        Throw.IfLengthDiffers(rows.Columns, visible.Count, nameof(rows));
        IVisibleRows states = visible.Kind == UnitKind.Spin ? new SpinRows(rows) : rows;
        if (visible.Kind != UnitKind.Binary)
        {
            ColumnMoments.Check(visible, states, nameof(rows));
        }

        ColumnMoments moments = new(states);
        Rbm rbm = new(visible, hidden);
        visible.Match(moments.Means, moments.Variances, moments.Rows);
        double[] curvatures = new double[visible.Count];
        visible.Curvatures(curvatures);
        rbm.Edit((weights, _, _) =>
        {
            FillNormal(weights, seed, deviation);
            for (int unit = 0; unit < curvatures.Length; unit++)
            {
                double scale = curvatures[unit] > 0 && moments.Variances[unit] > 0 ? Math.Sqrt(moments.Variances[unit]) : 1;
                foreach (ref float weight in weights.GetRowSpan(unit))
                {
                    weight = (float)(weight / scale);
                }
            }
        });
        return rbm;
    }

    /// <summary>Makes a model with W ~ N(0, 2 / (visible + hidden)) (Glorot and Bengio 2010), hidden biases 0 and visible biases from the data.</summary>
    /// <param name="rows">The training data, for the visible biases.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The model.</returns>
    public static Rbm Xavier(IVisibleRows rows, int hidden, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLess(hidden, 1);
        return Normal(rows, hidden, seed, Math.Sqrt(2.0 / ((double)rows.Columns + hidden)));
    }

    /// <summary>Sets each visible bias to the logit log(p / (1 - p)) of its unit's mean, with p = (sum + 1) / (rows + 2), over the rows in which it is observed.</summary>
    /// <remarks>With one added observation of each state, a unit that is never on gets a finite bias.</remarks>
    /// <param name="rbm">The model.</param>
    /// <param name="rows">The training data.</param>
    public static void SetVisibleBias(Rbm rbm, IVisibleRows rows)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ArgumentNullException.ThrowIfNull(rows);
        Throw.IfLengthDiffers(rows.Columns, rbm.Visible.Count, nameof(rows));
        double[] sums = new double[rows.Columns];
        int[] counts = new int[rows.Columns];
        float[] row = new float[rows.Columns];
        ulong[] observed = new ulong[BitMatrix.WordsFor(rows.Columns)];
        for (int r = 0; r < rows.Rows; r++)
        {
            rows.CopyMeans(r, row);
            PartialRows.CopyObserved(rows, r, observed);
            for (int i = 0; i < row.Length; i++)
            {
                // A missing value is 0 in the row.
                sums[i] += row[i];
                counts[i] += (int)(observed[i >> 6] >> (i & 63) & 1);
            }
        }

        rbm.Edit((_, visibleBias, _) =>
        {
            for (int i = 0; i < sums.Length; i++)
            {
                visibleBias[i] = (float)(DoubleMath.Log(sums[i] + 1) - DoubleMath.Log(counts[i] - sums[i] + 1));
            }
        });
    }

    /// <summary>Fills rows with normal numbers: row i is that of visible unit firstUnit + i.</summary>
    internal static void FillNormal(Span2D<float> weights, ulong seed, double deviation, int firstUnit = 0)
    {
        for (int i = 0; i < weights.Height; i++)
        {
            RandomStream stream = new(seed, StreamPurpose.InitialWeights, 0, firstUnit + i);
            Span<float> row = weights.GetRowSpan(i);
            for (int j = 0; j < row.Length; j += 2)
            {
                // Box and Muller (1958); 1 - u is above 0.
                double radius = deviation * Math.Sqrt(-2 * DoubleMath.Log(1 - stream.Uniform(j)));
                (double sin, double cos) = DoubleMath.SinCosTurns(stream.Uniform(j + 1));
                row[j] = (float)(radius * cos);
                if (j + 1 < row.Length)
                {
                    row[j + 1] = (float)(radius * sin);
                }
            }
        }
    }
}
