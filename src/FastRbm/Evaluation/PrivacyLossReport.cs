namespace FastRbm.Evaluation;

/// <summary>Whether samples lie nearer to training data than to unseen data.</summary>
/// <param name="Training">Samples against training data.</param>
/// <param name="Test">Samples against unseen data.</param>
public sealed record PrivacyLossReport(AdversarialAccuracyReport Training, AdversarialAccuracyReport Test)
{
    /// <summary>AA_TS(test) - AA_TS(training): 0 is ideal, above 0 the model remembers its training rows.</summary>
    public double Loss => Test.Accuracy - Training.Accuracy;
}
