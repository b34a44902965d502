using FastRbm.Memory;
using FastRbm.Models;

namespace FastRbm.Training;

/// <summary>The parameters with the best validation log-likelihood so far.</summary>
internal sealed class BestParameters(Rbm rbm)
{
    private readonly Matrix _weights = new(rbm.Visible.Count, rbm.Hidden.Count);
    private readonly Matrix _visibleBias = new(rbm.Visible.Parameters.Rows, rbm.Visible.Count);
    private readonly Matrix _hiddenBias = new(rbm.Hidden.Parameters.Rows, rbm.Hidden.Count);

    /// <summary>Their validation log-likelihood, in nats.</summary>
    public double LogLikelihood { get; private set; } = double.NegativeInfinity;

    /// <summary>Their log Z.</summary>
    public double LogPartitionFunction { get; private set; }

    /// <summary>Epochs since then.</summary>
    public int Epochs { get; private set; }

    /// <summary>The parameters.</summary>
    public IEnumerable<(string Name, Matrix Values)> Values =>
        [("best_weights", _weights), ("best_visible_bias", _visibleBias), ("best_hidden_bias", _hiddenBias)];

    /// <summary>Keeps the model's parameters if they are the best.</summary>
    /// <param name="logLikelihood">Their validation log-likelihood.</param>
    /// <param name="logPartitionFunction">Their log Z.</param>
    public void Consider(double logLikelihood, double logPartitionFunction)
    {
        Epochs++;
        if (logLikelihood > LogLikelihood)
        {
            LogLikelihood = logLikelihood;
            LogPartitionFunction = logPartitionFunction;
            Epochs = 0;
            _weights.CopyFrom(rbm.WeightMatrix);
            _visibleBias.CopyFrom(rbm.Visible.Parameters);
            _hiddenBias.CopyFrom(rbm.Hidden.Parameters);
        }
    }

    /// <summary>Makes them the model.</summary>
    public void PutBack()
    {
        rbm.WeightMatrix.CopyFrom(_weights);
        rbm.Visible.Parameters.CopyFrom(_visibleBias);
        rbm.Hidden.Parameters.CopyFrom(_hiddenBias);
        rbm.TryRebuildFixedPoint();
    }

    /// <summary>Goes on from a saved run; the parameters are put back apart.</summary>
    public void Restore(double logLikelihood, double logPartitionFunction, int epochs)
    {
        LogLikelihood = logLikelihood;
        LogPartitionFunction = logPartitionFunction;
        Epochs = epochs;
    }
}
