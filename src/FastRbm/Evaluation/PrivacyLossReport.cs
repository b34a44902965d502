namespace FastRbm.Evaluation;

/// <summary>Whether samples lie nearer to training data than to unseen data.</summary>
/// <param name="OnTraining">Samples against training data.</param>
/// <param name="OnTest">Samples against unseen data.</param>
public sealed record PrivacyLossReport(AdversarialAccuracyReport OnTraining, AdversarialAccuracyReport OnTest)
{
    /// <summary>AA_TS(test) - AA_TS(training): 0 is ideal, above 0 the model remembers its training rows.</summary>
    public double Loss => OnTest.Accuracy - OnTraining.Accuracy;
}
