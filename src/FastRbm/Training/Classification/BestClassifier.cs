using FastRbm.Memory;
using FastRbm.Models.Classification;

namespace FastRbm.Training.Classification;

/// <summary>The parameters with the smallest validation error so far; of equal ones that with the smallest cross-entropy.</summary>
internal sealed class BestClassifier(ClassificationRbm model)
{
    private readonly Matrix _weights = new(model.Joint.Visible.Count, model.Hidden);
    private readonly Matrix _visibleBias = new(1, model.Joint.Visible.Count);
    private readonly Matrix _hiddenBias = new(1, model.Hidden);

    /// <summary>Their error.</summary>
    public double Error { get; private set; } = double.PositiveInfinity;

    /// <summary>Their cross-entropy.</summary>
    public double CrossEntropy { get; private set; } = double.PositiveInfinity;

    /// <summary>Epochs since then.</summary>
    public int Epochs { get; private set; }

    /// <summary>The parameters.</summary>
    public IEnumerable<(string Name, Matrix Values)> Values =>
        [("best_weights", _weights), ("best_visible_bias", _visibleBias), ("best_hidden_bias", _hiddenBias)];

    /// <summary>Keeps the model's parameters if they are the best.</summary>
    public void Consider(double error, double crossEntropy)
    {
        Epochs++;
        if (error < Error || (error == Error && crossEntropy < CrossEntropy))
        {
            Restore(error, crossEntropy, 0);
            _weights.CopyFrom(model.Joint.WeightMatrix);
            _visibleBias.CopyFrom(model.Joint.Visible.Parameters);
            _hiddenBias.CopyFrom(model.Joint.Hidden.Parameters);
        }
    }

    /// <summary>Makes them the model.</summary>
    public void PutBack()
    {
        model.Joint.WeightMatrix.CopyFrom(_weights);
        model.Joint.Visible.Parameters.CopyFrom(_visibleBias);
        model.Joint.Hidden.Parameters.CopyFrom(_hiddenBias);
        model.Joint.TryRebuildFixedPoint();
    }

    /// <summary>Goes on from a saved run; the parameters are put back apart.</summary>
    public void Restore(double error, double crossEntropy, int epochs)
    {
        Error = error;
        CrossEntropy = crossEntropy;
        Epochs = epochs;
    }
}
