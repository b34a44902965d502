using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Memory;

namespace FastRbm.Models.Classification;

/// <summary>
/// A classification RBM: p(y,v,h) = exp(-E(y,v,h)) / Z with E(y,v,h) = -b.v - d_y - c.h - v'Wh - U_y.h over binary v and h and one of K
/// classes y.
/// </summary>
/// <remarks>
/// <para>The hidden units sum out class by class, so that p(y | v) is exact: softmax over y of
/// d_y + sum_j softplus(c_j + U_yj + (vW)_j). Values of v between 0 and 1 are taken as they are.</para>
/// <para>It is an <see cref="Rbm"/> whose visible layer has the K classes as one group of categories behind the columns:
/// <see cref="Joint"/>, which whatever samples, trains or evaluates RBMs takes. Its parameters are this model's.</para>
/// <para><see cref="LogProbabilities(IVisibleRows, int, Matrix)"/> keeps scratch memory of its own: use it from one thread at a time. Methods
/// that take one row may be used from many threads; they compute in double from the float parameters, allocate a row of hidden inputs,
/// and are the same on every machine.</para>
/// <para>Source: Larochelle and Bengio (2008), "Classification using discriminative restricted Boltzmann machines"; Larochelle, Mandel,
/// Pascanu and Bengio (2012), "Learning algorithms for the classification restricted Boltzmann machine", equations 1 to 8.</para>
/// </remarks>
public sealed class ClassificationRbm : IClassifier
{
    private ClassScores? _scores;

    /// <summary>Makes a model whose parameters are all zero.</summary>
    /// <param name="columns">The number of visible units, at least 1.</param>
    /// <param name="classes">K: 2 to 255.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ClassificationRbm(int columns, int classes, int hidden)
    {
        Throw.IfLess(columns, 1);
        Throw.IfLess(hidden, 1);
        if (classes is < 2 or > ClassLabels.Unlabelled)
        {
            Throw.OutOfRange(nameof(classes), $"2 to {ClassLabels.Unlabelled} classes", classes);
        }

        Columns = columns;
        Classes = classes;
        Hidden = hidden;
        Joint = new Rbm(new MixedLayer(new BinaryLayer(columns), new PottsLayer(classes)), new BinaryLayer(hidden));
    }

    /// <inheritdoc/>
    public int Columns { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <summary>The number of hidden units.</summary>
    public int Hidden { get; }

    /// <summary>
    /// Whether grey levels of rows are made bits, on from one half, before their classes are told: true for a model that was trained on such
    /// bits. Else they are taken as they are.
    /// </summary>
    public bool ThresholdsRows { get; set; }

    /// <summary>The same model over v and y in one visible layer: weights [columns + classes, hidden], W above U; biases b before d.</summary>
    public Rbm Joint { get; }

    /// <summary>W [columns, hidden].</summary>
    public ReadOnlySpan2D<float> Weights => Joint.Weights[..Columns, ..];

    /// <summary>U [classes, hidden].</summary>
    public ReadOnlySpan2D<float> ClassWeights => Joint.Weights[Columns.., ..];

    /// <summary>b.</summary>
    public ReadOnlySpan<float> VisibleBias => Joint.Visible.Bias[..Columns];

    /// <summary>d.</summary>
    public ReadOnlySpan<float> ClassBias => Joint.Visible.Bias[Columns..];

    /// <summary>c.</summary>
    public ReadOnlySpan<float> HiddenBias => Joint.Hidden.Bias;

    /// <summary>Makes a classifier of an RBM that knows nothing of classes: its W, b and c, with U and d of 0.</summary>
    /// <remarks>With U of 0 all classes are equally likely whatever v is; training moves U first.</remarks>
    /// <param name="rbm">A binary RBM. Copied.</param>
    /// <param name="classes">K: 2 to 255.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">The RBM's units aren't binary.</exception>
    public static ClassificationRbm From(Rbm rbm, int classes)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        rbm.RequireBinary(nameof(rbm));
        ClassificationRbm model = new(rbm.Visible.Count, classes, rbm.Hidden.Count);
        model.Edit((weights, _, visibleBias, _, hiddenBias) =>
        {
            rbm.Weights.CopyTo(weights);
            rbm.Visible.Bias.CopyTo(visibleBias);
            rbm.Hidden.Bias.CopyTo(hiddenBias);
        });
        return model;
    }

