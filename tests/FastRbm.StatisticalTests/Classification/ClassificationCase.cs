using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Reference;
using FastRbm.Testing;

namespace FastRbm.StatisticalTests.Classification;

/// <summary>A tiny classification RBM in both worlds, and rows of its states.</summary>
internal sealed class ClassificationCase
{
    public const int Visible = 3;
    public const int Classes = 3;
    public const int Hidden = 3;
    public const int States = Classes << Visible;

    public ClassificationCase(ulong seed)
    {
        float[] parameters = new SplitMix64(seed).NextFloats(ReferenceClassification.Length(Visible, Classes, Hidden), -1.5f, 1.5f);
        Reference = new ReferenceClassification(Visible, Classes, Hidden, Array.ConvertAll(parameters, static value => (double)value));
    }

    public ReferenceClassification Reference { get; }

    /// <summary>A new model with the same parameters.</summary>
    public ClassificationRbm Model()
    {
        ClassificationRbm model = new(Visible, Classes, Hidden);
        model.Edit((weights, classWeights, visibleBias, classBias, hiddenBias) =>
        {
            for (int j = 0; j < Hidden; j++)
            {
                for (int i = 0; i < Visible; i++)
                {
                    weights[i, j] = At((i * Hidden) + j);
                }

                for (int y = 0; y < Classes; y++)
                {
                    classWeights[y, j] = At(((Visible + y) * Hidden) + j);
                }

                hiddenBias[j] = At(((Visible + Classes) * Hidden) + Visible + Classes + j);
            }

            for (int i = 0; i < Visible; i++)
            {
                visibleBias[i] = At(((Visible + Classes) * Hidden) + i);
            }

            for (int y = 0; y < Classes; y++)
            {
                classBias[y] = At(((Visible + Classes) * Hidden) + Visible + y);
            }
        });
        return model;
    }

    /// <summary>Rows by their states: v * Classes + y; y may be <see cref="ClassLabels.Unlabelled"/> by a negative state -1 - v.</summary>
    public static ILabelledRows Rows(int[] states) => new StateRows(states);

    /// <summary>v of a state.</summary>
    public static double[] Values(int state) => ReferenceClassification.Values(state < 0 ? -1 - state : state / Classes, Visible);

    private float At(int parameter) => (float)Reference.Parameters[parameter];

    private sealed class StateRows(int[] states) : ILabelledRows
    {
        private readonly byte[] _labels = [.. states.Select(static state => state < 0 ? ClassLabels.Unlabelled : (byte)(state % Classes))];

        public int Rows => states.Length;

        public int Columns => Visible;

        public bool IsBinary => true;

        public ReadOnlyMemory<byte> Labels => _labels;

        public void CopyBits(int row, Span<ulong> destination) => destination[0] = (ulong)(states[row] < 0 ? -1 - states[row] : states[row] / Classes);

        public void CopyMeans(int row, Span<float> destination)
        {
            double[] values = Values(states[row]);
            for (int i = 0; i < values.Length; i++)
            {
                destination[i] = (float)values[i];
            }
        }
    }
}
