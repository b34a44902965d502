namespace FastRbm.Evaluation;

/// <summary>Nearest-neighbour adversarial accuracy of samples against data, AA_TS: can a judge by nearest neighbours tell them apart?</summary>
/// <remarks>
/// One half is ideal. Above: samples and data are told apart (underfitting, or samples without variety). Below: samples lie nearer to
/// data than data to each other (copies of the data).
/// </remarks>
/// <param name="Rows">Rows of each set.</param>
/// <param name="Truth">AA_truth: the share of data rows that are nearer to other data than to any sample; a tie counts one half.</param>
/// <param name="Synthetic">AA_syn: the share of samples that are nearer to other samples than to any data row; a tie counts one half.</param>
/// <param name="TruthTies">The share of data rows with a tie.</param>
/// <param name="SyntheticTies">The share of samples with a tie.</param>
public sealed record AdversarialAccuracyReport(int Rows, double Truth, double Synthetic, double TruthTies, double SyntheticTies)
{
    /// <summary>AA_TS = (AA_truth + AA_syn) / 2.</summary>
    public double Accuracy => 0.5 * (Truth + Synthetic);
}
