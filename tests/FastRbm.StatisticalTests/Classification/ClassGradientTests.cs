using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Training;
using FastRbm.Training.Classification;

namespace FastRbm.StatisticalTests.Classification;

/// <summary>The mean update over many rows of few kinds is the exact expectation of CD-k, and seeded mistakes are not.</summary>
public sealed class ClassGradientTests
{
    private const int Copies = 4000;
    private const double Rate = 0.125;
    private const double Alpha = 0.6;
    private const double Beta = 0.8;

    /// <summary>Standard errors of one of some forty parameters: beyond them lies less than a share of 1e-8.</summary>
    private const double Deviations = 6.5;

    private static readonly int[] _labelled = [0, 7, 11, 13, 22, 18];
    private static readonly int[] _unlabelled = [-1, -4, -6, -8];

    [Theory]
    [InlineData(ClassificationObjective.Generative, false, 1)]
    [InlineData(ClassificationObjective.Generative, false, 3)]
    [InlineData(ClassificationObjective.Generative, true, 2)]
    [InlineData(ClassificationObjective.Hybrid, false, 1)]
    [InlineData(ClassificationObjective.SemiSupervised, false, 1)]
    [InlineData(ClassificationObjective.SemiSupervised, false, 2)]
    public void An_update_is_the_expectation(ClassificationObjective objective, bool persistent, int steps)
    {
        double[] found = Found(objective, persistent, steps, out ReferenceClassification model);
        Assert.True(Distance(found, Expected(model, objective, steps, ClassMistake.None)) < Deviations);
    }

    [Theory]
    [InlineData((int)ClassMistake.ClassBiasForgotten)]
    [InlineData((int)ClassMistake.ClassesNotNormalised)]
    [InlineData((int)ClassMistake.WeightsOfNextClass)]
    [InlineData((int)ClassMistake.MostLikelyClass)]
    [InlineData((int)ClassMistake.StaleHidden)]
    public void Mutants_are_caught(int mistake)
    {
        double[] found = Found(ClassificationObjective.SemiSupervised, persistent: false, steps: 1, out ReferenceClassification model);
        Assert.True(Distance(found, Expected(model, ClassificationObjective.SemiSupervised, 1, (ClassMistake)mistake)) > Deviations);
    }

    private static double[] Found(ClassificationObjective objective, bool persistent, int steps, out ReferenceClassification reference)
    {
        ClassificationCase one = new(6);
        reference = one.Reference;
        bool semi = objective == ClassificationObjective.SemiSupervised;
        int[] kinds = semi ? [.. _labelled, .. _unlabelled] : _labelled;
        int[] states = [.. Enumerable.Range(0, kinds.Length * Copies).Select(row => kinds[row % kinds.Length])];
        ClassificationRbm model = one.Model();
        using ClassificationTrainer trainer = new(model, ClassificationCase.Rows(states), new ClassificationOptions
        {
            Objective = objective,
            GenerativeWeight = Alpha,
            UnlabelledWeight = Beta,
            Persistent = persistent,
            Steps = steps,
            Epochs = 1,
            BatchSize = (semi ? _unlabelled.Length : _labelled.Length) * Copies,
            LabelledBatchSize = _labelled.Length * Copies,
            LearningRate = LearningRateSchedule.Constant(Rate),
            Momentum = MomentumSchedule.Constant(0),
            StepRule = StepRule.Momentum,
            Threads = 1,
        });
        trainer.Step();
        double[] before = [.. reference.Parameters];
        return [.. before.Zip(Parameters(model), static (old, now) => (old - now) / Rate)];
    }

    /// <summary>The largest distance of a parameter in standard errors: a statistic of a chain is from 0 to 1, its deviation at most one half.</summary>
    private static double Distance(double[] found, double[] expected)
    {
        double error = 0.5 * (1 / Math.Sqrt(_labelled.Length * Copies) + (Beta / Math.Sqrt(_unlabelled.Length * Copies)));
        return Enumerable.Range(0, found.Length).Max(p => Math.Abs(found[p] - expected[p])) / error;
    }

    private static double[] Expected(ReferenceClassification model, ClassificationObjective objective, int steps, ClassMistake mistake)
    {
        double alpha = objective == ClassificationObjective.Generative ? 1 : Alpha;
        double[] gradient = new double[model.Parameters.Count];
        foreach (int state in _labelled)
        {
            double[] v = ClassificationCase.Values(state);
            int label = state % ClassificationCase.Classes;
            double weight = 1.0 / _labelled.Length;
            if (objective != ClassificationObjective.Generative)
            {
                model.Add(-weight, v, label, gradient);
                Each(model, v, mistake, (y, p) => model.Add(weight * p, v, mistake == ClassMistake.WeightsOfNextClass ? (y + 1) % ClassificationCase.Classes : y, gradient));
            }

            model.Add(-alpha * weight, v, label, gradient);
            Add(gradient, alpha * weight, model.Statistics(model.After(v, label, mistake == ClassMistake.StaleHidden ? steps + 5 : steps)));
        }

        foreach (int state in objective == ClassificationObjective.SemiSupervised ? _unlabelled : [])
        {
            double[] v = ClassificationCase.Values(state);
            double weight = Beta / _unlabelled.Length;
            Each(model, v, mistake, (y, p) =>
            {
                model.Add(-weight * p, v, y, gradient);
                Add(gradient, weight * p, model.Statistics(model.After(v, y, steps)));
            });
        }

        return gradient;
    }

    /// <summary>Classes with p(y | v), or what is mistaken for it.</summary>
    private static void Each(ReferenceClassification model, double[] v, ClassMistake mistake, Action<int, double> action)
    {
        double[] p = [.. Enumerable.Range(0, ClassificationCase.Classes).Select(y => Math.Exp(model.LogProbability(v, y)))];
        if (mistake == ClassMistake.ClassBiasForgotten)
        {
            p = [.. p.Select((value, y) => value * Math.Exp(-model.Parameters[((ClassificationCase.Visible + ClassificationCase.Classes) * ClassificationCase.Hidden) + ClassificationCase.Visible + y]))];
            p = [.. p.Select(value => value / p.Sum())];
        }

        if (mistake == ClassMistake.ClassesNotNormalised)
        {
            p = [.. Enumerable.Range(0, p.Length).Select(y => ReferenceMath.Sigmoid(-model.FreeEnergy(v, y)))];
        }

        for (int y = 0; y < p.Length; y++)
        {
            action(y, mistake == ClassMistake.MostLikelyClass ? (p[y] == p.Max() ? 1 : 0) : p[y]);
        }
    }

    private static void Add(double[] sums, double weight, double[] terms)
    {
        for (int p = 0; p < sums.Length; p++)
        {
            sums[p] += weight * terms[p];
        }
    }

    private static double[] Parameters(ClassificationRbm model)
    {
        List<double> all = [];
        for (int unit = 0; unit < model.Columns + model.Classes; unit++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                all.Add(model.Joint.Weights[unit, j]);
            }
        }

        foreach (float bias in (float[])[.. model.VisibleBias, .. model.ClassBias, .. model.HiddenBias])
        {
            all.Add(bias);
        }

        return [.. all];
    }
}
