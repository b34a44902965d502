using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Training.Classification;

namespace FastRbm.Tests.Repository;

/// <content>Steps of classification RBMs.</content>
internal sealed partial class MeasuredOperations
{
    private IEnumerable<MeasuredOperation> Classes()
    {
        byte[] labels = [.. Enumerable.Range(0, _greys.Rows).Select(static row => row % 4 == 3 ? ClassLabels.Unlabelled : (byte)(row % 4))];
        foreach (ClassificationObjective objective in Enum.GetValues<ClassificationObjective>())
        {
            ClassificationRbm model = new(Visible, 3, Hidden);
            ClassificationTrainer trainer = Own(new ClassificationTrainer(
                model, _greys.WithLabels(labels), ClassificationOptions.For(objective) with { Epochs = 1_000_000, BatchSize = 16 }));
            yield return new($"ClassificationTrainer.Step, {objective}", Repeat(trainer.Step));
        }
    }
}
