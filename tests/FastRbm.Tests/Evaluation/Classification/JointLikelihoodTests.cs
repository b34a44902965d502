using FastRbm.Evaluation.Classification;
using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Tests.Models.Classification;

namespace FastRbm.Tests.Evaluation.Classification;

public sealed class JointLikelihoodTests
{
    [Fact]
    public void Likelihoods_are_those_of_enumeration()
    {
        ClassificationRbm model = ClassificationModels.Random(5, 3, 4, 1);
        ReferenceClassification reference = ClassificationModels.Reference(model);
        LabelledTestRows rows = ClassificationModels.Rows(20, 5, 3, 2);
        JointLikelihoodReport report = JointLikelihood.Compute(model, rows, threads: 2);
        Assert.Equal(reference.LogPartition(), report.LogPartitionFunction, 1e-9);
        Assert.Equal(Enumerable.Range(0, 20).Average(row => -reference.Generative(Values(rows, row), rows.Labels.Span[row])), report.Joint, 1e-9);
        Assert.Equal(Enumerable.Range(0, 20).Average(row => -reference.Marginal(Values(rows, row))), report.Marginal, 1e-9);
        Assert.True(JointLikelihood.IsFeasible(model));
        Assert.False(JointLikelihood.IsFeasible(new ClassificationRbm(40, 2, 40)));
        Assert.ThrowsAny<ArgumentException>(() => JointLikelihood.Compute(new ClassificationRbm(5, 2, 4), rows));
    }

    private static double[] Values(LabelledTestRows rows, int row) => Array.ConvertAll(rows.Values[row], static value => (double)value);
}
