using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.Tests.Models.Classification;

/// <summary>Small classification RBMs and rows.</summary>
internal static class ClassificationModels
{
    /// <summary>A model with parameters from -scale to scale.</summary>
    public static ClassificationRbm Random(int columns, int classes, int hidden, ulong seed, float scale = 1)
    {
        ClassificationRbm model = new(columns, classes, hidden);
        float[] parameters = new SplitMix64(seed).NextFloats(ReferenceClassification.Length(columns, classes, hidden), -scale, scale);
        Set(model, parameters);
        return model;
    }

    /// <summary>Sets W, U, b, d, c.</summary>
    public static void Set(ClassificationRbm model, float[] parameters) => model.Edit((weights, classWeights, visibleBias, classBias, hiddenBias) =>
    {
        int next = 0;
        for (int i = 0; i < model.Columns + model.Classes; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                if (i < model.Columns)
                {
                    weights[i, j] = parameters[next++];
                }
                else
                {
                    classWeights[i - model.Columns, j] = parameters[next++];
                }
            }
        }

        parameters.AsSpan(next, model.Columns).CopyTo(visibleBias);
        parameters.AsSpan(next + model.Columns, model.Classes).CopyTo(classBias);
        parameters.AsSpan(next + model.Columns + model.Classes).CopyTo(hiddenBias);
    });

    /// <summary>W, U, b, d, c.</summary>
    public static double[] Parameters(ClassificationRbm model)
    {
        List<double> all = [];
        for (int i = 0; i < model.Columns + model.Classes; i++)
        {
            for (int j = 0; j < model.Hidden; j++)
            {
                all.Add(model.Joint.Weights[i, j]);
            }
        }

        foreach (float bias in (float[])[.. model.VisibleBias, .. model.ClassBias, .. model.HiddenBias])
        {
            all.Add(bias);
        }

        return [.. all];
    }

    /// <summary>The same model in doubles.</summary>
    public static ReferenceClassification Reference(ClassificationRbm model) => new(model.Columns, model.Classes, model.Hidden, Parameters(model));

    /// <summary>Rows of bits or grey levels with labels in turn.</summary>
    public static LabelledTestRows Rows(int count, int columns, int classes, ulong seed, bool grey = false, Func<int, byte>? label = null)
    {
        SplitMix64 random = new(seed);
        float[][] values = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, columns)
            .Select(_ => grey ? (float)random.NextDouble() : random.NextBool() ? 1 : 0).ToArray())];
        return new LabelledTestRows(values, [.. Enumerable.Range(0, count).Select(label ?? (row => (byte)(row % classes)))]);
    }
}
