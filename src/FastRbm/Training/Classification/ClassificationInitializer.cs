using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Classification;

namespace FastRbm.Training.Classification;

/// <summary>Starting values of a classification RBM.</summary>
/// <remarks>The same seed gives the same bits on every machine.</remarks>
public static class ClassificationInitializer
{
    /// <summary>
    /// Makes a model with W and U normal with mean 0, c = 0, and b and d those that make the independent model of the data: the logits of the
    /// columns' means, and the logarithms of the classes' shares, each with one observation more of every state.
    /// </summary>
    /// <param name="rows">The training data.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="hidden">The number of hidden units, at least 1.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="deviation">The standard deviation of W and U, 0 to 10; null for (3 max(columns, hidden))^(-1/2), that of the published
    /// uniform start.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">There are no labels, or one isn't a class.</exception>
    public static ClassificationRbm Normal(ILabelledRows rows, int classes, int hidden, ulong seed, double? deviation = null)
    {
        ClassLabels.Check(rows, classes, allowUnlabelled: true);
        Throw.IfLess(hidden, 1);
        ClassificationRbm model = new(rows.Columns, classes, hidden);
        Rbm start = RbmInitializer.Normal(rows, hidden, seed, deviation ?? DefaultDeviation(rows.Columns, hidden));
        model.Edit((weights, _, visibleBias, classBias, _) =>
        {
            start.Weights.CopyTo(weights);
            start.Visible.Bias.CopyTo(visibleBias);
            SetClassBias(rows, classBias);
        });
        SetClassWeights(model, seed, deviation ?? DefaultDeviation(rows.Columns, hidden));
        return model;
    }

    /// <summary>Makes a classifier of an RBM that was trained without labels: its W, b and c, with U normal and d from the data.</summary>
    /// <param name="rbm">A binary RBM. Copied.</param>
    /// <param name="rows">The training data.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="deviation">The standard deviation of U: 0 to 10.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">Units aren't binary, widths differ, there are no labels, or one isn't a class.</exception>
    public static ClassificationRbm From(Rbm rbm, ILabelledRows rows, int classes, ulong seed, double deviation = 0.01)
    {
        ArgumentNullException.ThrowIfNull(rbm);
        ClassLabels.Check(rows, classes, allowUnlabelled: true);
        Throw.IfLengthDiffers(rows.Columns, rbm.Visible.Count, nameof(rows));
        var model = ClassificationRbm.From(rbm, classes);
        model.Edit((_, _, _, classBias, _) => SetClassBias(rows, classBias));
        SetClassWeights(model, seed, deviation);
        return model;
    }

    private static double DefaultDeviation(int columns, int hidden) => 1 / Math.Sqrt(3.0 * Math.Max(columns, hidden));

    /// <summary>Rows of U are drawn as those of visible units behind the columns.</summary>
    private static void SetClassWeights(ClassificationRbm model, ulong seed, double deviation) => model.Edit((_, classWeights, _, _, _) =>
        RbmInitializer.FillNormal(classWeights, seed, deviation, model.Columns));

    private static void SetClassBias(ILabelledRows rows, Span<float> classBias)
    {
        ReadOnlySpan<byte> labels = rows.Labels.Span;
        int known = labels.Length - labels.Count(ClassLabels.Unlabelled);
        for (int y = 0; y < classBias.Length; y++)
        {
            classBias[y] = (float)Kernels.Elementary.DoubleMath.Log((labels.Count((byte)y) + 1.0) / (known + classBias.Length));
        }
    }
}
