using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Classification;
using FastRbm.Reference;

namespace FastRbm.Tests.Models.Classification;

public sealed class ClassificationRbmTests
{
    private const double Close = 1e-9;

    public static TheoryData<int, int, int, ulong> Sizes => new()
    {
        { 1, 2, 1, 1 }, { 3, 2, 4, 2 }, { 4, 5, 3, 3 }, { 5, 3, 5, 4 }, { 2, 7, 6, 5 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Energies_probabilities_and_conditionals_are_those_of_enumeration(int columns, int classes, int hidden, ulong seed)
    {
        ClassificationRbm model = ClassificationModels.Random(columns, classes, hidden, seed, scale: 2);
        ReferenceClassification reference = ClassificationModels.Reference(model);
        double[] logs = new double[classes];
        double[] means = new double[hidden];
        for (int state = 0; state < 1 << columns; state++)
        {
            double[] v = ReferenceClassification.Values(state, columns);
            float[] visible = Array.ConvertAll(v, static value => (float)value);
            model.LogProbabilities(visible, logs);
            Assert.Equal(1, logs.Sum(Math.Exp), 1e-12);
            Near(reference.FreeEnergy(v), model.FreeEnergy(visible));
            for (int y = 0; y < classes; y++)
            {
                Near(reference.LogProbability(v, y), logs[y]);
                Near(reference.FreeEnergy(v, y), model.FreeEnergy(visible, y));
                model.MeanHidden(visible, y, means);
                double[] expected = reference.MeanHidden(v, y);
                Assert.All(means, (mean, j) => Near(expected[j], mean));
                for (int h = 0; h < 1 << hidden; h++)
                {
                    Near(reference.Energy(y, v, h), model.Energy(visible, y, Array.ConvertAll(ReferenceClassification.Values(h, hidden), static value => (float)value)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Rows_and_classes_given_hidden_units_are_those_of_enumeration(int columns, int classes, int hidden, ulong seed)
    {
        ClassificationRbm model = ClassificationModels.Random(columns, classes, hidden, seed, scale: 2);
        ReferenceClassification reference = ClassificationModels.Reference(model);
        double[] means = new double[columns];
        double[] probabilities = new double[classes];
        for (int h = 0; h < 1 << hidden; h++)
        {
            float[] states = Array.ConvertAll(ReferenceClassification.Values(h, hidden), static value => (float)value);
            model.MeanVisible(states, means);
            model.ClassProbabilities(states, probabilities);
            double[,] given = reference.Given(h);
            for (int i = 0; i < columns; i++)
            {
                Near(Sum(given, (v, _) => (v >> i & 1) != 0), means[i]);
            }

            for (int y = 0; y < classes; y++)
            {
                Near(Sum(given, (_, other) => other == y), probabilities[y]);
            }
        }
    }

    [Fact]
    public void The_joint_model_is_an_rbm_with_the_same_distribution()
    {
        ClassificationRbm model = ClassificationModels.Random(4, 3, 5, 8);
        ReferenceClassification reference = ClassificationModels.Reference(model);
        RbmWorkspace workspace = new(model.Joint);
        for (int state = 0; state < 16; state++)
        {
            LabelledTestRows row = new([Array.ConvertAll(ReferenceClassification.Values(state, 4), static value => (float)value)], [2]);
            JointRows joint = new(row, 3);
            BitMatrix bits = new(1, 7);
            joint.CopyBits(0, bits.Row(0));
            Matrix values = new(1, 7);
            joint.CopyMeans(0, values.Row(0));
            double[] energies = new double[1];
            model.Joint.FreeEnergy(bits, workspace, energies);
            Assert.Equal(reference.FreeEnergy(ReferenceClassification.Values(state, 4), 2), energies[0], 1e-5);
            model.Joint.FreeEnergy(values, workspace, energies);
            Assert.Equal(reference.FreeEnergy(ReferenceClassification.Values(state, 4), 2), energies[0], 1e-5);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Batches_give_the_probabilities_of_single_rows(bool grey, bool threshold)
    {
        ClassificationRbm model = ClassificationModels.Random(150, 10, 530, 9, scale: 0.2f);
        model.ThresholdsRows = threshold;
        LabelledTestRows rows = ClassificationModels.Rows(140, 150, 10, 10, grey);
        Matrix lines = new(130, 10);
        model.LogProbabilities(rows, 7, lines);
        double[] logs = new double[10];
        for (int row = 0; row < lines.Rows; row++)
        {
            float[] values = [.. rows.Values[row + 7].Select(value => threshold ? (value >= 0.5f ? 1 : 0) : value)];
            model.LogProbabilities(values, logs);
            for (int y = 0; y < 10; y++)
            {
                Assert.Equal(logs[y], lines[row, y], 1e-4);
            }
        }

        Matrix alone = new(1, 10);
        model.LogProbabilities(rows, 136, alone);
        Assert.Equal(lines.Row(129).ToArray(), alone.Row(0).ToArray());
    }

    [Fact]
    public void A_classifier_of_an_rbm_has_its_weights_and_no_opinion()
    {
        Rbm rbm = Rbm.Binary(3, 2);
        rbm.Edit(static (weights, visible, hidden) => (weights[1, 1], visible[2], hidden[0]) = (0.5f, -1, 2));
        var model = ClassificationRbm.From(rbm, 4);
        Assert.Equal(0.5f, model.Weights[1, 1]);
        Assert.Equal([0, 0, -1], model.VisibleBias.ToArray());
        Assert.Equal([2, 0], model.HiddenBias.ToArray());
        double[] logs = new double[4];
        model.LogProbabilities([1, 1, 0], logs);
        Assert.All(logs, static log => Assert.Equal(-Math.Log(4), log, 1e-12));
    }

    [Fact]
    public void Bad_input_is_refused_with_its_place()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ClassificationRbm(3, 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ClassificationRbm(3, 256, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ClassificationRbm(0, 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new ClassificationRbm(3, 2, 0));
        Assert.Equal(255, new ClassificationRbm(3, 255, 2).Classes);
        ClassificationRbm model = ClassificationModels.Random(3, 4, 2, 1);
        Assert.Contains("0 to 3", Assert.Throws<ArgumentOutOfRangeException>(() => model.FreeEnergy([0, 1, 0], 4)).Message, StringComparison.Ordinal);
        Assert.Contains("length of 3", Assert.Throws<ArgumentException>(() => model.LogProbabilities([0, 1], new double[4])).Message, StringComparison.Ordinal);
        LabelledTestRows rows = ClassificationModels.Rows(5, 3, 4, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.LogProbabilities(rows, 2, new Matrix(4, 4)));
        Assert.Throws<ArgumentException>(() => model.LogProbabilities(rows, 0, new Matrix(4, 3)));
        Assert.Contains("rows of 3 values", Assert.Throws<ArgumentException>(() => model.LogProbabilities(ClassificationModels.Rows(5, 2, 4, 1), 0, new Matrix(4, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("row 3", Assert.Throws<ArgumentException>(() => new JointRows(rows, 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => model.Edit(static (_, classWeights, _, _, _) => classWeights[1, 1] = float.NaN));
    }

    private static void Near(double expected, double found) => Assert.InRange(found, expected - Close, expected + Close);

    private static double Sum(double[,] table, Func<int, int, bool> where)
    {
        double sum = 0;
        for (int v = 0; v < table.GetLength(0); v++)
        {
            for (int y = 0; y < table.GetLength(1); y++)
            {
                sum += where(v, y) ? table[v, y] : 0;
            }
        }

        return sum;
    }
}