    /// <summary>Changes parameters. Not while the model is in use.</summary>
    /// <param name="edit">Writes what it wants to change.</param>
    /// <exception cref="ArgumentException">A parameter isn't finite afterwards, or a unit's weights are too large to sum in 32 bits.</exception>
    public void Edit(ClassificationEditor edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        Joint.Edit((weights, visibleBias, hiddenBias) =>
            edit(weights[..Columns, ..], weights[Columns.., ..], visibleBias[..Columns], visibleBias[Columns..], hiddenBias));
    }

    /// <summary>E(y,v,h) in nats.</summary>
    /// <param name="visible">v: as many values as there are columns.</param>
    /// <param name="label">y.</param>
    /// <param name="hidden">h: as many values as there are hidden units.</param>
    /// <returns>The energy.</returns>
    public double Energy(ReadOnlySpan<float> visible, int label, ReadOnlySpan<float> hidden)
    {
        Throw.IfLengthDiffers(hidden.Length, Hidden, nameof(hidden));
        double[] inputs = Inputs(visible, label);
        double energy = -Bias(visible, label);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            energy -= inputs[unit] * hidden[unit];
        }

        return energy;
    }

    /// <summary>F(v,y) = -b.v - d_y - sum_j softplus(c_j + U_yj + (vW)_j), in nats: p(v,y) = exp(-F(v,y)) / Z.</summary>
    /// <param name="visible">v.</param>
    /// <param name="label">y.</param>
    /// <returns>The free energy.</returns>
    public double FreeEnergy(ReadOnlySpan<float> visible, int label)
    {
        double[] inputs = Inputs(visible, label);
        double sum = Bias(visible, label);
        foreach (double input in inputs)
        {
            sum += DoubleMath.Softplus(input);
        }

        return -sum;
    }

    /// <summary>F(v) = -log sum over y of exp(-F(v,y)), in nats: p(v) = exp(-F(v)) / Z.</summary>
    /// <param name="visible">v.</param>
    /// <returns>The free energy.</returns>
    public double FreeEnergy(ReadOnlySpan<float> visible)
    {
        double[] scores = new double[Classes];
        Scores(visible, scores);
        double sum = 0;
        for (int unit = 0; unit < Columns; unit++)
        {
            sum += (double)VisibleBias[unit] * visible[unit];
        }

        return -sum - DoubleMath.LogSumExp(scores);
    }

    /// <summary>ln p(y | v) of every class.</summary>
    /// <param name="visible">v.</param>
    /// <param name="destination">A number a class, written.</param>
    public void LogProbabilities(ReadOnlySpan<float> visible, Span<double> destination)
    {
        Throw.IfLengthDiffers(destination.Length, Classes, nameof(destination));
        Scores(visible, destination);
        double sum = DoubleMath.LogSumExp(destination);
        foreach (ref double score in destination)
        {
            score -= sum;
        }
    }

    /// <summary>p(h_j = 1 | v, y) of every hidden unit.</summary>
    /// <param name="visible">v.</param>
    /// <param name="label">y.</param>
    /// <param name="means">As many as there are hidden units, written.</param>
    public void MeanHidden(ReadOnlySpan<float> visible, int label, Span<double> means)
    {
        Throw.IfLengthDiffers(means.Length, Hidden, nameof(means));
        double[] inputs = Inputs(visible, label);
        for (int unit = 0; unit < inputs.Length; unit++)
        {
            means[unit] = DoubleMath.Sigmoid(inputs[unit]);
        }
    }

    /// <summary>p(v_i = 1 | h) of every visible unit, which doesn't depend on the class.</summary>
    /// <param name="hidden">h.</param>
    /// <param name="means">As many as there are columns, written.</param>
    public void MeanVisible(ReadOnlySpan<float> hidden, Span<double> means)
    {
        Throw.IfLengthDiffers(hidden.Length, Hidden, nameof(hidden));
        Throw.IfLengthDiffers(means.Length, Columns, nameof(means));
        for (int unit = 0; unit < means.Length; unit++)
        {
            means[unit] = DoubleMath.Sigmoid(VisibleBias[unit] + Product(Joint.WeightMatrix.Row(unit), hidden));
        }
    }

    /// <summary>p(y | h) of every class: softmax over y of d_y + U_y.h.</summary>
    /// <param name="hidden">h.</param>
    /// <param name="probabilities">A number a class, written.</param>
    public void ClassProbabilities(ReadOnlySpan<float> hidden, Span<double> probabilities)
    {
        Throw.IfLengthDiffers(hidden.Length, Hidden, nameof(hidden));
        Throw.IfLengthDiffers(probabilities.Length, Classes, nameof(probabilities));
        for (int y = 0; y < Classes; y++)
        {
            probabilities[y] = ClassBias[y] + Product(Joint.WeightMatrix.Row(Columns + y), hidden);
        }

        double sum = DoubleMath.LogSumExp(probabilities);
        foreach (ref double probability in probabilities)
        {
            probability = DoubleMath.Exp(probability - sum);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By float products with exact exponentials: within 1e-4 of the row by row method. Allocates scratch for 64 rows at its first call, then
    /// nothing.
    /// </remarks>
    public void LogProbabilities(IVisibleRows rows, int firstRow, Matrix destination)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(destination);
        CheckWidth(rows, nameof(rows));
        Throw.IfLengthDiffers(destination.Columns, Classes, nameof(destination));
        if (firstRow < 0 || destination.Rows > rows.Rows - firstRow)
        {
            Throw.OutOfRange(nameof(firstRow), $"0 to {rows.Rows - destination.Rows}: {destination.Rows} of {rows.Rows} rows from there", firstRow);
        }

        _scores ??= new ClassScores(this);
        _scores.Run(rows, firstRow, destination, 0, destination.Rows);
    }

    /// <summary>Refuses rows of another width.</summary>
    internal void CheckWidth(IVisibleRows rows, string name)
    {
        if (rows.Columns != Columns)
        {
            Throw.Argument(name, $"rows of {Columns} values, the model's columns", $"{rows.Columns}");
        }
    }

    private static double Product(ReadOnlySpan<float> weights, ReadOnlySpan<float> states)
    {
        double sum = 0;
        for (int unit = 0; unit < weights.Length; unit++)
        {
            sum += (double)weights[unit] * states[unit];
        }

        return sum;
    }

    private void CheckLabel(int label)
    {
        if ((uint)label >= (uint)Classes)
        {
            Throw.OutOfRange(nameof(label), $"0 to {Classes - 1}", label);
        }
    }

    /// <summary>b.v + d_y.</summary>
    private double Bias(ReadOnlySpan<float> visible, int label)
    {
        double sum = ClassBias[label];
        for (int unit = 0; unit < visible.Length; unit++)
        {
            sum += (double)VisibleBias[unit] * visible[unit];
        }

        return sum;
    }

    /// <summary>c + vW + U_y.</summary>
    private double[] Inputs(ReadOnlySpan<float> visible, int label)
    {
        CheckLabel(label);
        double[] inputs = Inputs(visible);
        Add(1, Joint.WeightMatrix.Row(Columns + label), inputs);
        return inputs;
    }

    /// <summary>c + vW.</summary>
    private double[] Inputs(ReadOnlySpan<float> visible)
    {
        Throw.IfLengthDiffers(visible.Length, Columns, nameof(visible));
        double[] inputs = new double[Hidden];
        Add(1, HiddenBias, inputs);
        for (int unit = 0; unit < visible.Length; unit++)
        {
            if (visible[unit] != 0)
            {
                Add(visible[unit], Joint.WeightMatrix.Row(unit), inputs);
            }
        }

        return inputs;
    }

    /// <summary>d_y + sum_j softplus(c_j + U_yj + (vW)_j) of every class.</summary>
    private void Scores(ReadOnlySpan<float> visible, Span<double> scores)
    {
        double[] inputs = Inputs(visible);
        for (int y = 0; y < Classes; y++)
        {
            ReadOnlySpan<float> weights = Joint.WeightMatrix.Row(Columns + y);
            double score = ClassBias[y];
            for (int unit = 0; unit < inputs.Length; unit++)
            {
                score += DoubleMath.Softplus(inputs[unit] + weights[unit]);
            }

            scores[y] = score;
        }
    }

    private static void Add(float factor, ReadOnlySpan<float> row, Span<double> sums) =>
        Kernels.Reduction.RowSum.AddScaled(row, factor, sums);
}
